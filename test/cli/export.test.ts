import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeRecording } from '../../envs/recording/recording.ts';
import { dataPackages, optionalPackage } from '../../src/cli/export-rollouts.ts';
import { encodePolicy } from '../../src/run/encode-policy.ts';
import { Failure } from '../../src/run/failure.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { query, rollouts } from '../export/rollouts.ts';
import { sampleRecording } from '../recording/sample.ts';
import { armature, jsonLines, succeeding, temporaryFolder } from './armature.ts';

const folder = temporaryFolder();
const ok = succeeding(folder);

beforeAll(async () => {
  mkdirSync(join(folder, 'empty'));
  const learner = learnerOf(configureTraining({ env: 'panda-reach-joints', options: { hiddenWidth: 4 } }));
  writeFileSync(join(folder, 'reach.safetensors'), await encodePolicy(learner));
  writeFileSync(join(folder, 'rollouts.safetensors'), await encodeRecording(sampleRecording()));
  const bytes = await encodeRecording(rollouts());
  writeFileSync(join(folder, 'joints.safetensors'), bytes);
  writeFileSync(join(folder, 'cut.safetensors'), bytes.subarray(0, bytes.length - 8));
  const broken = rollouts();
  broken.episodes[0].q[1] = Number.NaN;
  writeFileSync(join(folder, 'broken.safetensors'), await encodeRecording(broken));
  for (const name of ['one', 'two']) mkdirSync(join(folder, 'runs', name, 'recordings'), { recursive: true });
  writeFileSync(
    join(folder, 'runs/one/recordings/000004.safetensors'),
    await encodeRecording(rollouts({ lengths: [4] })),
  );
  writeFileSync(join(folder, 'runs/one/recordings/000012.safetensors'), bytes);
  writeFileSync(join(folder, 'runs/two/rollouts.safetensors'), await encodeRecording(rollouts({ lengths: [2] })));
  writeFileSync(join(folder, 'runs/two/recordings/000004.safetensors'), bytes);
});

describe('armature export', () => {
  it.each(['onnx', 'json', 'safetensors'])('writes %s, and says what goes in and what comes out', async (format) => {
    const out = `policy.${format}`;
    const text = await ok('export', 'reach.safetensors', '--format', format, '--out', out);
    expect(text.split('\n')[0]).toMatch(new RegExp(`^policy\\.${format}, [\\d.]+ kB$`));
    expect(text).toMatch(/observation\n +0-2 +position +m +/);
    expect(text).toMatch(/action, every 0\.04 s\n +0-6 +joint_step +0\.05 rad +moves each joint from where it is\n/);
    expect(text).toContain('the mean of a diagonal Gaussian, clipped to [-1, 1]');
    const before = readFileSync(join(folder, out));
    const refused = await armature(folder, 'export', 'reach.safetensors', '--format', format, '--out', out);
    expect(refused).toMatchObject({
      code: 1,
      stdout: '',
      stderr: `error: ${out} exists already: choose another --out, or replace it with --force\n`,
    });
    const [line] = jsonLines(
      await ok('export', 'reach.safetensors', '--format', format, '--out', out, '--force', '--json'),
    );
    expect(line).toEqual({
      type: 'result',
      ...{ file: out, format, bytes: before.length, observation: 12, action: 7 },
    });
    expect(readFileSync(join(folder, out))).toEqual(before);
  });

  it('never writes over the policy', async () => {
    const before = readFileSync(join(folder, 'reach.safetensors'));
    const own = ['export', 'reach.safetensors', '--format', 'safetensors'];
    expect(await ok(...own)).toMatch(/^reach-tensors\.safetensors, /);
    const refused = await armature(folder, ...own, '--out', './reach.safetensors', '--force');
    expect(refused).toMatchObject({
      code: 2,
      stderr: 'error: --out ./reach.safetensors is the policy itself: choose another file\n',
    });
    expect(readFileSync(join(folder, 'reach.safetensors'))).toEqual(before);
  });

  it('writes ONNX by the name of the run where nothing else is said', async () => {
    expect(await ok('export', './reach.safetensors')).toMatch(/^reach\.onnx, /);
    expect(existsSync(join(folder, 'reach.onnx'))).toBe(true);
  });

  it.each([
    ['elsewhere', 1, 'error: cannot export elsewhere: there is no such folder or file'],
    ['empty', 1, 'error: cannot export empty: it holds no policy.safetensors'],
    [
      'rollouts.safetensors',
      1,
      'error: rollouts.safetensors holds rollouts, and --format onnx is for policies: choose --format lerobot, mcap, csv',
    ],
    [
      'reach.safetensors --format pickle',
      2,
      "argument 'pickle' is invalid. Allowed choices are onnx, json, safetensors, lerobot, mcap, csv.",
    ],
    [
      'reach.safetensors --format csv',
      1,
      'error: reach.safetensors is a policy, and --format csv is for rollouts: record some: ' +
        '`npx armature record reach.safetensors --out rollouts.safetensors`',
    ],
    [
      'rollouts.safetensors --format lerobot',
      1,
      'error: rollouts.safetensors does not tell how the joints stand, as files of earlier versions did not, nor do environments ' +
        'without q and dq: record anew: `npx armature record RUN --out rollouts.safetensors`, or choose --format csv or mcap, ' +
        'which leave them out',
    ],
    ['elsewhere --format csv', 1, 'error: cannot export elsewhere: there is no such folder or file'],
    ['empty --format mcap', 1, 'error: cannot export empty: it holds no rollouts.safetensors'],
    ['runs --format mcap', 1, 'error: cannot export runs: it is no run; name a file or a run of it, as runs/one/'],
    ['cut.safetensors --format mcap', 1, 'error: cut.safetensors: damaged ('],
    ['broken.safetensors --format lerobot', 1, 'observation.state[1]: expected a number, found NaN)'],
    ['reach.safetensors --task reach', 2, 'error: --task is for --format lerobot'],
    ['joints.safetensors --task reach --format csv', 2, 'error: --task is for --format lerobot'],
  ])('of %s ends with %d and one line', async (args, code, words) => {
    const refused = await armature(folder, 'export', ...args.split(' '), '--out', 'nothing');
    expect(refused).toMatchObject({ code, stdout: '' });
    expect(refused.stderr).toContain(words);
    expect(refused.stderr.trimEnd()).not.toContain('\n');
    expect(existsSync(join(folder, 'nothing'))).toBe(false);
  });
});

describe('armature export of rollouts', () => {
  /** Every file of what was written, by its path. */
  const contentOf = (path: string) =>
    statSync(join(folder, path)).isFile()
      ? { [path]: readFileSync(join(folder, path)) }
      : Object.fromEntries(
          readdirSync(join(folder, path), { recursive: true, encoding: 'utf8' })
            .filter((name) => statSync(join(folder, path, name)).isFile())
            .sort()
            .map((name) => [name, readFileSync(join(folder, path, name))]),
        );

  it.each([
    ['lerobot', 'joints-lerobot'],
    ['mcap', 'joints.mcap'],
    ['csv', 'joints.csv'],
  ])('writes %s by the name of the file, and the same bytes again', async (format, out) => {
    const said = await ok('export', 'joints.safetensors', '--format', format);
    expect(said).toMatch(new RegExp(`^${out}, [\\d.]+ kB: 3 episodes, 8 steps of joints\\.safetensors\n$`));
    const before = contentOf(out);
    const refused = await armature(folder, 'export', 'joints.safetensors', '--format', format);
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toBe(`error: ${out} exists already: choose another --out, or replace it with --force\n`);
    const again = ['export', 'joints.safetensors', '--format', format, '--force', '--json'];
    const [line] = jsonLines(await ok(...again));
    const bytes = Object.values(before).reduce((sum, content) => sum + content.length, 0);
    expect(line).toEqual({ type: 'result', file: out, format, bytes, episodes: 3, steps: 8, faults: 0 });
    expect(contentOf(out)).toEqual(before);
    expect(readdirSync(folder).filter((name) => name.startsWith('unfinished'))).toEqual([]);
  });

  it.each([
    ['runs/one', '8 steps of runs/one/recordings/000012.safetensors'],
    ['runs/two', '2 steps of runs/two/rollouts.safetensors'],
  ])('takes the latest of %s', async (run, words) => {
    expect(await ok('export', run, '--format', 'csv', '--out', `${run}.csv`)).toContain(words);
  });

  it('says what the arm is to do in words', async () => {
    await ok('export', 'joints.safetensors', '--format', 'lerobot', '--out', 'told', '--task', 'reach the goal');
    const tasks = await query(`select task from '${join(folder, 'told/meta/tasks.parquet')}'`);
    expect(tasks).toEqual([{ task: 'reach the goal' }]);
  });

  it('replaces no folder of anything else, whatever is said', async () => {
    mkdirSync(join(folder, 'thesis/data'), { recursive: true });
    writeFileSync(join(folder, 'thesis/thesis.tex'), 'all of it');
    const refused = await armature(
      folder,
      'export',
      'joints.safetensors',
      '--format',
      'lerobot',
      '--out',
      'thesis',
      '--force',
    );
    expect(refused).toMatchObject({
      code: 1,
      stderr: 'error: cannot replace thesis: it holds something else; choose another --out\n',
    });
    expect(readFileSync(join(folder, 'thesis/thesis.tex'), 'utf8')).toBe('all of it');
    const over = await armature(
      folder,
      'export',
      'joints.safetensors',
      '--format',
      'csv',
      '--out',
      'thesis',
      '--force',
    );
    expect(over.stderr).toBe('error: cannot write thesis: expected a file, found a folder\n');
  });

  it.each([
    ['that only looks like a data set', 1, 'it holds something else', 'notes', 'joints.safetensors'],
    [
      'that holds the recording',
      2,
      'is a folder that holds the recording itself',
      'notes',
      'notes/data/own.safetensors',
    ],
    ['that it runs in', 1, 'the folder that the command runs in', '.', '../joints.safetensors'],
  ])('replaces no folder %s', async (_, code, words, out, file) => {
    const inside = join(folder, 'within');
    mkdirSync(join(inside, 'notes/data'), { recursive: true });
    writeFileSync(join(inside, 'notes/data/thesis.txt'), 'all of it');
    for (const name of ['notes/data/own.safetensors', 'joints.safetensors']) {
      writeFileSync(join(inside, name), readFileSync(join(folder, 'joints.safetensors')));
    }
    const args = ['export', file, '--format', 'lerobot', '--out', out, '--force'];
    const refused = await armature(inside, ...args);
    expect(refused).toMatchObject({ code, stdout: '' });
    expect(refused.stderr).toContain(words);
    expect(readFileSync(join(inside, 'notes/data/thesis.txt'), 'utf8')).toBe('all of it');
    expect(existsSync(join(inside, 'notes/data/own.safetensors'))).toBe(true);
  });

  it('leaves out episodes in which the simulation diverged, and says how many', async () => {
    const { header, episodes } = rollouts({ lengths: [4, 3] });
    const lost = episodes.map((episode) => ({ ...episode, end: 'fault' as const }));
    writeFileSync(
      join(folder, 'some.safetensors'),
      await encodeRecording({ header, episodes: [lost[0], episodes[1]] }),
    );
    writeFileSync(join(folder, 'none.safetensors'), await encodeRecording({ header, episodes: lost }));
    const [result] = jsonLines(
      await ok('export', 'some.safetensors', '--format', 'lerobot', '--out', 'some', '--json'),
    );
    expect(result).toMatchObject({ episodes: 1, steps: 3, faults: 1 });
    const refused = await armature(folder, 'export', 'none.safetensors', '--format', 'lerobot', '--out', 'none');
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toContain('in every episode the simulation diverged');
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  it('never writes over the recording', async () => {
    const before = readFileSync(join(folder, 'joints.safetensors'));
    const own = ['export', 'joints.safetensors', '--format', 'csv', '--out', './joints.safetensors', '--force'];
    expect(await armature(folder, ...own)).toMatchObject({
      code: 2,
      stderr: 'error: --out ./joints.safetensors is the recording itself: choose another\n',
    });
    expect(readFileSync(join(folder, 'joints.safetensors'))).toEqual(before);
  });
});

describe('a package that is not there', () => {
  const missing = () => Promise.reject(Object.assign(new Error('no such module'), { code: 'ERR_MODULE_NOT_FOUND' }));

  it('is named with what installs it, and any other error is what it is', async () => {
    await expect(optionalPackage(missing, 'install it')).rejects.toThrow(new Failure('install it'));
    const other = new SyntaxError('broken');
    await expect(optionalPackage(() => Promise.reject(other), 'install it')).rejects.toBe(other);
  });

  it('would be installed in the version that is tested here', () => {
    const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
    for (const [name, version] of Object.entries(dataPackages)) {
      expect([name, manifest.devDependencies[name], manifest.peerDependencies[name]]).toEqual([name, version, version]);
      expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true });
    }
  });
});
