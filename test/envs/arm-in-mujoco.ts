import { arms } from '../../envs/arms/index.ts';
import type { Arm, Scene } from '../../envs/model/types.ts';
import { moveInMujoco, type Positions } from '../../envs/sim/mujoco.ts';
import type { PhysicsSettings } from '../../envs/task.ts';
import { differenceOf as between, moveInRapier } from '../../src/robots/fidelity.ts';
import { type Motion, motionsOf } from '../../src/robots/motions.ts';
import { reachScene } from './support.ts';

/** Arms in MuJoCo as the oracle. */

const { panda } = arms;

/** Motions of the Panda. */
export const { smooth, squares, forced, taskMotion } = motionsOf(panda);

export type Angles = Positions;

/** @param scene the arm by itself; the Panda where it reaches, unless said otherwise */
export function inMujoco(motion: Motion, dt: number, scene: Scene = reachScene(panda)): Promise<Angles> {
  return moveInMujoco(scene.arm, motion, dt);
}

/** @param arm the Panda, perhaps with other motors */
export function inRapier(motion: Motion, settings: PhysicsSettings, arm: Arm = panda): Angles {
  return moveInRapier(reachScene(arm), motion, settings);
}

/** RMS and largest difference of a joint angle, rad. */
export function differenceOf(a: Angles, b: Angles): { rms: number; largest: number } {
  const { all, largest } = between([[a, b]]);
  return { rms: all, largest };
}
