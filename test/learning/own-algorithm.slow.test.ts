import { expect, it } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { configureEnv, envOf } from '../../envs/tasks/index.ts';
import { configFor, learnerOf } from '../../src/train/config.ts';
import { isSolved } from '../../src/train/held-out.ts';
import { trainOn } from '../../src/train/train.ts';
import normalized from '../modules/project/normalized.ts';

it("the README's algorithm learns to reach", async () => {
  await loadPhysics();
  const env = envOf(configureEnv('panda-reach'));
  const learner = learnerOf(configFor(env, normalized, { steps: 60_000 }), { env, algorithm: normalized });
  for (const _ of trainOn(learner, { untilSolved: true }));
  expect(isSolved(learner.progress)).toBe(true);
});
