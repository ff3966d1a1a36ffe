import { arms } from '../../envs/arms/index.ts';
import type { Arm, Scene } from '../../envs/model/types.ts';
import { type PhysicsSettings, usualPhysics } from '../../envs/task.ts';
import { differenceOf as between, moveInMujoco, moveInRapier, type Positions } from '../../src/robots/fidelity.ts';
import { type Motion, motionsOf } from '../../src/robots/motions.ts';
import { reachScene } from './support.ts';

/** Arms in MuJoCo as the oracle. */

const { panda } = arms;

/** Motions of the Panda. */
export const { smooth, squares, forced, taskMotion } = motionsOf(panda);

export type Angles = Positions;

/** @param scene the arm by itself; the Panda where it reaches, unless said otherwise */
export function inMujoco(motion: Motion, dt: number, scene: Scene = reachScene(panda)): Promise<Angles> {
  return moveInMujoco(scene, motion, { ...usualPhysics, dt, gravityCompensation: false });
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
