import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { describe, expect, it } from 'vitest';
import { launch } from '../browser/chromium.ts';
import { openModule } from '../browser/module-page.ts';
import { contents, start, temporaryFolder } from '../cli/armature.ts';
import { installed, link, manifest, root } from './install.ts';

const folder = installed();
const main = join(folder, 'node_modules', manifest.name, manifest.bin.armature);
const node = (...args: readonly string[]) => execFileSync(process.execPath, args, { cwd: folder }).toString();

/** Lines of shell on a page that call the command. */
function linesOf(page: string): string[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/```sh\n([\s\S]*?)```/g)]
    .flatMap(([, block]) => block.split('\n'))
    .map((line) => line.replace(/\s+#.*$/, '').replace(/^npm ci && /, ''))
    .filter((line) => line.startsWith('npx armature '));
}

/** As it stands, but for how long it takes. */
const shorter: readonly (readonly [RegExp, string])[] = [
  [/^(train (?!.*--(steps|until-solved|help)).*)$/, '$1 --steps 2000'],
  [/^(train .*)--until-solved/, '$1--steps 2000'],
  [/^(compare .*)--seeds \d+/, '$1--seeds 1 --steps 600 --goals 5'],
  [/--steps \d{5,}/, '--steps 3000'],
  [/--episodes \d{3,}/, '--episodes 20'],
  [/^(new .*)$/, '$1 --no-install'],
];

describe('the package, as it is packed and installed', () => {
  const lines = ['README.md', 'docs/commands.md', 'docs/extending.md', 'docs/robots.md'].flatMap(linesOf);
  link(folder, '@mujoco/mujoco', 'hyparquet-writer');

  it('shows many commands', () => expect(lines.length).toBeGreaterThan(20));

  it.each([...new Set(lines)])('%s', async (line) => {
    const args = shorter
      .reduce((text, [from, to]) => text.replace(from, to), line.replace('npx armature ', ''))
      .split(/\s+/);
    if (args[0] === 'setup-gpu' || args[0] === 'doctor') return;
    if (args[0] !== 'view') return expect(node(main, ...args, ...forced(args)).length).toBeGreaterThan(0);
    const { child, firstLine } = start(folder, ...args, '--no-open', '--port', '0');
    expect((await fetch((await firstLine).trim())).ok).toBe(true);
    child.kill();
  });

  /** Commands that stand on several pages write their file again. */
  function forced(args: readonly string[]): string[] {
    const out = args.indexOf('--out');
    return ['record', 'share'].includes(args[0]) && existsSync(join(folder, args[out + 1])) ? ['--force'] : [];
  }

  it('has every file that it exports', () => {
    const targets = Object.values<Record<string, string> | string>(manifest.exports).flatMap((target) =>
      typeof target === 'string' ? [target] : Object.values(target),
    );
    expect(targets.length).toBeGreaterThan(8);
    for (const target of targets)
      expect(existsSync(join(folder, 'node_modules', manifest.name, target)), target).toBe(true);
  });

  it('runs the library as the README shows it', () => {
    expect(node('library.mjs')).toMatch(/^1\d{3} [\d.]+\n[\s\S]*Float32Array\(7\)/);
    expect(node(main, 'verify', 'rollouts.safetensors', '--task', './touch.ts')).toContain('identical (8 episodes)');
  });
});

it("a task, an algorithm and an arm of a stranger's train, are killed, go on, are recorded, verified, sent and seen", async () => {
  const own = [
    './waypoints.ts',
    '--arm',
    './arm.ts',
    '--algorithm',
    './normalized.ts',
    '--steps',
    '3000',
    '--batch',
    '200',
  ];
  const { child, closed, firstLine } = start(
    folder,
    'train',
    ...own,
    '--json',
    '--out',
    'killed',
    '--checkpoint-every',
    '1',
  );
  await firstLine;
  child.kill('SIGKILL');
  await closed;
  node(main, 'resume', 'killed');
  node(main, 'train', ...own, '--out', 'whole', '--checkpoint-every', '1', '--workers', '1');
  expect(contents(join(folder, 'killed'))).toEqual(contents(join(folder, 'whole')));
  node(main, 'record', 'killed', '--episodes', '3', '--out', 'waypoints.safetensors');
  const named = ['--task', './waypoints.ts', '--arm', './arm.ts', '--policy', 'killed'];
  expect(node(main, 'verify', 'waypoints.safetensors', ...named)).toContain('identical (3 episodes)');
  node(main, 'share', 'killed', '--out', 'killed.html');
  const view = start(folder, 'view', 'killed', '--no-open', '--port', '0');
  const browser = await launch();
  for (const address of [(await view.firstLine).trim(), pathToFileURL(join(folder, 'killed.html')).href]) {
    const page = await browser.newPage();
    await page.goto(address);
    await page.evaluate('globalThis.armature.ready');
    expect(await page.locator('#env').textContent()).toContain('waypoints');
    expect(await page.evaluate('globalThis.armature.tip().every(Number.isFinite)')).toBe(true);
    await page.close();
  }
  await browser.close();
  view.child.kill();
});

it.each(['NodeNext', 'Bundler'])('its types hold in strict mode, by %s', (resolution) => {
  link(folder, 'typescript', '@types/three', '@types/node', 'three', 'vitest');
  writeFileSync(
    join(folder, 'types.ts'),
    `import { type Iteration, makeEnv, ppo, train, type TrainingRun } from '${manifest.name}';
    import { defineTask, type Env, loadPhysics } from '${manifest.name}/envs';
    import { loadPolicy } from '${manifest.name}/policy';
    import { rolledOut, trained } from '${manifest.name}/testing';
    import { createViewer, overlays } from '${manifest.name}/viewer';
    import touch from './touch.ts';
    import normalized from './normalized.ts';

    await loadPhysics();
    const env: Env = makeEnv(touch, { arm: 'planar', options: { radius: 0.1 } });
    const run: TrainingRun = train({ env, algorithm: normalized({ length: 0.1 }), steps: 100 });
    for await (const iteration of run) console.log((iteration satisfies Iteration).training.meanReturn);
    // @ts-expect-error: there is no such option
    ppo({ epsilom: 0.1 });
    // @ts-expect-error: the values of options are typed
    defineTask({ name: 'x', options: { far: { default: false, description: '' } }, budget: 1, create: (_, { far }) => far.toFixed() });
    const action: Float32Array = (await loadPolicy(await run.policy())).act([1, 2, 3]);
    createViewer(document.body, { overlays: [...overlays] }).close();
    export { action, rolledOut, trained };`,
  );
  const module = resolution === 'NodeNext' ? 'NodeNext' : 'ESNext';
  const flags = [
    '--module',
    module,
    '--moduleResolution',
    resolution,
    '--strict',
    '--noEmit',
    '--skipLibCheck',
    'false',
  ];
  const libraries = ['--target', 'ES2023', '--lib', 'ES2023,DOM,DOM.Iterable', '--types', 'node'];
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const files = ['types.ts', 'waypoints.ts', 'arm.ts'];
  expect(node(tsc, ...flags, ...libraries, '--allowImportingTsExtensions', ...files)).toBe('');
});

describe('in a page', () => {
  const steps = 5 * 200;
  const training = `train({
    env: makeEnv('panda-reach-joints'), algorithm: ppo({ epochs: 2 }), policy: gaussian({ hiddenWidth: 16 }),
    baseline: valueNetwork(), options: { batch: 200 }, seed: 4, steps: ${steps},
  })`;
  const imports = `import { gaussian, makeEnv, ppo, train, valueNetwork } from '${manifest.name}';`;

  it('the library trains to the bytes of Node', async () => {
    writeFileSync(
      join(folder, 'page.js'),
      `${imports}
      const run = ${training};
      globalThis.trained = (async () => {
        let iterations = 0;
        for await (const _ of run) iterations++;
        return { iterations, policy: Array.from(await run.policy()) };
      })();`,
    );
    writeFileSync(
      join(folder, 'node.mjs'),
      `${imports}
      import { createHash } from 'node:crypto';
      const run = ${training};
      for await (const _ of run);
      console.log(createHash('sha256').update(await run.policy()).digest('hex'));`,
    );
    const { page, close } = await openModule(pathToFileURL(join(folder, 'page.js')).href);
    const { iterations, policy } = (await page.evaluate('globalThis.trained')) as {
      iterations: number;
      policy: number[];
    };
    await close();
    expect(iterations).toBe(5);
    expect(createHash('sha256').update(Uint8Array.from(policy)).digest('hex')).toBe(node('node.mjs').trim());
    writeFileSync(join(folder, 'small.safetensors'), Uint8Array.from(policy));
  });

  it('a policy acts, as in Node, without a simulator, out of 30 kB', async () => {
    const entry = join(folder, 'acting.js');
    writeFileSync(entry, `export { loadPolicy } from '${manifest.name}/policy';`);
    const { outputFiles, metafile } = await build({
      entryPoints: [entry],
      bundle: true,
      minify: true,
      format: 'esm',
      write: false,
      metafile: true,
      absWorkingDir: folder,
    });
    expect(Object.keys(metafile.inputs).filter((path) => /rapier|envs\/sim/.test(path))).toEqual([]);
    const { contents } = outputFiles[0];
    expect(gzipSync(contents, { level: 9 }).length).toBeLessThan(30_000);
    expect(brotliCompressSync(contents).length).toBeLessThan(30_000);
    const act = `(await loadPolicy(bytes)).act(Float32Array.from({ length: 12 }, (_, i) => i / 10 - 0.4))`;
    writeFileSync(
      join(folder, 'act-page.js'),
      `import { loadPolicy } from '${manifest.name}/policy';
      globalThis.act = async (numbers) => { const bytes = Uint8Array.from(numbers); return Array.from(${act}); };`,
    );
    writeFileSync(
      join(folder, 'act-node.mjs'),
      `import { readFile } from 'node:fs/promises';
      import { loadPolicy } from '${manifest.name}/policy';
      const bytes = await readFile('small.safetensors');
      console.log(JSON.stringify(Array.from(${act})));`,
    );
    const { page, close } = await openModule(pathToFileURL(join(folder, 'act-page.js')).href);
    const numbers = Array.from(readFileSync(join(folder, 'small.safetensors')));
    const acted = await page.evaluate(`globalThis.act(${JSON.stringify(numbers)})`);
    await close();
    expect(acted).toEqual(JSON.parse(node('act-node.mjs')));
    expect(acted).toHaveLength(7);
  });
});

it('a clone without the development dependencies is told what it needs', () => {
  const clone = join(temporaryFolder(), 'clone');
  execFileSync('git', ['clone', '--quiet', '--depth', '1', pathToFileURL(root).href, clone]);
  const install = () =>
    execFileSync('npm', ['ci', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund'], {
      cwd: clone,
      stdio: 'pipe',
    });
  expect(install).toThrow(/is built with its development dependencies: run npm ci/);
});
