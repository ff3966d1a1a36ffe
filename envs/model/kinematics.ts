import { aboutAxis } from '../math/axis-angle.ts';
import { solvePositiveDefinite } from '../math/cholesky.ts';
import { add, conjugate, cross, multiply, type Quat, rotate, subtract, type Vec3 } from '../math/rotation.ts';
import { degreesOf, drivenColumns, followLeaders, siteOf, treeOf } from './tree.ts';
import type { Arm, Frame, Placed } from './types.ts';

/** World frames of an arm's bodies [B] and of its tip. */
export interface Posture {
  readonly bodies: readonly Frame[];
  readonly tip: Frame;
}

/** The posture at joint positions q [J], rad or m. */
export function forwardKinematics({ model, frame }: Placed<Arm>, q: ArrayLike<number>): Posture {
  const { joints, parents, coordinates } = treeOf(model);
  const bodies: Frame[] = [];
  joints.forEach((joint, i) => {
    const parent = parents[i] < 0 ? frame : bodies[parents[i]];
    let position = add(parent.position, rotate(parent.rotation, joint.frame.position));
    let rotation = multiply(parent.rotation, joint.frame.rotation);
    const value = q[coordinates[i]];
    if (joint.kind === 'prismatic') {
      const [x, y, z] = rotate(rotation, joint.axis);
      position = add(position, [x * value, y * value, z * value]);
    } else if (coordinates[i] >= 0) {
      rotation = multiply(rotation, aboutAxis(joint.axis, value));
    }
    bodies.push({ position, rotation });
  });
  const { site, body } = siteOf(model, model.tip);
  const { position, rotation } = body < 0 ? frame : bodies[body];
  const tip = {
    position: add(position, rotate(rotation, site.frame.position)),
    rotation: multiply(rotation, site.frame.rotation),
  };
  return { bodies, tip };
}

/** Geometric Jacobian of the tip: columns of linear (m) and angular (rad) velocity per unit of each joint [J]. */
export function jacobian(arm: Arm, { bodies, tip }: Posture): { linear: Vec3[]; angular: Vec3[] } {
  const { joints, parents, coordinates } = treeOf(arm);
  const moving = new Set<number>();
  for (let body = siteOf(arm, arm.tip).body; body >= 0; body = parents[body]) moving.add(body);
  const linear: Vec3[] = [];
  const angular: Vec3[] = [];
  joints.forEach(({ kind, axis: own }, i) => {
    if (coordinates[i] < 0) return;
    const axis = moving.has(i) ? rotate(bodies[i].rotation, own) : still;
    angular.push(kind === 'prismatic' ? still : axis);
    linear.push(kind === 'prismatic' ? axis : cross(axis, subtract(tip.position, bodies[i].position)));
  });
  return { linear, angular };
}

const still: Vec3 = [0, 0, 0];

/** Weight of a radian of orientation error against a metre of position error. */
const orientationWeight = 0.3;

/**
 * Joint positions that bring the tip to a pose: damped least squares, dq = J^T (J J^T + lambda^2 I)^-1 e, from the
 * positions q [J], held within the joint limits; mimic joints move with their leaders. A step that does not lessen the error is taken back and damped ten times more
 * (Levenberg and Marquardt), so a target out of reach gives positions no farther from it than those before.
 *
 * @param rotation held as well as the position when given
 */
export function inverseKinematics(
  arm: Placed<Arm>,
  q: ArrayLike<number>,
  target: Vec3,
  rotation: Quat | null,
  iterations: number,
): Float64Array {
  const { model } = arm;
  const { driven } = treeOf(model);
  const limits = degreesOf(model);
  let angles = followLeaders(model, Float64Array.from(q));
  let posture = forwardKinematics(arm, angles);
  let error = poseError(posture.tip, target, rotation);
  let damping = 1e-4;
  for (let iteration = 0; iteration < iterations; iteration++) {
    const change = dampedLeastSquares(model, posture, error, damping);
    const next = angles.slice();
    driven.forEach((i, k) => {
      const { low = -Infinity, high = Infinity } = limits[i];
      next[i] = Math.min(Math.max(angles[i] + change[k], low), high);
    });
    followLeaders(model, next);
    const nextPosture = forwardKinematics(arm, next);
    const nextError = poseError(nextPosture.tip, target, rotation);
    if (squared(nextError) < squared(error)) {
      [angles, posture, error] = [next, nextPosture, nextError];
    } else {
      damping *= 10;
    }
  }
  return angles;
}

/** What the tip lacks to the target, m, and to the rotation, weighted rad: [3] or [6]. */
function poseError(tip: Frame, target: Vec3, rotation: Quat | null): Float64Array {
  const error: number[] = [...subtract(target, tip.position)];
  if (rotation) error.push(...rotationError(tip.rotation, rotation).map((x) => orientationWeight * x));
  return Float64Array.from(error);
}

/** J^T (J J^T + damping I)^-1 e of the joints that are driven, with as many rows of the Jacobian as e has. */
function dampedLeastSquares(arm: Arm, posture: Posture, error: Float64Array, damping: number): number[] {
  const rows = error.length;
  const { linear, angular } = jacobian(arm, posture);
  const columns = drivenColumns(
    arm,
    linear.map((column, i) => [...column, ...angular[i].map((x) => orientationWeight * x)]),
  );
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
