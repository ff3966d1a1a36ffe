import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { type RollOut, type RolloutRequest, rollOut } from '../../src/rollout/rollout.ts';
import { createWorkerPool } from '../../src/rollout/workers/pool.ts';
import { configureTraining, learnerOf, trainingOf } from '../../src/train/config.ts';
import { type Learner, learn, policyPartsOf } from '../../src/train/learner.ts';
import type { TrainConfig } from '../../src/train/training.ts';
import { meetingsOf } from '../golden/meetings.ts';
import { bytesOf } from '../learning/support.ts';

const dist = new URL('../../dist', import.meta.url).href;
const program = new URL(`${dist}/src/rollout/workers/worker.js`);
const folder = mkdtempSync(join(tmpdir(), 'armature-pool-'));

beforeAll(loadPhysics);
afterAll(() => rmSync(folder, { recursive: true }));

const config = configureTraining({
  env: 'panda-reach-joints',
  seed: 5,
  envOptions: { horizon: 12, goalRadius: 0.15 },
  options: { batch: 300, hiddenWidth: 16, baseline: 'value' },
});

const plans: Pick<RolloutRequest, 'until' | 'deterministic' | 'cutAfter'>[] = [
  { until: { steps: 300 }, deterministic: false },
  { until: { steps: 100 }, deterministic: false, cutAfter: 5 },
  { until: { episodes: 17 }, deterministic: true },
  { until: { episodes: 1 }, deterministic: false },
];

/** What iterations of training and other rollouts come to, to the last bit; each but the last of an iteration says what is next. */
function story(roll: RollOut): unknown[] {
  const learner = learnerOf(config);
  const told: unknown[] = [];
  for (let index = 0; index < 4; index++) {
    for (const [i, plan] of plans.entries()) {
      const of = { seed: 5, purpose: 'training', index } as const;
      const next = plans[i + 1] && { ...of, ...plans[i + 1] };
      const episodes = roll(learner, { ...of, ...plan, next });
      told.push(episodes.map(bytesOf));
      if ('steps' in plan.until) learn(learner, episodes, index / 10);
    }
  }
  return [...told, Array.from(learner.theta)];
}

const pushConfig = configureTraining({
  env: 'panda-push',
  seed: 5,
  envOptions: { horizon: 12, control: 'joints', reward: 'shaped' },
  options: { batch: 96, hiddenWidth: 8 },
});

/** What two iterations of pushing come to, to the last bit, by whichever rollouts; and by those of this thread. */
function pushing(): { alone: unknown; by(roll: RollOut): unknown } {
  const ease = { distance: 1, assisted: 1 };
  const plan = { seed: 5, purpose: 'training', until: { episodes: 24 }, deterministic: false, ease } as const;
  let meetings = 0;
  const by = (roll: RollOut) => {
    const learner = learnerOf(pushConfig);
    const told = [0, 1].map((index) => {
      const episodes = roll(learner, { ...plan, index });
      for (const { contacts } of episodes) meetings += meetingsOf(learner.env.scene, contacts, 'object');
      learn(learner, episodes, index / 10);
      return episodes.map(bytesOf);
    });
    return [told, Array.from(learner.theta)];
  };
  const alone = by(rollOut);
  // Else it would be no test of it.
  expect(meetings).toBeGreaterThan(10);
  return { alone, by };
}

/** Until a thread has joined in: it is still loading at first, and then nobody waits for it. */
async function whenReady(roll: RollOut, learner: Learner, joined: () => boolean): Promise<void> {
  const plan: RolloutRequest = {
    seed: 1,
    purpose: 'training',
    index: 0,
    until: { episodes: 40 },
    deterministic: false,
  };
  for (let turn = 0; turn < 200 && !joined(); turn++) {
    roll(learner, plan);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(joined()).toBe(true);
}

/** Has a pool of so many threads do something once all of them take part. @returns whether others than this one did then */
async function onThreads(config: TrainConfig, threads: number, act: (roll: RollOut) => void): Promise<boolean> {
  const shares: number[] = [];
  const pool = createWorkerPool(policyPartsOf(trainingOf(config)), threads, {
    program,
    onResult: (episodes) => shares.push(episodes),
  });
  try {
    const took = () => shares.filter((episodes) => episodes > 0).length;
    await whenReady(pool.rollOut, learnerOf(config), () => took() >= threads - 1);
    const before = took();
    act(pool.rollOut);
    return took() > before;
  } finally {
    pool.close();
  }
}

describe('a pool', () => {
  const alone: { story: unknown[] } = { story: [] };
  beforeAll(() => {
    alone.story = story(rollOut);
  });

  it.each([2, 3])('of %i threads runs the same episodes and learns the same', async (workers) => {
    const didShare = await onThreads(config, workers, (roll) => expect(story(roll)).toEqual(alone.story));
    expect(didShare).toBe(true);
  });

  it('of 1, 2 and 3 threads runs the same episodes of arms that push things, and learns the same', async () => {
    // Hands begin by the cube, each at another posture: every episode's world is made anew, in whichever thread.
    const { alone, by } = pushing();
    for (const workers of [1, 2, 3]) {
      const didShare = await onThreads(pushConfig, workers, (roll) => expect(by(roll)).toEqual(alone));
      expect(didShare).toBe(workers > 1);
    }
  });

  it('has what is asked for next where it was said before, by the same policy', async () => {
    const shares: number[] = [];
    const pool = createWorkerPool(policyPartsOf(trainingOf(config)), 2, {
      program,
      onResult: (episodes) => shares.push(episodes),
    });
    const learner = learnerOf(config);
    const of = { seed: 3, purpose: 'training', deterministic: false } as const;
    const next: RolloutRequest = { ...of, index: 1, until: { steps: 300 } };
    const first: RolloutRequest = { ...of, index: 0, until: { episodes: 9 }, next };
    const expected = [first, next].map((request) => rollOut(learner, request).map(bytesOf));
    const asked = (request: RolloutRequest) => pool.rollOut(learner, request).map(bytesOf);
    try {
      await whenReady(pool.rollOut, learner, () => shares.some((episodes) => episodes > 0));
      const before = shares.length;
      expect([asked(first), asked(next)]).toEqual(expected);
      expect(shares).toHaveLength(before + 1);
      asked(first);
      learner.theta[0] += 0.1;
      expect(asked(next)).toEqual(rollOut(learner, next).map(bytesOf));
      expect(shares).toHaveLength(before + 3);
    } finally {
      pool.close();
    }
  });

  it.each(['dies', 'hangs'])('replaces a thread that %s, and runs its episodes again', async (fault) => {
    const tally = join(folder, fault);
    const faulty = new URL('./faulty.mjs', import.meta.url);
    process.env.ARMATURE_TEST_FAULT = JSON.stringify({ fault, times: 2, tally, dist });
    const pool = createWorkerPool(policyPartsOf(trainingOf(config)), 2, { program: faulty, timeout: 300 });
    const faults = () => (existsSync(tally) ? readFileSync(tally, 'utf8').length : 0);
    try {
      const learner = learnerOf(config);
      const plan: RolloutRequest = {
        seed: 9,
        purpose: 'training',
        index: 2,
        until: { steps: 300 },
        deterministic: false,
      };
      const expected = rollOut(learner, plan).map(bytesOf);
      for (let turn = 0; turn < 100 && faults() < 2; turn++) {
        expect(pool.rollOut(learner, plan).map(bytesOf)).toEqual(expected);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(faults()).toBe(2);
      expect(story(pool.rollOut)).toEqual(alone.story);
    } finally {
      pool.close();
    }
  });

  it('gives up, and says how to do without, when its threads keep dying', async () => {
    const missing = new URL('../threads/no-such-file.js', import.meta.url);
    const pool = createWorkerPool(policyPartsOf(trainingOf(config)), 2, { program: missing });
    const learner = learnerOf(config);
    const plan: RolloutRequest = {
      seed: 9,
      purpose: 'training',
      index: 2,
      until: { episodes: 1 },
      deterministic: true,
    };
    const keepOn = async () => {
      for (let turn = 0; turn < 500; turn++) {
        pool.rollOut(learner, plan);
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    };
    await expect(keepOn()).rejects.toThrow(
      /^gave up after losing 9 worker threads \(.*no-such-file.*\); --workers 1 does without them$/,
    );
    pool.close();
  });
});
