import { expect } from 'vitest';
import { loadPhysics } from '../../envs/physics.ts';
import type { NetBackend } from '../../src/backends/types.ts';
import { configureTraining } from '../../src/config.ts';
import { createLearner } from '../../src/learner.ts';
import { trainOn } from '../../src/train.ts';

/** Trains on a backend until `panda-reach-joints` is solved, which takes every seed less than half of its budget. */
export async function expectToSolve(backend: NetBackend, seed: number): Promise<void> {
  await loadPhysics();
  const config = configureTraining({ env: 'panda-reach-joints', backend: backend.name, seed });
  const learner = createLearner(config, backend);
  for (const _ of trainOn(learner, { untilSolved: true }));
  expect(learner.standing.solvedAt).toBeLessThan(config.steps / 2);
}
