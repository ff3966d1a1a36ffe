import { expect } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import type { NetBackend } from '../../src/policy/network/types.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { trainOn } from '../../src/train/train.ts';

/** Trains on a backend until `panda-reach-joints` is solved, which takes every seed less than half of its budget. */
export async function expectToSolve(backend: NetBackend, seed: number): Promise<void> {
  await loadPhysics();
  const config = configureTraining({ env: 'panda-reach-joints', backend: backend.name, seed });
  const learner = learnerOf(config, { backend });
  for (const _ of trainOn(learner, { untilSolved: true }));
  expect(learner.progress.solvedAt).toBeLessThan(config.steps / 2);
}
