import { readFileSync } from 'node:fs';
import { beforeAll, expect, it } from 'vitest';
import { configureEnv, createEnv } from '../../envs/env.ts';
import { loadPhysics } from '../../envs/physics.ts';
import { trainingOf } from '../../src/config.ts';
import { learnerFor } from '../../src/learner.ts';
import { trained } from '../../src/testing.ts';
import { isSolved, trainOn } from '../../src/train.ts';
import { normalized } from './own-algorithm.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

beforeAll(loadPhysics);

it("is the README's example, from its place in src/algorithms", () => {
  const here = read('./own-algorithm.ts').replaceAll('../../src/algorithms/', './').replaceAll('../../src/', '../');
  expect(read('../../README.md')).toContain(`\`\`\`ts\n${here}\`\`\``);
});

it('learns to reach', () => {
  const env = createEnv(configureEnv('panda-reach'));
  const learner = learnerFor(env, trainingOf(env.config, normalized, { steps: 60_000 }), { algorithm: normalized });
  for (const _ of trainOn(learner, { untilSolved: true }));
  expect(isSolved(learner.standing)).toBe(true);
});

it('learns as it always did', async () => {
  expect(await trained({ env: 'panda-reach', algorithm: normalized, steps: 500 })).toMatchDigest();
});
