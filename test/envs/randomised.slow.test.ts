import { beforeAll, describe, expect, test } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { checkEnv } from '../../src/check/check-env.ts';
import { expectPurity, randomisedEnv } from './randomised.ts';
import { everyCase } from './support.ts';

beforeAll(loadPhysics);

describe.each(everyCase)('$task on $arm with everything random', ({ task, arm }) => {
  test('plays an episode with the same bytes in any slot, after any others', () => {
    expectPurity(randomisedEnv(task, arm));
  });

  test('keeps to all that is checked of a stranger', () => {
    expect(checkEnv(randomisedEnv(task, arm))).toEqual([]);
  });
});
