import { arms } from '../../envs/arms/index.ts';
import type { Arm } from '../../envs/model/types.ts';
import type { PhysicsSettings } from '../../envs/task.ts';
import type { Motion } from './motions.ts';
import { modelOf, openMujoco } from './mujoco.ts';
import { motorOf, reachScene, simulate } from './support.ts';

/** The Panda in MuJoCo as the oracle: the same links and motors, in steps so small that its own error does not count. */

const { panda } = arms;
const timestep = 0.0005;

const xml = modelOf(reachScene(panda).arm, { timestep, damping: 0.1, limited: true }, (i) => {
  const { stiffness, damping, maxForce } = motorOf(panda.joints[i]);
  return `<position joint="joint${i}" kp="${stiffness}" kv="${damping}" forcerange="${-maxForce} ${maxForce}"/>`;
});

/** Joint angles at the ends of the control steps, rad [T][J]. */
export type Angles = readonly (readonly number[])[];

export async function inMujoco(motion: Motion, dt: number): Promise<Angles> {
  const mujoco = await openMujoco(xml);
  mujoco.reset(panda.home);
  const angles = motion.map((target) => {
    mujoco.step(target, Math.round(dt / timestep));
    return mujoco.q();
  });
  mujoco.free();
  return angles;
}

/** @param arm the Panda, perhaps with other motors */
export function inRapier(motion: Motion, settings: PhysicsSettings, arm: Arm = panda): Angles {
  const world = simulate(arm, settings);
  const state = world.place(0, arm.home, null);
  const angles = motion.map((target) => {
    world.command(0, target);
    world.step();
    world.read(0);
    return Array.from(state.q);
  });
  world.close();
  return angles;
}

/** RMS and largest difference of a joint angle, rad. */
export function differenceOf(a: Angles, b: Angles): { rms: number; largest: number } {
  const differences = a.flatMap((row, t) => row.map((angle, i) => Math.abs(angle - b[t][i])));
  const squares = differences.reduce((sum, difference) => sum + difference * difference, 0);
  return { rms: Math.sqrt(squares / differences.length), largest: Math.max(...differences) };
}
