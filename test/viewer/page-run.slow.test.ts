import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { type RollOut, rollOut } from '../../src/rollout/rollout.ts';
import { lastingFolders } from '../../viewer/live/worker/lasting-folders.ts';
import type { Answer, Batch, Beginning, Saved } from '../../viewer/live/worker/messages.ts';
import { type Folders, memoryFolder } from '../../viewer/live/worker/page-folder.ts';
import { createTrainer, type Surroundings, type Trainer } from '../../viewer/live/worker/trainer.ts';
import { contents, succeeding, temporaryFolder } from '../cli/armature.ts';
import { FakeFolder } from './fake-folder.ts';

/** A training as the page's worker has it, without a page: its files are in memory. */

beforeAll(loadPhysics);

const folder = temporaryFolder();
const armature = succeeding(folder);
const options = { batch: 60, hiddenWidth: 8, evalEvery: 120, evalEpisodes: 20 };
const flags = ['--batch', '60', '--hidden-width', '8', '--eval-every', '120', '--eval-episodes', '20'];
const choice = { env: 'panda-reach-joints', arm: 'panda', algorithm: 'reinforce', seed: 2, steps: 1500, options };
const anew: Beginning = { kind: 'new', choice, untilSolved: false };

const alone = { rollOut: async (...asked: Parameters<RollOut>) => rollOut(...asked), close() {} };
const inMemory: Folders = {
  add: async (name) => memoryFolder(name),
  kept: async () => {
    throw new Error('nothing is kept');
  },
};

/** What lasts in a browser's folder. */
const lasting = (root: FakeFolder) =>
  lastingFolders(
    async () => root,
    async () => () => {},
  );

interface Around extends Partial<Pick<Surroundings, 'folders' | 'openPool'>> {
  readonly pauseAt?: number;
  /** Called with every answer. */
  hear?(answer: Answer, trainer: Trainer): void;
}

/** Trains in this thread; `pauseAt` holds it after that iteration. */
async function training(beginning: Beginning, { pauseAt = 0, hear, ...own }: Around = {}) {
  const told: Answer[] = [];
  let trainer: Trainer | undefined;
  let rested = () => {};
  const rest = new Promise<void>((resolve) => {
    rested = resolve;
  });
  const tell = (answer: Answer) => {
    told.push(answer);
    if (trainer) hear?.(answer, trainer);
    if (answer.type === 'trained' && answer.iteration === pauseAt) trainer?.hold(true);
    if (answer.type === 'held' || answer.type === 'ended' || answer.type === 'failed') rested();
  };
  const around = { folders: inMemory, openPool: () => alone, tell, ...own };
  trainer = await createTrainer({ type: 'train', beginning, workers: 1 }, around);
  await rest;
  return { trainer, told };
}

const unzipped = (name: string, { bytes }: Saved) => {
  const into = join(folder, name);
  const files = Object.entries(unzipSync(bytes));
  for (const [path, content] of files) {
    mkdirSync(dirname(join(into, path)), { recursive: true });
    writeFileSync(join(into, path), content);
  }
  return join(into, files[0][0].split('/')[0]);
};

describe('a run in the page', () => {
  let whole: Record<string, string>;
  let paused: Saved;
  beforeAll(async () => {
    await armature('train', 'panda-reach-joints', '--seed', '2', '--steps', '1500', ...flags, '--out', 'whole');
    whole = contents(join(folder, 'whole'));
    const { trainer } = await training(anew, { pauseAt: 13 });
    paused = await trainer.save('run');
  });

  it('that was paused and saved is gone on with by the command line, to the same bytes', async () => {
    const run = unzipped('paused', paused);
    expect(contents(run)).not.toEqual(whole);
    await armature('resume', run);
    expect(contents(run)).toEqual(whole);
  });

  it('that was saved anywhere is gone on with in the page, to the same bytes', async () => {
    const { trainer, told } = await training({ kind: 'file', bytes: paused.bytes, name: 'any.zip' });
    expect(told[0]).toMatchObject({ type: 'begun', run: 'panda-reach-joints-s2', choice: { steps: 1500, seed: 2 } });
    expect(told[0].type === 'begun' && told[0].curve.length).toBe(13);
    const run = await trainer.save('run');
    expect(contents(unzipped('gone-on', run))).toEqual(whole);
    const policy = await trainer.save('policy');
    expect(Buffer.from(policy.bytes).equals(readFileSync(join(folder, 'whole', 'policy.safetensors')))).toBe(true);
  });

  it('of a task with options of its own has the files of the command line', async () => {
    const task = { env: 'panda-push', arm: 'panda', algorithm: 'ppo', envOptions: { reward: 'sparse', horizon: 12 } };
    const few = { seed: 1, steps: 300, options };
    const { trainer } = await training({ kind: 'new', choice: { ...task, ...few }, untilSolved: false });
    const own = ['--reward', 'sparse', '--set', 'horizon=12', '--seed', '1', '--steps', '300'];
    await armature('train', 'panda-push', ...own, ...flags, '--out', 'pushed');
    expect(contents(unzipped('pushed-here', await trainer.save('run')))).toEqual(contents(join(folder, 'pushed')));
  });

  it('is forked with another learning rate, as by the command line', async () => {
    const run = unzipped('to-fork', paused);
    await armature('resume', run, '--fork', '--learning-rate', '0.002', '--out', 'fork');
    const bytes = new Uint8Array(readFileSync(join(run, 'policy.safetensors')));
    const faster = { ...choice, options: { ...options, learningRate: 0.002 } };
    const beginning: Beginning = {
      kind: 'fork',
      run: 'panda-reach-joints-s2',
      bytes,
      choice: faster,
      untilSolved: false,
    };
    const { trainer } = await training(beginning);
    expect(contents(unzipped('forked', await trainer.save('run')))).toEqual(contents(join(folder, 'fork')));
  });

  it('has the same files where its episodes are watched, and tells of those that it learns from', async () => {
    const learnedFrom: Trajectory[][] = [];
    const openPool = () => ({
      async rollOut(...[policy, request]: Parameters<RollOut>) {
        const episodes = rollOut(policy, request);
        if (request.purpose === 'training') learnedFrom.push(episodes);
        return episodes;
      },
      close() {},
    });
    const batches: Batch[] = [];
    const hear = ({ type }: Answer, asked: Trainer) => type === 'trained' && void batches.push(asked.batch());
    const { trainer } = await training(anew, { openPool, hear });
    expect(contents(unzipped('watched', await trainer.save('run')))).toEqual(whole);
    expect(batches.map(({ iteration }) => iteration)).toEqual(batches.map((_, i) => i + 1));
    expect(batches.length).toBeGreaterThan(15);
    for (const [i, { count, successes, episodes }] of batches.entries()) {
      const all = learnedFrom[i];
      expect([count, successes]).toEqual([all.length, all.filter(({ success }) => success).length]);
      expect(episodes.map(({ pose }) => pose)).toEqual(all.slice(0, 19).map(({ pose }) => pose));
    }
  });

  it('is saved into a folder that was picked, and opened from there, to the same bytes', async () => {
    const { trainer } = await training({ kind: 'file', bytes: paused.bytes, name: 'any.zip' }, { pauseAt: 14 });
    const picked = new FakeFolder('Documents');
    expect(await trainer.saveInto(picked)).toEqual({ type: 'saved-into', name: 'panda-reach-joints-s2' });
    const own = await picked.getDirectoryHandle('panda-reach-joints-s2');
    const opened = await training({ kind: 'folder', folder: own });
    expect(opened.told[0]).toMatchObject({ type: 'begun', run: 'panda-reach-joints-s2' });
    expect(contents(unzipped('from-folder', await opened.trainer.save('run')))).toEqual(whole);
  });

  it('that comes to a number that is none says so, keeps the episode, and goes on from before', async () => {
    const openPool = () => ({
      async rollOut(...[policy, request]: Parameters<RollOut>) {
        const episodes = rollOut(policy, request);
        if (request.purpose === 'training' && request.index === 4) episodes[1].reward[2] = Number.NaN;
        return episodes;
      },
      close() {},
    });
    const { trainer, told } = await training(anew, { openPool });
    const failed = told.at(-1);
    expect(failed?.type === 'failed' && failed.message).toMatch(
      /^reward is NaN at step 2 of the episode of seed \d+, in iteration 5; it was not learned from\. .*fault\.safetensors/,
    );
    const { bytes } = await trainer.save('run');
    const fault = unzipSync(bytes)['panda-reach-joints-s2/fault.safetensors'];
    const { episodes } = await decodeRecording(fault, 'fault');
    expect(episodes.map(({ reward }) => reward[2])).toEqual([Number.NaN]);
    const again = await training({ kind: 'file', bytes, name: 'failed.zip' });
    expect(contents(unzipped('past-it', await again.trainer.save('run')))).toEqual(whole);
  });

  it('loses nothing where the disk is full, and is kept once there is room', async () => {
    const root = new FakeFolder('runs', { room: 30_000 });
    const hear = (answer: Answer) => {
      if (answer.type === 'trained' && answer.iteration === 10) root.disk.room = Number.POSITIVE_INFINITY;
    };
    const { trainer, told } = await training(anew, { folders: lasting(root), hear });
    const problems = told.flatMap((answer) => (answer.type === 'keeping' ? [answer.problem] : []));
    expect(problems).toEqual(['there is no space left for this page', '']);
    const run = await trainer.save('run');
    expect(contents(unzipped('full', run))).toEqual(whole);
    expect(root.files()).toEqual(unzipSync(run.bytes));
    // Opened where there is no room for it, it is in memory alone.
    const small = new FakeFolder('runs', { room: 1000 });
    const opened = await training({ kind: 'file', bytes: paused.bytes, name: 'any.zip' }, { folders: lasting(small) });
    expect(opened.told.slice(0, 2)).toMatchObject([
      { type: 'warned', message: 'This browser could not keep the run: there is no space left for this page.' },
      { type: 'begun', isLasting: false },
    ]);
    expect(small.files()).toEqual({});
    expect(contents(unzipped('in-memory', await opened.trainer.save('run')))).toEqual(whole);
  });

  it.each([
    ['no zip', new Uint8Array([0x50, 0x4b, 3, 4, 9]), 'cannot be unpacked'],
    ['no run', zipSync({ 'a.txt': new Uint8Array(3) }), 'found no config.json'],
    ['two runs', zipSync({ 'a/config.json': new Uint8Array(3), 'b/config.json': new Uint8Array(3) }), 'found 2 runs'],
    ['a damaged plan', zipSync({ 'a/config.json': new TextEncoder().encode('{}') }), 'a/config.json'],
  ])('is refused in words: %s', async (_, bytes, words) => {
    const beginning: Beginning = { kind: 'file', bytes, name: 'x.zip' };
    await expect(training(beginning)).rejects.toThrow(words);
  });
});
