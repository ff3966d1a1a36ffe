import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync, zipSync } from 'fflate';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { type RollOut, rollOut } from '../../src/rollout/rollout.ts';
import type { Answer, Beginning, Saved } from '../../viewer/live/worker/messages.ts';
import { type Folders, memoryFolder } from '../../viewer/live/worker/page-folder.ts';
import { createTrainer, type Trainer } from '../../viewer/live/worker/trainer.ts';
import { contents, succeeding, temporaryFolder } from '../cli/armature.ts';

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

/** Trains in this thread; `pauseAt` holds it after that iteration. */
async function training(beginning: Beginning, pauseAt = 0) {
  const told: Answer[] = [];
  let trainer: Trainer | undefined;
  let rested = () => {};
  const rest = new Promise<void>((resolve) => {
    rested = resolve;
  });
  const tell = (answer: Answer) => {
    told.push(answer);
    if (answer.type === 'trained' && answer.iteration === pauseAt) trainer?.hold(true);
    if (answer.type === 'held' || answer.type === 'ended' || answer.type === 'failed') rested();
  };
  const around = { folders: inMemory, openPool: () => alone, tell };
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
    const { trainer } = await training(anew, 13);
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
