import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { tasks } from '../../envs/tasks/index.ts';
import { algorithms } from '../../src/algorithms/index.ts';
import { armature, bytes, jsonLines, listing, optimised, quick, start, temporaryFolder } from './armature.ts';

const files = [
  'checkpoints',
  'checkpoints/best.safetensors',
  'config.json',
  'metrics.csv',
  'policy.safetensors',
  'rollouts.safetensors',
];
const allIn = (folder: string) => listing(folder).map((line) => line.split(' ')[0]);
const recorded = /(^|\/)recordings(\/|$)/;
/** But for the recordings over training time, of which there are as many as evaluations. */
const namesIn = (folder: string) => allIn(folder).filter((name) => !recorded.test(name));

/** The fields that the issue promises; there may be more. */
const resultFields = {
  type: 'result',
  env: expect.any(String),
  algorithm: expect.any(String),
  seed: expect.any(Number),
  solved: expect.any(Boolean),
  env_steps: expect.any(Number),
  iterations: expect.any(Number),
  wall_s: expect.any(Number),
  mean_return: expect.any(Number),
  mean_length: expect.any(Number),
  run: expect.any(String),
};

describe.each(Object.keys(algorithms))('train by %s', async (algorithm) => {
  const [here, there] = [temporaryFolder(), temporaryFolder()];
  const args = ['train', 'panda-reach-joints', ...quick, '--algorithm', algorithm, '--seed', '3', '--json'];
  const train = (cwd: string, ...more: string[]) => armature(cwd, ...args, ...more);
  const [first, second] = await Promise.all([train(here), optimised(there, ...args)]);

  it('prints JSON lines that end with a result', () => {
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const lines = jsonLines(first.stdout);
    const result = lines[lines.length - 1];
    expect(result).toMatchObject({
      ...resultFields,
      env: 'panda-reach-joints',
      algorithm,
      seed: 3,
      solved: false,
      iterations: 3,
      success_rate: expect.any(Number),
      run: join('runs', 'panda-reach-joints-s3'),
    });
    expect(result.env_steps).toBeGreaterThanOrEqual(1500);
    const progress = lines.slice(0, -1);
    expect(progress.map((line) => [line.type, line.iteration])).toEqual([1, 2, 3].map((k) => ['progress', k]));
    expect(progress[2].env_steps).toBe(result.env_steps);
    expect(progress[2].eval_success_rate).toBe(result.success_rate);
  });

  it('fills the folder of the run, and nothing beside it', () => {
    expect(namesIn(here)).toEqual(
      ['runs', 'runs/panda-reach-joints-s3', ...files.map((file) => `runs/panda-reach-joints-s3/${file}`)].sort(),
    );
  });

  it('records the same goals before training and at every evaluation', async () => {
    const run = join(here, 'runs/panda-reach-joints-s3');
    const names = allIn(join(run, 'recordings'));
    const lines = jsonLines(first.stdout);
    const evaluated = lines
      .slice(0, -1)
      .filter((line) => line.eval_success_rate !== null)
      .map(({ iteration }) => iteration);
    expect(names).toEqual([0, ...evaluated].map((k) => `${String(k).padStart(6, '0')}.safetensors`));
    const recordings = await Promise.all(
      names.map((name) => decodeRecording(new Uint8Array(readFileSync(join(run, 'recordings', name))), name)),
    );
    const [start] = recordings;
    expect(start.episodes.length).toBe(16);
    expect(start.header.policy.trainedSteps).toBe(0);
    expect(recordings.at(-1)?.header.policy.trainedSteps).toBe(lines.at(-1)?.env_steps);
    for (const { episodes } of recordings) {
      expect(episodes.map(({ seed }) => seed)).toEqual(start.episodes.map(({ seed }) => seed));
    }
  });

  it('keeps the history as a table', () => {
    const text = readFileSync(join(here, 'runs/panda-reach-joints-s3/metrics.csv'), 'utf8');
    const [heading, ...rows] = text
      .trimEnd()
      .split('\n')
      .map((line) => line.split(','));
    const progress = jsonLines(first.stdout).slice(0, -1);
    expect(rows).toEqual(progress.map((line) => heading.map((name) => String(line[name] ?? ''))));
    expect(heading).not.toContain('wall_s');
  });

  it('gives the same bytes for the same seed', () => {
    expect(second.code).toBe(0);
    for (const file of files.slice(1)) {
      const path = ['runs', 'panda-reach-joints-s3', file];
      expect(bytes(here, ...path), file).toBe(bytes(there, ...path));
    }
  });

  it('gives other bytes for another seed', async () => {
    expect((await train(there, '--seed', '4', '--out', 'other')).code).toBe(0);
    const policy = 'policy.safetensors';
    expect(bytes(there, 'other', policy)).not.toBe(bytes(here, 'runs/panda-reach-joints-s3', policy));
  });

  it('does not overwrite a run: the next of the same seed gets a folder of its own', async () => {
    const before = listing(join(here, 'runs/panda-reach-joints-s3'));
    const { code, stdout } = await train(here, '--iterations', '1');
    expect(code).toBe(0);
    const result = jsonLines(stdout).at(-1);
    expect(result).toMatchObject({ iterations: 1, run: join('runs', 'panda-reach-joints-s3-2') });
    expect(namesIn(join(here, 'runs/panda-reach-joints-s3-2'))).toEqual(files);
    expect(listing(join(here, 'runs/panda-reach-joints-s3'))).toEqual(before);
  });
});

describe('train', () => {
  const folder = temporaryFolder();

  it.each(Object.keys(tasks))('runs on %s, in plain lines when nobody looks on', async (env) => {
    const { code, stdout, stderr } = await armature(folder, 'train', env, ...quick, '--iterations', '1', '--out', env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toContain(String.fromCharCode(27));
    expect(stdout).toContain('iteration 1');
    expect(stdout).toContain(`Saved in ${env}`);
    expect(namesIn(join(folder, env))).toEqual(files);
  });

  it('knows no success where there is none to have', async () => {
    const { stdout } = await armature(folder, 'train', 'reacher', ...quick, '--iterations', '1', '--json');
    expect(jsonLines(stdout).at(-1)).toMatchObject({ ...resultFields, success_rate: null, solved: false });
  });

  it('stops once it is solved, and says at which step', async () => {
    // A goal of a metre's radius is reached from anywhere.
    const easy = ['--set', 'goalRadius=1', '--until-solved', '--batch', '100', '--eval-every', '100'];
    const { code, stdout } = await armature(folder, 'train', 'panda-reach', ...easy, '--json', '--out', 'easy');
    expect(code).toBe(0);
    const lines = jsonLines(stdout);
    expect(lines.at(-1)).toMatchObject({ solved: true, iterations: 3, success_rate: 1 });
    expect(lines.at(-1)?.env_steps).toBe(lines.at(-2)?.env_steps);
    expect(lines.at(-1)?.env_steps).toBe(lines.at(-1)?.solved_at);
  });

  it('accepts an empty folder, and takes what it is told into the run', async () => {
    const given = ['--reward', 'sparse', '--arm', 'planar', '--gamma', '0.5', '--set', 'relativeGoal=true'];
    const args = [...quick, ...given, '--no-bootstrap', '--iterations', '1', '--out', 'told'];
    expect((await armature(folder, 'train', 'panda-reach-joints', ...args)).code).toBe(0);
    const config = JSON.parse(readFileSync(join(folder, 'told/config.json'), 'utf8'));
    expect(config).toMatchObject({
      env: { arm: 'planar', options: { reward: 'sparse', relativeGoal: true, horizon: 6 } },
      options: { gamma: 0.5, bootstrap: false, hiddenWidth: 8 },
      steps: 1500,
    });
  });

  it('saves after Ctrl-C, and the run can be judged', async () => {
    const args = ['train', 'panda-reach-joints', '--set', 'horizon=6', '--batch', '200', '--steps', '1000000'];
    const { child, closed, firstLine } = start(folder, ...args, '--json', '--out', 'stopped');
    await firstLine;
    child.kill('SIGINT');
    const { code, stdout, stderr } = await closed;
    expect({ code, stderr }).toEqual({ code: 130, stderr: '' });
    const result = jsonLines(stdout).at(-1);
    expect(result).toMatchObject({ ...resultFields, run: 'stopped' });
    expect(result?.iterations).toBe(jsonLines(stdout).length - 1);
    expect(namesIn(join(folder, 'stopped'))).toEqual(
      expect.arrayContaining(['policy.safetensors', 'rollouts.safetensors']),
    );
    expect((await armature(folder, 'eval', 'stopped', '--episodes', '3', '--json')).code).toBe(0);
  });

  it('leaves a folder alone that holds something', async () => {
    expect((await armature(folder, 'train', 'reacher', ...quick, '--iterations', '1', '--out', 'mine')).code).toBe(0);
    writeFileSync(join(folder, 'mine', 'notes.txt'), 'do not lose');
    const before = listing(join(folder, 'mine'));
    const { code, stderr } = await armature(folder, 'train', 'reacher', ...quick, '--out', 'mine');
    expect(code).toBe(1);
    expect(stderr).toBe('error: the folder mine is not empty: choose another with --out, or remove it\n');
    expect(listing(join(folder, 'mine'))).toEqual(before);
  });
});

describe('a run that learns nothing', () => {
  const folder = temporaryFolder();

  it('says so once, and why', async () => {
    const one = ['--set', 'horizon=1', '--batch', '1', '--hidden-width', '4', '--eval-every', '1000'];
    const idle = await armature(folder, 'train', 'reacher', ...one, '--steps', '45', '--out', 'idle');
    expect(idle.code).toBe(0);
    expect(idle.stderr.match(/warning: nothing has been learned for 20 iterations/g)).toHaveLength(1);
    const again = await armature(folder, 'resume', 'idle');
    expect(again.stdout).toContain('idle: finished after iteration 45; --fork with other limits');
    const short = await armature(folder, 'train', 'reacher', ...one, '--steps', '19', '--out', 'short');
    expect(short).toMatchObject({ code: 0, stderr: '' });
  });
});
