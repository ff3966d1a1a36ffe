import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { armature, contents, inPairs, start, succeeding, temporaryFolder } from '../cli/armature.ts';

/** Modules of a user's: a task with a file of its own, an arm, an algorithm. */
const project = fileURLToPath(new URL('./project', import.meta.url));

const folder = temporaryFolder();
const path = (...parts: string[]) => join(folder, ...parts);
cpSync(project, folder, { recursive: true });
const run = (...args: string[]) => armature(folder, ...args);

const own = ['./waypoints.ts', '--arm', './arm.ts', '--algorithm', './normalized.ts'];
const short = [
  '--set',
  'horizon=8',
  '--hidden-width',
  '8',
  '--batch',
  '200',
  '--steps',
  '1600',
  '--checkpoint-every',
  '2',
];
const train = ['train', ...own, ...short];

const ok = succeeding(folder);

/** One line of an error, and its exit code. */
async function refused(code: number, ...args: string[]): Promise<string> {
  const found = await run(...args);
  expect({ args, code: found.code, stderr: found.stderr }).toMatchObject({ args, code });
  expect(found.stderr).toMatch(/^error: [^\n]+\n$/);
  expect(found.stderr).not.toContain('unexpected');
  return found.stderr;
}

beforeAll(async () => {
  await ok(...train, '--workers', '2', '--out', 'whole');
  await ok('record', 'whole', '--episodes', '2', '--out', 'r.safetensors');
});

describe('a task, an arm and an algorithm of modules', () => {
  it('train, and the run says what they were', () => {
    const config = JSON.parse(readFileSync(path('whole', 'config.json'), 'utf8'));
    const digest = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(config).toMatchObject({
      env: {
        env: 'waypoints',
        arm: 'crane',
        options: { horizon: 8, spread: 0.2 },
        modules: {
          task: { path: 'waypoints.ts', files: { 'lib/way.ts': digest, 'waypoints.ts': digest }, packages: {} },
          arm: { path: 'arm.ts', files: { 'arm.ts': digest } },
        },
      },
      algorithm: 'normalized',
      modules: { algorithm: { path: 'normalized.ts', files: { 'normalized.ts': digest } } },
      options: { length: 0.3 },
    });
  });

  it('come to the same bytes with one thread, and after a kill', async () => {
    const { child, closed } = start(folder, ...train, '--json', '--out', 'stopped');
    await new Promise<void>((resolve) => {
      let text = '';
      child.stdout.on('data', (chunk) => {
        text += chunk;
        if (text.split('\n').length > 3) resolve();
      });
      closed.then(() => resolve());
    });
    child.kill('SIGKILL');
    await closed;
    await ok('resume', 'stopped', '--workers', '1', '--json');
    expect(contents(path('stopped'))).toEqual(contents(path('whole')));
  });

  it('are listed with their options', async () => {
    const help = await ok('train', ...own, '--help');
    expect(help).toContain('waypoints: be at one point, then at another; 40,000 steps');
    expect(help).toMatch(/spread +0\.2 +a number from 0 to 3 +how far the joints are from home/);
    expect(help).toMatch(/--length <number> +length of a step \[normalized 0\.3\]/);
    expect(await ok('envs', './waypoints.ts')).toMatch(/arms: any[\s\S]+0-6 +q +rad/);
  });

  it('are judged, recorded and verified', async () => {
    expect(await ok('eval', 'whole', '--episodes', '3')).toContain('3 episodes of waypoints');
    expect(
      await ok('verify', 'r.safetensors', '--task', './waypoints.ts', '--arm', './arm.ts', '--policy', 'whole'),
    ).toBe(
      'r.safetensors: identical (2 episodes); its policy is that of whole; claims of the file: paths of modules\n',
    );
  });

  it('are compared with those that ship', async () => {
    const few = ['--seeds', '1', '--steps', '600', '--goals', '3', '--arm', './arm.ts', '--out', 'compared'];
    const out = await ok('compare', '--env', './waypoints.ts', '--algorithms', './normalized.ts,ppo', ...few);
    expect(out).toMatch(/normalized[\s\S]*ppo[\s\S]*report\.html/);
  });

  it('may lie elsewhere by now, if the line says where', async () => {
    mkdirSync(path('moved', 'lib'), { recursive: true });
    for (const file of ['waypoints.ts', 'lib/way.ts', 'arm.ts', 'normalized.ts'])
      cpSync(path(file), path('moved', file));
    cpSync(path('whole'), path('moved', 'run'), { recursive: true });
    const moved = (...args: string[]) => armature(path('moved', 'run'), ...args);
    const away = await moved('eval', '.', '--episodes', '1');
    expect(away.stderr).toBe(
      'error: . needs the module waypoints.ts, which is not there: --task FILE says where it is\n',
    );
    const named = ['--task', '../waypoints.ts', '--arm', '../arm.ts', '--algorithm', '../normalized.ts'];
    expect(await moved('eval', '.', '--episodes', '1', ...named)).toMatchObject({ code: 0, stderr: '' });
    expect(await moved('resume', '.', ...named)).toMatchObject({ code: 0, stderr: '' });
    expect(contents(path('moved', 'run'))).toEqual(contents(path('whole')));
  });
});

describe('a module that has changed', () => {
  const changed = path('changed');
  const there = (...args: string[]) => armature(changed, ...args);

  beforeAll(() => {
    cpSync(project, changed, { recursive: true });
    for (const name of ['whole', 'r.safetensors']) cpSync(path(name), join(changed, name), { recursive: true });
    writeFileSync(join(changed, 'lib', 'way.ts'), `${readFileSync(join(changed, 'lib', 'way.ts'), 'utf8')}// closer\n`);
  });

  it('is refused by name, and forked from', async () => {
    const what = 'the module waypoints.ts is another: lib/way.ts has changed since whole was made';
    expect(await there('resume', 'whole')).toMatchObject({
      code: 1,
      stderr: `error: ${what}; --fork starts a new run from it\n`,
    });
    expect(await there('eval', 'whole')).toMatchObject({
      code: 1,
      stderr: `error: ${what}; \`--task waypoints.ts\` takes it as it is now\n`,
    });
    const forked = await there('resume', 'whole', '--fork', '--steps', '2000', '--out', 'forked');
    expect(forked).toMatchObject({ code: 0, stderr: `warning: ${what}\n` });
    expect(await there('resume', 'forked')).toMatchObject({ code: 0, stderr: '' });
  });

  it('judges a run if it is named, and says so; it verifies nothing', async () => {
    expect(await there('eval', 'whole', '--episodes', '1', '--task', 'waypoints.ts')).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('warning: the module waypoints.ts is another: lib/way.ts has changed'),
    });
    const verified = await there('verify', 'r.safetensors', '--task', 'waypoints.ts', '--arm', 'arm.ts');
    expect(verified).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('lib/way.ts has changed since r.safetensors'),
    });
  });
});

describe('no file chooses the code that is run', () => {
  it('a recording is verified by what the line names', async () => {
    expect(await refused(1, 'verify', 'r.safetensors')).toContain(
      '`npx armature verify r.safetensors --task waypoints.ts --arm arm.ts`',
    );
  });

  it("a run's own folder is no place to take a module from, nor is what a link leads out to", async () => {
    const place = path('inside');
    cpSync(path('whole'), place, { recursive: true });
    const inner = (...args: string[]) => armature(place, ...args);
    for (const file of ['waypoints.ts', 'arm.ts', 'normalized.ts', 'lib'])
      cpSync(path(file), join(place, file), { recursive: true });
    expect((await inner('resume', '.')).stderr).toContain(
      '. needs waypoints.ts, which is only opened unasked below the working directory and outside of the run: `--task waypoints.ts`',
    );
    const linked = path('linked');
    mkdirSync(linked);
    cpSync(path('whole'), join(linked, 'whole'), { recursive: true });
    for (const file of ['waypoints.ts', 'arm.ts', 'normalized.ts', 'lib']) symlinkSync(path(file), join(linked, file));
    expect((await armature(linked, 'resume', 'whole')).stderr).toContain('only opened unasked');
  });

  it('what shows a run imports nothing', async () => {
    const shown = path('shown');
    cpSync(project, shown, { recursive: true });
    const marker = join(shown, 'imported');
    const touched = `import { writeFileSync } from 'node:fs';\nwriteFileSync(${JSON.stringify(marker)}, '');\n`;
    writeFileSync(join(shown, 'arm.ts'), touched + readFileSync(join(shown, 'arm.ts'), 'utf8'));
    const there = (...args: string[]) => armature(shown, ...args);
    expect(await there(...train, '--out', 'run')).toMatchObject({ code: 0 });
    expect(existsSync(marker)).toBe(true);
    renameSync(marker, `${marker}-before`);
    expect(await there('share', 'run', '--out', 'run.html')).toMatchObject({ code: 0 });
    const { child, firstLine } = start(shown, 'view', 'run', '--no-open', '--port', '0');
    const address = (await firstLine).trim();
    expect((await fetch(address)).ok).toBe(true);
    child.kill();
    expect(existsSync(marker)).toBe(false);
  });
});

describe('a broken module is one clear error', () => {
  const task = readFileSync(join(project, 'touch.ts'), 'utf8');
  const replaced = (from: string, to: string) => {
    expect(task).toContain(from);
    return task.replace(from, to);
  };
  const broken: Readonly<Record<string, readonly [text: string, error: string]>> = {
    throws: [
      `${replaced('terminated: ({ site }, goal) =>', 'terminated: ({ site, t }, goal) => t > 3 ? oops() :')}
function oops(): boolean {
  throw new Error('no way');
}`,
      'throws.ts:27: no way (task touch, step 4 of the episode of seed ',
    ],
    'throws-at-load': ["throw new Error('not today');", 'throws-at-load.ts:1: not today'],
    'wrong-shape': [
      replaced("field('tip', 3", "field('tip', 0"),
      'wrong-shape.ts: task touch: obs.1.size: expected at least 1, found 0',
    ],
    'wrong-marker': [
      replaced("param: 'goal', radius", "param: 'gaol', radius"),
      'a marker expects "gaol" among the parameters of size 3, found: goal',
    ],
    nan: [
      replaced(
        '({ site }, goal, _action, terms) => terms.fill(-distance(site(arm.tip).position, goal))',
        '({ t }, _goal, _action, terms) => terms.fill(t > 2 ? Number.NaN : 0)',
      ),
      'reward is NaN at step 2',
    ],
    async: [
      replaced('observe: (', 'observe: async ('),
      'observe: expected a function that returns at once, not an async one',
    ],
    'no-default': [
      replaced('export default', 'export const task ='),
      'no-default.ts: expected a default export made by defineTask, found no default export',
    ],
    number: ['export default 7;', 'number.ts: expected a default export made by defineTask, found a number'],
    syntax: ['export default {\n  name: ;\n};', 'syntax.ts:2:9: Unexpected ";"'],
    computed: [
      "const name = './x.ts';\nexport default await import(name);",
      'computed.ts:2:22: the path of an import has to be written out',
    ],
    'not-installed': [
      "import 'nowhere-to-be-found';\nexport default 1;",
      'not-installed.ts:1:8: the package of "nowhere-to-be-found" is not installed',
    ],
    'far-away': [
      "import 'https://example.com/x.js';\nexport default 1;",
      'far-away.ts:1:8: expected a relative path or the name of a package, found "https://example.com/x.js"',
    ],
    'taken-name': [
      replaced("name: 'touch'", "name: 'reacher'"),
      'taken-name.ts: name: expected one that is free, found that of the task reacher',
    ],
    'bad-name': [
      replaced("name: 'touch'", "name: '../touch'"),
      'bad-name.ts: name: expected a name of letters, digits, - and _',
    ],
    'no-create': ["export default { name: 'x', options: {}, budget: 5 };", 'no-create.ts: create is missing'],
    'bad-option': [
      replaced('default: 0.05', "default: '5'"),
      'bad-option.ts: options.radius: expected { default, description }',
    ],
    'bad-scene': [
      replaced('controller:', 'scene: { ...sceneOf(arm), gravity: Number.NaN },\n    controller:'),
      'bad-scene.ts: task touch: scene.gravity: expected',
    ],
  };

  it('as task', async () => {
    for (const [name, [text]] of Object.entries(broken)) writeFileSync(path(`${name}.ts`), text);
    await inPairs(Object.entries(broken), async ([name, [, error]]) => {
      expect(await refused(1, 'train', `./${name}.ts`, '--steps', '100', '--out', `of-${name}`)).toContain(error);
    });
  });

  it('as arm, and as algorithm', async () => {
    const arm = readFileSync(join(project, 'arm.ts'), 'utf8');
    const algorithm = readFileSync(join(project, 'normalized.ts'), 'utf8');
    const files = {
      'short-home.ts': arm.replace('home: [0, 0.5, 0.8]', 'home: [0, 0.5]'),
      'no-tip.ts': arm.replace("tip: 'hook'", "tip: 'hand'"),
      'weightless.ts': arm.replace('mass: 0.4', "mass: '0.4'"),
      'loop.ts': arm.replace("joint('boom', 'jib'", "joint('boom', 'boom'"),
      'heavy.ts': arm.replace('mass: 0.4', 'mass: -1'),
      'flat.ts': arm.replace('[2e-3, 2e-3, 1e-3, 0, 0, 0]', '[0, 0, 0, 0, 0, 0]'),
      'loose.ts': arm
        .replace('motor: {', "motor: name === 'none' ? undefined : {")
        .replace('function joint(', "const name = 'none';\n\nfunction joint("),
      'stateless.ts': algorithm.replace('state: {},', ''),
      'closure.ts': algorithm
        .replace('create: (policy, { length }) => ({', 'create: (policy, { length }) => { let m = 0; return {')
        .replace('const gradientNorm = norm(g);', 'm = 0.9 * m + norm(g);\n      const gradientNorm = m;')
        .replace('state: {},\n  }),', 'state: {},\n  }; },'),
      'throwing.ts': algorithm.replace(
        'const g =',
        "if (theta.length) throw new TypeError('no gradient');\n      const g =",
      ),
      'nothing.ts': algorithm.replace('return { gradientNorm }', 'return'),
      'taken-option.ts': algorithm.replaceAll('length:', 'gamma:').replaceAll('length }', 'gamma: length }'),
    };
    for (const [name, text] of Object.entries(files)) writeFileSync(path(name), text);
    const cases: [error: string, ...args: string[]][] = [
      [
        'short-home.ts: home: expected a position for each of the 3 joints that move, found 2',
        '--arm',
        './short-home.ts',
      ],
      ['no-tip.ts: tip: expected one of the sites hook, found "hand"', '--arm', './no-tip.ts'],
      ['weightless.ts: bodies.1.inertial.mass: expected number, found "0.4"', '--arm', './weightless.ts'],
      ['its child boom is carried already', '--arm', './loop.ts'],
      ['expected a default export made by defineArm, found one made by defineTask', '--arm', './touch.ts'],
      ['arm crane, body turntable: its mass is -1 kg, expected more than 0', '--arm', './heavy.ts'],
      [
        'arm crane, body turntable: its moments of inertia are 0.00, 0.00, 0.00, expected more than 0',
        '--arm',
        './flat.ts',
      ],
      ['arm crane, joint to turntable: it has no motor', '--arm', './loose.ts'],
      ['algorithm normalized: create has to return { update, state }', '--algorithm', './stateless.ts'],
      ['what it carries from one update to the next has to be in `state`', '--algorithm', './closure.ts'],
      ['throwing.ts:10: no gradient (algorithm normalized), in iteration 1', '--algorithm', './throwing.ts'],
      ['update has to return figures by name at once', '--algorithm', './nothing.ts'],
      ['taken-option.ts: options.gamma: expected a name that is free', '--algorithm', './taken-option.ts'],
      ['cannot read the module ./nope.ts: there is no such file or folder', '--algorithm', './nope.ts'],
    ];
    await inPairs(cases, async ([error, ...args]) => {
      expect(
        await refused(
          1,
          'train',
          './touch.ts',
          ...args,
          '--steps',
          '500',
          '--batch',
          '100',
          '--out',
          args[1].slice(2, -3),
        ),
      ).toContain(error);
    });
  });
});

it('that never ends loading is not waited for', async () => {
  writeFileSync(path('endless.ts'), 'for (;;) {}\nexport default 1;\n');
  expect(await refused(1, 'envs', './endless.ts')).toContain('endless.ts: it is not loaded after 10 s');
});
