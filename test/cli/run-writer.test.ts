import { existsSync, mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Env } from '../../envs/env.ts';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { claimsOf, findDifference } from '../../envs/recording/replay.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { warn } from '../../src/cli/output.ts';
import { resume } from '../../src/cli/train.ts';
import { trainAndReport } from '../../src/cli/training.ts';
import { decodePolicy } from '../../src/run/checkpoint.ts';
import type { Lock } from '../../src/run/lock.ts';
import type { RunPlan } from '../../src/run/plan.ts';
import { RunWriter } from '../../src/run/writer.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import type { Learner } from '../../src/train/learner.ts';
import { trainOn } from '../../src/train/train.ts';
import { contents, temporaryFolder } from './armature.ts';
import { smallDisk } from './small-disk.ts';

beforeAll(loadPhysics);
afterEach(() => vi.restoreAllMocks());

const plan: RunPlan = {
  config: configureTraining({
    env: 'panda-reach-joints',
    envOptions: { horizon: 3 },
    steps: 200,
    options: { hiddenWidth: 4, hiddenLayers: 1, batch: 15, evalEvery: 90 },
  }),
  limits: { iterations: null, untilSolved: false },
  checkpointEvery: 2,
  fork: null,
};

const folder = temporaryFolder();

/** Trains into a folder, and meddles before the iterations that are named. */
async function train(out: string, meddle: Readonly<Record<number, () => void>> = {}): Promise<void> {
  const learner = learnerOf(plan.config);
  const writer = await RunWriter.create(out, plan, learner, warn);
  for (const progress of trainOn(learner, { untilSolved: false })) {
    meddle[progress.iteration]?.();
    await writer.log(learner, progress);
  }
  await writer.save(learner);
  writer.close();
}

/** What is written to stderr or stdout meanwhile. */
function listen(stream: 'stderr' | 'stdout'): { text: string } {
  const heard = { text: '' };
  vi.spyOn(process[stream], 'write').mockImplementation((text) => {
    heard.text += text;
    return true;
  });
  return heard;
}

let whole: Record<string, string>;
beforeAll(async () => {
  await train(join(folder, 'whole'));
  whole = contents(join(folder, 'whole'));
  expect(Object.keys(whole)).toEqual([
    ...['best', '00000010', '00000012', '00000014'].map((name) => `checkpoints/${name}.safetensors`).sort(),
    'config.json',
    'metrics.csv',
    'policy.safetensors',
  ]);
});

describe('training goes on, says so once, and leaves whole files', () => {
  it('on a disk that is full for a while', async (context) => {
    const { path, fill, free } = smallDisk(context, '256k');
    const run = join(path, 'run');
    const check = () => {
      expect(Object.keys(contents(run)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
      expect(readFileSync(join(run, 'metrics.csv'), 'utf8')).toMatch(/^iteration,[\s\S]+\n$/);
      free();
    };
    const { text } = await troubled(run, { 4: fill, 9: check });
    expect(text).toMatch(/^warning: cannot write .+: the disk is full \(training goes on, and saves when it can\)\n$/);
    expect(contents(run)).toEqual(whole);
  });

  it('on a disk that is full to the end, where a run is left that goes on', async (context) => {
    const { path, fill } = smallDisk(context, '256k');
    const run = join(path, 'run');
    listen('stderr');
    await expect(train(run, { 5: fill })).rejects.toThrow('the disk is full');
    const { learner } = await decodePolicy(readFileSync(join(run, 'policy.safetensors')), 'policy');
    expect(learner.progress.iteration).toBe(4);
  });

  it('in a folder that is read-only for a while', async (context) => {
    const { path, remount } = smallDisk(context, '1m');
    const { text } = await troubled(join(path, 'run'), { 3: () => remount('ro'), 8: () => remount('rw') });
    expect(text).toMatch(/^warning: cannot write .+: the file system is read-only \(.+\)\n$/);
    expect(contents(join(path, 'run'))).toEqual(whole);
  });

  it('in a folder that is removed underneath', async () => {
    const run = join(folder, 'removed');
    const { text } = await troubled(run, { 9: () => rmSync(run, { recursive: true }) });
    expect(text).toMatch(/^warning: the folder .+removed was gone: it is made anew, .+\n$/);
    const { 'checkpoints/best.safetensors': _, ...rest } = whole;
    expect(contents(run)).toMatchObject(rest);
  });

  it.each([
    ['removed', (file: string) => rmSync(file)],
    ['cut', (file: string) => truncateSync(file, 100)],
    ['edited', (file: string) => writeFileSync(file, 'mine')],
  ])('with a table of metrics that is %s underneath', async (how, meddle) => {
    const run = join(folder, `table ${how}`);
    await train(run, { 9: () => meddle(join(run, 'metrics.csv')) });
    expect(contents(run)).toEqual(whole);
  });

  it('but not in a folder that is another’s by now', async () => {
    const run = join(folder, 'replaced');
    const replace = () => {
      rmSync(run, { recursive: true });
      mkdirSync(run);
      writeFileSync(join(run, 'notes.txt'), 'mine');
    };
    listen('stderr');
    await expect(train(run, { 9: replace })).rejects.toThrow('is not empty');
    expect(contents(run)).toEqual({ 'notes.txt': expect.any(String) });
  });

  it('and takes nothing from a process that took the folder over, wherever it stood still meanwhile', async () => {
    for (let [stillAfter, looks] = [1, 1]; looks >= stillAfter; stillAfter++) {
      const run = join(folder, `taken over ${stillAfter}`);
      const theirs = join(run, 'recordings', '000999.safetensors');
      const learner = learnerOf(plan.config);
      const writer = await RunWriter.create(run, plan, learner, warn);
      for (const progress of trainOn(learner, { untilSolved: false })) await writer.log(learner, progress);
      const { lock } = writer as unknown as { readonly lock: Lock };
      const held = lock.held.bind(lock);
      looks = 0;
      vi.spyOn(lock, 'held').mockImplementation(() => {
        const wasHeld = held();
        if (++looks === stillAfter) {
          mkdirSync(join(run, 'recordings'), { recursive: true });
          writeFileSync(theirs, 'theirs');
          writeFileSync(join(run, 'lock'), 'theirs');
        }
        return wasHeld;
      });
      await writer.save(learner).catch((error) => expect(error.message).toMatch(/took it over/));
      expect(existsSync(theirs)).toBe(looks >= stillAfter);
      writer.close();
    }
  });
});

async function troubled(run: string, meddle: Readonly<Record<number, () => void>>): Promise<{ text: string }> {
  const heard = listen('stderr');
  await train(run, meddle);
  return heard;
}

describe('a number that is none', () => {
  /** The learner in worlds whose reward is none in this one of all their steps. */
  function spoilt(learner: Learner, step: number): Learner {
    let steps = 0;
    const open = (slots: number) => {
      const batch = learner.env.open(slots);
      const advance = batch.step.bind(batch);
      batch.step = (act) => {
        advance(act);
        if (++steps === step) batch.reward[0] = Number.NaN;
      };
      return batch;
    };
    const env: Env = { ...learner.env, open };
    return { ...learner, env };
  }

  it('is in an episode that training cut off, which is simulated again as such', async () => {
    const config = configureTraining({
      env: 'panda-reach-joints',
      envOptions: { horizon: 30, endsOnSuccess: false },
      steps: 200,
      options: { ...plan.config.options, cutAfter: 4 },
    });
    const run = join(folder, 'spoilt and cut');
    listen('stdout');
    const own = { ...plan, config };
    // Sixteen whole episodes are watched, ten at a time: sixty steps.
    const learner = spoilt(learnerOf(config), 60 + 4);
    const writer = await RunWriter.create(run, own, learner, warn);
    await expect(trainAndReport(learner, own, writer, { json: true, workers: 1 })).rejects.toThrow(/reward is NaN/);
    const recording = await decodeRecording(readFileSync(join(run, 'fault.safetensors')), 'fault');
    expect(recording.header.cutAfter).toBe(4);
    expect(recording.episodes[0]).toMatchObject({ steps: 4, end: 'truncated' });
    expect(claimsOf(recording)).toContain('cutAfter');
    // This world has all of its rewards.
    const { env } = learnerOf(config);
    expect(findDifference(env, recording)).toMatchObject({ step: 3, field: 'reward[0]', expected: 'NaN' });
    const reward = Float64Array.from(recording.episodes[0].reward);
    reward[3] = recording.episodes[0].terms[3];
    const mended = { ...recording, episodes: [{ ...recording.episodes[0], reward }] };
    expect(findDifference(env, mended)).toBeNull();
    const { cutAfter: _, ...header } = recording.header;
    expect(findDifference(env, { ...mended, header })).toMatchObject({ field: 'last step' });
  });

  it.each([
    // Sixteen episodes are watched before training, ten at a time: six steps. An iteration's episodes take three.
    ['in training', 6 + 3 * 3 + 2, 4, 3],
    // The update before it is undone with it.
    ['in an evaluation', 6 + 6 * 3 + 2, 6, 5],
  ])('%s ends the run, which holds what was before it, and the episode', async (where, step, iteration, saved) => {
    const run = join(folder, `spoilt ${where}`);
    listen('stdout');
    const learner = spoilt(learnerOf(plan.config), step);
    const writer = await RunWriter.create(run, plan, learner, warn);
    const training = trainAndReport(learner, plan, writer, { json: true, workers: 1 });
    await expect(training).rejects.toThrow(
      new RegExp(
        `^reward is NaN at step 1 of the episode of seed \\d+ \\(panda-reach-joints, iteration ${iteration}\\); it was not learned from\\. .+armature verify .+fault\\.safetensors`,
      ),
    );
    const { episodes } = await decodeRecording(readFileSync(join(run, 'fault.safetensors')), 'fault');
    expect(episodes[0].reward[1]).toBeNaN();
    const policy = await decodePolicy(readFileSync(join(run, 'policy.safetensors')), 'policy');
    expect(policy.learner.progress.iteration).toBe(saved);
    await resume(run, undefined, { json: true, workers: 1 });
    const own = Object.entries(contents(run)).filter(([name]) => !/^(rollouts|recordings\/)/.test(name));
    expect(Object.fromEntries(own)).toEqual(whole);
  });
});
