import { add, cross, dot, rotate, subtract, type Vec3 } from '../../envs/math/rotation.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { treeOf } from '../../envs/model/tree.ts';
import type { Scene } from '../../envs/model/types.ts';

/** Torque of gravity on every joint of a chain, N m: the moment of all the weights that hang on it, about its axis. */
export function gravityTorques({ arm, gravity }: Scene, q: ArrayLike<number>): number[] {
  const poses = forwardKinematics(arm, q).bodies;
  const weights = treeOf(arm.model).bodies.map(({ inertial }, k) => {
    const { mass = 0, center = [0, 0, 0] as const } = inertial ?? {};
    const force: Vec3 = [0, 0, -mass * gravity];
    return { force, at: add(poses[k].position, rotate(poses[k].rotation, center)) };
  });
  return arm.model.joints.map((joint, j) => {
    const axis = rotate(poses[j].rotation, joint.axis);
    return weights
      .slice(j)
      .reduce((sum, { force, at }) => sum + dot(axis, cross(subtract(at, poses[j].position), force)), 0);
  });
}
