import { expect, it } from 'vitest';
import { configureEnv, createEnv } from '../../envs/sim/env.ts';
import { loadPhysics } from '../../envs/sim/physics.ts';
import { trainingOf } from '../../src/train/config.ts';
import { learnerFor } from '../../src/train/learner.ts';
import { isSolved, trainOn } from '../../src/train/train.ts';
import { normalized } from './own-algorithm.ts';

it("the README's algorithm learns to reach", async () => {
  await loadPhysics();
  const env = createEnv(configureEnv('panda-reach'));
  const learner = learnerFor(env, trainingOf(env.config, normalized, { steps: 60_000 }), { algorithm: normalized });
  for (const _ of trainOn(learner, { untilSolved: true }));
  expect(isSolved(learner.progress)).toBe(true);
});
