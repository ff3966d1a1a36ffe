import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contents, jsonLines, temporaryFolder } from './armature.ts';
import { install, native } from './installation.ts';

const small = ['--set', 'horizon=5', '--hidden-width', '8', '--batch', '100', '--steps', '500'];
const quick = ['train', 'panda-reach', ...small];

/** Five iterations, of which the last has no checkpoint but the policy itself: without that it is done again. */
const often = ['--eval-every', '10000', '--checkpoint-every', '2', '--json'];
const gpuPackage = '@tensorflow/tfjs-node-gpu';

/** What a named backend that cannot be used says, by what is wrong with it. */
const obstacles: readonly { obstacle: string; backend: string; module: string | null; says: RegExp }[] = [
  {
    obstacle: 'not installed',
    backend: 'tfjs-node-gpu',
    module: null,
    says: /: @tensorflow\/tfjs-node-gpu is not installed; `npx armature setup-gpu` installs it\n$/,
  },
  {
    obstacle: 'not installed',
    backend: 'tfjs-node',
    module: null,
    says: /: @tensorflow\/tfjs-node is not installed; `npm install --no-save --save-dev @tensorflow\/tfjs-node@4\.22\.0` installs it\n$/,
  },
  {
    obstacle: 'not installed',
    backend: 'tfjs',
    module: null,
    says: /: TensorFlow\.js is not installed; `npm install --no-save --save-dev @tensorflow\/tfjs-core@4\.22\.0 @tensorflow\/tfjs-backend-wasm@4\.22\.0` installs it\n$/,
  },
  {
    obstacle: 'installed without its native addon',
    backend: 'tfjs-node-gpu',
    module: `throw new Error('The Node.js native addon module (tfjs_binding.node) can not be found at path: x. \\nPlease run');`,
    says: /: it is installed without its native addon; npm may have blocked its install script: `npx armature setup-gpu` runs it\n$/,
  },
  {
    obstacle: 'libtensorflow missing',
    backend: 'tfjs-node',
    module: `const file = __dirname + '/binding.node';
      require('fs').writeFileSync(file, 'no library');
      process.dlopen({ exports: {} }, file);`,
    says: /: its native addon cannot be loaded \(.+binding\.node.+\); `npm run install` in node_modules\/@tensorflow\/tfjs-node downloads libtensorflow; .+LD_LIBRARY_PATH/,
  },
  {
    obstacle: 'no GPU',
    backend: 'tfjs-node-gpu',
    module: native({ gpu: false }),
    says: /: it loads, but finds no GPU; .+CUDA 11\.2 and cuDNN 8\.1.+--backend tfjs-node uses the processor\n$/,
  },
  {
    obstacle: 'a Node version it cannot run on',
    backend: 'tfjs-node',
    module: native({
      more: `module.exports.concat = () => { throw new TypeError('util_1.isNullOrUndefined is not a function'); };`,
    }),
    says: /: it cannot run on Node \d+\.\d+\.\d+; it needs Node 20 or 22, where `util\.isNullOrUndefined` is\n$/,
  },
  {
    obstacle: 'anything else',
    backend: 'tfjs-node',
    module: `require('something-that-it-needs');`,
    says: /: it cannot be loaded \(Cannot find module 'something-that-it-needs'\); install it again\n$/,
  },
];

describe('a backend that is named and cannot be used', () => {
  it.each(obstacles)('$backend, $obstacle: says so, and what to do', async ({ backend, module, says }) => {
    const { folder, add, run } = install(temporaryFolder());
    if (module !== null) add(`@tensorflow/${backend}`, module);
    const { code, stdout, stderr } = await run(...quick, '--backend', backend);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(says);
    expect(stderr.startsWith(`error: backend ${backend} cannot be used: `)).toBe(true);
    expect(stderr.trim()).not.toContain('\n');
    expect(existsSync(join(folder, 'runs'))).toBe(false);
  });

  it('is told from one that there is not', async () => {
    const { run } = install(temporaryFolder());
    expect(await run(...quick, '--backend', 'torch')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: unknown backend "torch"; there are: wasm, tfjs-node-gpu, tfjs-node, tfjs, auto\n',
    });
    expect(await run('compare', '--env', 'panda-reach', '--backend', 'torch')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'error: unknown backend "torch"; there are: wasm, tfjs-node-gpu, tfjs-node, tfjs\n',
    });
  });
});

describe('a run on another backend', () => {
  it('is trained on it, acts by the default one, and goes on with it to the same bytes', async () => {
    const { folder, add, run } = install(temporaryFolder());
    add(gpuPackage, native({ gpu: true }));
    const whole = await run(...quick, ...often, '--baseline', 'value', '--backend', 'tfjs-node-gpu', '--out', 'whole');
    expect(whole).toMatchObject({ code: 0, stderr: '' });
    const config = JSON.parse(readFileSync(join(folder, 'whole/config.json'), 'utf8'));
    expect(config).toMatchObject({
      backend: 'tfjs-node-gpu',
      versions: { network: 'tfjs-node-gpu 4.22.0, libtensorflow 2.9.1, gpu' },
    });
    const expected = contents(join(folder, 'whole'));

    // Three threads act by the default backend, of which each has its own.
    const other = [...quick, ...often, '--baseline', 'value', '--workers', '3', '--out', 'threads'];
    expect(await run(...other, '--backend', 'tfjs-node-gpu')).toMatchObject({ code: 0, stderr: '' });
    expect(contents(join(folder, 'threads'))).toEqual(expected);

    const policy = join(folder, 'whole/policy.safetensors');
    writeFileSync(policy, readFileSync(policy).subarray(0, 3000));
    for (const asked of [[], ['--backend', 'auto']]) {
      writeFileSync(policy, readFileSync(policy).subarray(0, 3000));
      const { code, stdout } = await run('resume', 'whole', ...asked);
      expect(code).toBe(0);
      expect(stdout).toContain('going on after iteration 4');
      expect(contents(join(folder, 'whole'))).toEqual(expected);
    }
    expect(await run('resume', 'whole', '--backend', 'wasm')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('config.backend "tfjs-node-gpu", not "wasm"'),
    });

    // It plays everywhere, and goes on where its backend is.
    add(gpuPackage, native({ gpu: false }));
    expect(await run('eval', 'whole', '--episodes', '5', '--json')).toMatchObject({ code: 0, stderr: '' });
    expect(await run('verify', 'whole/rollouts.safetensors', '--policy', 'whole')).toMatchObject({ code: 0 });
    expect(await run('resume', 'whole')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(
        /^error: whole cannot go on here: .+ finds no GPU.+`--fork` with another `--backend`/,
      ),
    });
    expect((await run('resume', 'whole', '--backend', 'wasm')).code).toBe(2);
    expect(contents(join(folder, 'whole'))).toEqual(expected);
    const fork = await run('resume', 'whole', '--fork', '--backend', 'wasm', '--steps', '700', '--out', 'forked');
    expect(fork).toMatchObject({ code: 0, stderr: '' });
    expect(JSON.parse(readFileSync(join(folder, 'forked/config.json'), 'utf8')).backend).toBe('wasm');
  });

  it('trains on the union package by itself, as on its parts', async () => {
    const union = install(temporaryFolder());
    union.add('@tensorflow/tfjs', native());
    const parts = install(temporaryFolder());
    parts.link('@tensorflow/tfjs-core');
    parts.link('@tensorflow/tfjs-backend-cpu');
    const arguments_ = [...quick, '--iterations', '2', '--backend', 'tfjs', '--out', 'run'];
    for (const each of [union, parts]) expect(await each.run(...arguments_)).toMatchObject({ code: 0, stderr: '' });
    expect(contents(join(union.folder, 'run'))).toEqual(contents(join(parts.folder, 'run')));
  });

  it('keeps the number of threads that it rounds by', async () => {
    const { folder, add, run } = install(temporaryFolder());
    add('@tensorflow/tfjs-node', native());
    process.env.TF_NUM_INTRAOP_THREADS = '3';
    try {
      await run(...quick, ...often, '--iterations', '3', '--backend', 'tfjs-node', '--out', 'run');
    } finally {
      delete process.env.TF_NUM_INTRAOP_THREADS;
    }
    const expected = contents(join(folder, 'run'));
    const policy = join(folder, 'run/policy.safetensors');
    writeFileSync(policy, readFileSync(policy).subarray(0, 3000));
    expect((await run('resume', 'run')).code).toBe(0);
    expect(contents(join(folder, 'run'))).toEqual(expected);
    expect(readFileSync(join(folder, 'run/config.json'), 'utf8')).toContain('libtensorflow 2.9.1, 3 threads');
  });

  it('on another release of it does not go on', async () => {
    const { run, add } = install(temporaryFolder());
    add(gpuPackage, native({ gpu: true }));
    await run(...quick, ...often, '--iterations', '2', '--backend', 'tfjs-node-gpu', '--out', 'run');
    add(gpuPackage, native({ gpu: true }).replace('2.9.1', '2.10.0'));
    expect(await run('resume', 'run')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /network "tfjs-node-gpu .+2\.9\.1, gpu", not "tfjs-node-gpu .+2\.10\.0, gpu".+--fork/,
      ),
    });
  });
});

describe('--backend auto', () => {
  it('measures those that can be used, takes the fastest, and says so in one line', async () => {
    const { folder, add, link, run } = install(temporaryFolder());
    link('@tensorflow/tfjs-core');
    link('@tensorflow/tfjs-backend-cpu');
    // One that ends the process it is loaded in, as a library for another processor does.
    add('@tensorflow/tfjs-node', `process.kill(process.pid, 'SIGILL');`);
    const { code, stdout, stderr } = await run(...quick, '--iterations', '2', '--backend', 'auto', '--json');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [first, ...others] = jsonLines(stdout);
    expect(first).toEqual({
      type: 'backend',
      backend: expect.any(String),
      widths: [expect.any(Number), 8, 8, 3],
      rows: 100,
      ms: { wasm: expect.any(Number), tfjs: expect.any(Number) },
      unusable: {
        'tfjs-node': 'the process that loads it ends by SIGILL',
        'tfjs-node-gpu': '@tensorflow/tfjs-node-gpu is not installed',
      },
    });
    const ms = first.ms as Record<string, number>;
    expect(first.backend).toBe(ms.wasm < ms.tfjs ? 'wasm' : 'tfjs');
    const { run: out } = others.at(-1) as { run: string };
    expect(JSON.parse(readFileSync(join(folder, out, 'config.json'), 'utf8')).backend).toBe(first.backend);

    const shown = await run(...quick, '--iterations', '1', '--backend', 'auto');
    expect(shown.stdout.split('\n')[0]).toMatch(
      /^backend (wasm|tfjs): a gradient of 100 rows through \d+-8-8-3 takes (wasm|tfjs) [\d.]+ ms, (wasm|tfjs) [\d.]+ ms; not usable: tfjs-node-gpu, tfjs-node$/,
    );
  });
});

describe('doctor', () => {
  it('says what is here, and how to get what is missing', async () => {
    const { add, run } = install(temporaryFolder());
    add('@tensorflow/tfjs-node', native());
    const { code, stdout, stderr } = await run('doctor');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Node     ${process.versions.node}`);
    expect(stdout).toMatch(/Rapier {3}\d+\.\d+\.\d+/);
    expect(stdout).toMatch(/✓ wasm .+float64/);
    expect(stdout).toMatch(
      /✗ tfjs-node-gpu {2}@tensorflow\/tfjs-node-gpu is not installed\n +→ `npx armature setup-gpu` installs it\n/,
    );
    expect(stdout).toMatch(/✓ tfjs-node .+\(4\.22\.0, libtensorflow 2\.9\.1, \d+ threads\)/);
    const [{ type, node, backends }] = jsonLines((await run('doctor', '--json')).stdout);
    expect({ type, node }).toEqual({ type: 'doctor', node: process.versions.node });
    expect((backends as { name: string }[]).map(({ name }) => name)).toEqual([
      'wasm',
      'tfjs-node-gpu',
      'tfjs-node',
      'tfjs',
    ]);
  });

  it.runIf(process.platform !== 'win32')('waits for no driver that hangs, and says so', async () => {
    const { folder, run } = install(temporaryFolder());
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin/nvidia-smi'), '#!/bin/sh\nexec sleep 1000\n');
    chmodSync(join(folder, 'bin/nvidia-smi'), 0o755);
    const { code, stdout } = await run('doctor');
    expect(code).toBe(0);
    expect(stdout).toContain('none found (nvidia-smi: it hangs: no answer after 10 s)');
  });
});

describe.runIf(process.platform === 'linux' && process.arch === 'x64')('setup-gpu', () => {
  /** npm, that writes down what it is asked and installs a package that is at hand. */
  function withNpm(script: string) {
    const installation = install(temporaryFolder());
    const { folder } = installation;
    mkdirSync(join(folder, 'bin'));
    const npm = join(folder, 'bin/npm');
    writeFileSync(npm, `#!/bin/sh\necho "$PWD: $*" >> ${folder}/asked\n${script}\n`);
    chmodSync(npm, 0o755);
    return { ...installation, asked: () => readFileSync(join(folder, 'asked'), 'utf8').trim().split('\n') };
  }

  it('installs the package without its script, then runs the script, then says what is here', async () => {
    const { folder, asked, run, add } = withNpm(`[ "$1" = install ] || cp ${'$'}PWD/ready.cjs ${'$'}PWD/index.cjs`);
    add(gpuPackage, `throw new Error('native addon module');`);
    writeFileSync(join(folder, 'node_modules', gpuPackage, 'ready.cjs'), native({ gpu: true }));
    const { code, stdout, stderr } = await run('setup-gpu');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(asked()).toEqual([
      `${folder}: install --no-save --save-dev --ignore-scripts --no-audit --no-fund ${gpuPackage}@4.22.0`,
      `${folder}/node_modules/${gpuPackage}: run install`,
    ]);
    expect(stdout).toMatch(/✓ tfjs-node-gpu .+, gpu\)/);
  });

  it('touches nothing where npm would clear the folder', async () => {
    const { folder, add, asked, run } = withNpm('');
    rmSync(join(folder, 'package.json'));
    writeFileSync(join(folder, 'dist/package.json'), JSON.stringify({ type: 'module' }));
    expect(await run('setup-gpu')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /is no project: `npm install --global --ignore-scripts @tensorflow\/tfjs-node-gpu@4\.22\.0` first, then this again\n$/,
      ),
    });
    expect(existsSync(join(folder, 'asked'))).toBe(false);
    add(gpuPackage, native({ gpu: true }));
    expect((await run('setup-gpu')).code).toBe(0);
    expect(asked()).toEqual([`${folder}/node_modules/${gpuPackage}: run install`]);
  });

  it('keeps the package for the processor, which npm would take away again', async () => {
    const { folder, add, asked, run } = withNpm('');
    add(gpuPackage, native({ gpu: true }));
    add('@tensorflow/tfjs-node', native());
    expect((await run('setup-gpu')).code).toBe(0);
    expect(asked()[0]).toBe(
      `${folder}: install --no-save --save-dev --ignore-scripts --no-audit --no-fund ${gpuPackage}@4.22.0 @tensorflow/tfjs-node@4.22.0`,
    );
  });

  it('says which step failed', async () => {
    const offline = withNpm('exit 7');
    expect(await offline.run('setup-gpu')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^error: cannot install @tensorflow\/tfjs-node-gpu: `npm install .+ ended with code 7\n$/,
      ),
    });
    expect(offline.asked()).toHaveLength(1);
    const killed = withNpm('kill -KILL $$');
    expect(await killed.run('setup-gpu')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^error: cannot install .+ was ended by SIGKILL\n$/),
    });
    const blocked = withNpm('[ "$1" = install ] || exit 3');
    blocked.add(gpuPackage, '');
    expect(await blocked.run('setup-gpu')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /is installed, but not its native addon: `npm run install` in .+ ended with code 3\n$/,
      ),
    });
  });
});
