import { beforeAll, describe, expect, it } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { createWorkerPool } from '../../src/rollout/workers/pool.ts';
import { learnerOf, trainingOf } from '../../src/train/config.ts';
import { policyPartsOf } from '../../src/train/learner.ts';
import { inWorldsOf, thetaBy, twentyIterations } from '../golden/theta.ts';
import { hex } from '../learning/support.ts';

const program = new URL('../../dist/src/rollout/workers/worker.js', import.meta.url);

// Chromium comes to the same in test/browser/bits.slow.test.ts.
describe('theta after 20 iterations has the same bytes', () => {
  let expected = '';
  beforeAll(async () => {
    await loadPhysics();
    expected = hex(thetaBy(inWorldsOf(64)));
  });

  it.each([1, 16])('in worlds of %i arms as of 64', (slots) => {
    expect(hex(thetaBy(inWorldsOf(slots)))).toBe(expected);
  });

  it.each([1, 2, 3])('with %i threads', async (workers) => {
    const shares: number[] = [];
    const pool = createWorkerPool(policyPartsOf(trainingOf(twentyIterations)), workers, {
      program,
      onResult: (episodes) => shares.push(episodes),
    });
    const took = () => shares.filter((episodes) => episodes > 0).length;
    const learner = learnerOf(twentyIterations);
    const warmUp = { seed: 1, purpose: 'training', index: 0, until: { episodes: 40 }, deterministic: false } as const;
    try {
      // Nobody waits for a thread that is still loading.
      for (let turn = 0; turn < 200 && took() < 2 * (workers - 1); turn++) {
        pool.rollOut(learner, warmUp);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      const before = took();
      expect(hex(thetaBy(pool.rollOut))).toBe(expected);
      if (workers > 1) expect(took()).toBeGreaterThan(before + 5);
    } finally {
      pool.close();
    }
  });
});
