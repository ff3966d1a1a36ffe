import { makeEnv } from '@armature-rl/armature';
import { checkEnv, rolledOut, trained } from '@armature-rl/armature/testing';
import { expect, it } from 'vitest';
import task from './task.ts';

const env = makeEnv(task);

it('keeps to the contract of an environment', () => {
  expect(checkEnv(env)).toEqual([]);
});

it('is as it was, bit for bit', async () => {
  expect(await rolledOut({ env })).toMatchDigest();
});

it('is learned as it was', async () => {
  expect(await trained({ env, algorithm: 'reinforce', seed: 0, steps: 2000 })).toMatchDigest();
});
