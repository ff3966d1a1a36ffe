import { arms } from '../../envs/arms/index.ts';
import type { Arm } from '../../envs/model/types.ts';

/** An arm whose joints turn no faster than these, rad/s. */
export function limited(arm: Arm, speeds: readonly (number | undefined)[]): Arm {
  const joints = arm.joints.map((joint, i) => ({ ...joint, maxVelocity: speeds[i] ?? joint.maxVelocity }));
  return { ...arm, name: `slow-${arm.name}`, joints };
}

/** A Panda that takes three of the usual control steps for a full action. */
export const slow = limited(arms.panda, new Array<number>(7).fill(0.8));
