import RAPIER from '@dimforge/rapier3d-compat';
import { expect, it } from 'vitest';
import { loadPhysics, physicsVersion } from '../../envs/sim/rapier.ts';

it('the version that files name is that of the physics', async () => {
  await loadPhysics();
  expect(RAPIER.version()).toBe(physicsVersion);
});
