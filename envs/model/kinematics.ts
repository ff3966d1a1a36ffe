import { solvePositiveDefinite } from '../math/cholesky.ts';
import { aboutAxis, add, conjugate, cross, multiply, rotate, subtract } from '../math/rotation.ts';
import type { Quat, Vec3 } from '../types.ts';
import type { Arm } from './types.ts';

export interface Pose {
  readonly position: Vec3;
  readonly rotation: Quat;
}

const zAxis: Vec3 = [0, 0, 1];

/** World poses of the link frames at joint angles q [J], and of the end effector as the last element [J + 1]. */
export function forwardKinematics(arm: Arm, q: ArrayLike<number>): Pose[] {
  const poses: Pose[] = [];
  let { position, rotation }: Pose = arm.base;
  arm.joints.forEach((joint, i) => {
    position = add(position, rotate(rotation, joint.position));
    rotation = multiply(multiply(rotation, joint.rotation), aboutAxis(zAxis, q[i]));
    poses.push({ position, rotation });
  });
  const { endEffector } = arm;
  poses.push({
    position: add(position, rotate(rotation, endEffector.position)),
    rotation: multiply(rotation, endEffector.rotation),
  });
  return poses;
}

/** Geometric Jacobian of the end effector: columns of linear (m/rad) and angular (rad/rad) velocity per joint. */
export function jacobian(poses: readonly Pose[]): { linear: Vec3[]; angular: Vec3[] } {
  const tip = poses[poses.length - 1].position;
  const angular = poses.slice(0, -1).map((pose) => rotate(pose.rotation, zAxis));
  const linear = angular.map((axis, i) => cross(axis, subtract(tip, poses[i].position)));
  return { linear, angular };
}

/** Weight of a radian of orientation error against a metre of position error. */
const orientationWeight = 0.3;

/**
 * Joint angles that bring the end effector to a pose: damped least squares, dq = J^T (J J^T + lambda^2 I)^-1 e, from the
 * angles q, held within the joint limits. A step that does not lessen the error is taken back and damped ten times more
 * (Levenberg and Marquardt), so a target out of reach gives angles no farther from it than those before.
 *
 * @param rotation held as well as the position when given
 */
export function inverseKinematics(
  arm: Arm,
  q: ArrayLike<number>,
  target: Vec3,
  rotation: Quat | null,
  iterations: number,
): Float64Array {
  let angles = Float64Array.from(q);
  let poses = forwardKinematics(arm, angles);
  let error = poseError(poses, target, rotation);
  let damping = 1e-4;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const change = dampedLeastSquares(poses, error, damping);
    const next = angles.map((angle, i) => Math.min(Math.max(angle + change[i], arm.joints[i].low), arm.joints[i].high));
    const nextPoses = forwardKinematics(arm, next);
    const nextError = poseError(nextPoses, target, rotation);
    if (squared(nextError) < squared(error)) {
      [angles, poses, error] = [next, nextPoses, nextError];
    } else {
      damping *= 10;
    }
  }
  return angles;
}

/** What the end effector lacks to the target, m, and to the rotation, weighted rad: [3] or [6]. */
function poseError(poses: readonly Pose[], target: Vec3, rotation: Quat | null): Float64Array {
  const tip = poses[poses.length - 1];
  const error: number[] = [...subtract(target, tip.position)];
  if (rotation) error.push(...rotationError(tip.rotation, rotation).map((x) => orientationWeight * x));
  return Float64Array.from(error);
}

/** J^T (J J^T + damping I)^-1 e [J], with as many rows of the Jacobian as e has. */
function dampedLeastSquares(poses: readonly Pose[], error: Float64Array, damping: number): number[] {
  const rows = error.length;
  const { linear, angular } = jacobian(poses);
  const columns = linear.map((column, i) => [...column, ...angular[i].map((x) => orientationWeight * x)]);
  const normal = new Float64Array(rows * rows);
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c <= r; c++) {
      normal[r * rows + c] = columns.reduce((sum, column) => sum + column[r] * column[c], r === c ? damping : 0);
    }
  }
  const y = solvePositiveDefinite(normal, error);
  return columns.map((column) => y.reduce((sum, value, r) => sum + column[r] * value, 0));
}

function squared(v: Float64Array): number {
  return v.reduce((sum, x) => sum + x * x, 0);
}

/** Rotation vector (small angles) that turns `from` into `to`. */
function rotationError(from: Quat, to: Quat): Vec3 {
  const [x, y, z, w] = multiply(to, conjugate(from));
  const sign = w < 0 ? -2 : 2;
  return [sign * x, sign * y, sign * z];
}
