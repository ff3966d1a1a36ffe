import { beforeAll, expect, it } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { configureTraining, trainingOf } from '../../src/train/config.ts';
import { isSolved } from '../../src/train/held-out.ts';
import { type Iteration, train } from '../../src/train/train.ts';

beforeAll(loadPhysics);

// SB3's PPO needs 41,000 steps; seeds 0 to 4 need 11,000 to 20,000 here, which the slow tests look at.
const limit = 25_000;

it('REINFORCE solves panda-reach-joints', () => {
  const config = configureTraining({ env: 'panda-reach-joints', seed: 0 });
  let last: Iteration | null = null;
  for (const progress of train(trainingOf(config), { untilSolved: true })) {
    last = progress;
    if (progress.envSteps > limit) break;
  }
  expect(last && isSolved(last)).toBe(true);
  expect(last?.envSteps).toBeLessThan(limit);
});
