import { add, cross, dot, rotate, subtract } from '../../envs/math/rotation.ts';
import { combine } from '../../envs/model/inertia.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import type { Arm } from '../../envs/model/types.ts';
import type { Vec3 } from '../../envs/types.ts';

/** Torque of gravity on every joint, N m: the moment of all the weights that hang on it, about its axis. */
export function gravityTorques(arm: Arm, q: ArrayLike<number>, gravity: number): number[] {
  const poses = forwardKinematics(arm, q);
  const weights = arm.links.map(({ parts }, k) => {
    const { mass, center } = combine(parts);
    const force: Vec3 = [0, 0, -mass * gravity];
    return { force, at: add(poses[k].position, rotate(poses[k].rotation, center)) };
  });
  return arm.joints.map((_, j) => {
    const axis = rotate(poses[j].rotation, [0, 0, 1]);
    return weights
      .slice(j)
      .reduce((sum, { force, at }) => sum + dot(axis, cross(subtract(at, poses[j].position), force)), 0);
  });
}
