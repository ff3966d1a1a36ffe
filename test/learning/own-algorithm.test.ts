import { beforeAll, expect, it } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { trained } from '../../src/testing.ts';
import normalized from '../modules/project/normalized.ts';

beforeAll(loadPhysics);

it('learns as it always did', async () => {
  expect(await trained({ env: 'panda-reach', algorithm: normalized, steps: 500 })).toMatchDigest();
});
