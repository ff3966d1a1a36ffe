import { beforeAll, expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { mujocoVersion } from '../../envs/sim/mujoco-package.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import manifest from '../../package.json' with { type: 'json' };
import { fidelityOf, fidelityTable } from '../../src/robots/fidelity.ts';
import { taskOf } from '../envs/support.ts';

beforeAll(loadPhysics);

it('compares by the settings that tasks have, if nothing else is said', async () => {
  const found = await fidelityOf(arms.so101);
  expect(found).toEqual(await fidelityOf(arms.so101, taskOf('reach', arms.so101).physics));
  expect(found.map(({ motion }) => motion)).toEqual(['smooth motion', 'steps of a task']);
});

it('sees motors whose damping is another in one of the engines', async () => {
  // Four solver iterations make motors exact enough; one does not.
  const coarse = { ...taskOf('reach', arms.so101).physics, solverIterations: 1, internalIterations: 1 };
  const [fine, rough] = [await fidelityOf(arms.so101), await fidelityOf(arms.so101, coarse)];
  expect(rough[0].all).toBeGreaterThan(3 * fine[0].all);
  expect(fidelityTable(arms.so101, fine).rows.map(([name]) => name)).toEqual([
    ...arms.so101.joints.map(({ name }, i) => `${i + 1} ${name}`),
    'all joints',
    'at most',
  ]);
});

it('names the version of MuJoCo that is installed here', () => {
  expect(manifest.devDependencies['@mujoco/mujoco']).toBe(mujocoVersion);
  expect(manifest.peerDependencies['@mujoco/mujoco']).toBe(mujocoVersion);
});
