/** From poses and the scene alone: the joint angles, and what an action does at the end effector. */
import {
  add,
  conjugate,
  cross,
  multiply,
  type Quat,
  rotate,
  subtract,
  type Vec3,
  type Vec3Out,
} from '../../envs/math/rotation.ts';
import { treeOf } from '../../envs/model/tree.ts';
import type { Joint, Scene } from '../../envs/model/types.ts';
import type { ControllerSpec } from '../../envs/spec.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { bodyFrame } from './pose.ts';

/** Joint angles at every state [T+1, J], rad: the twist of the child in the parent's joint frame about the joint's axis. */
export function jointAngles({ pose, steps }: Pick<Trajectory, 'pose' | 'steps'>, scene: Scene): Float64Array {
  const turning = turningJoints(scene);
  const out = new Float64Array((steps + 1) * turning.length);
  let before: readonly number[] = turning.map(middle);
  for (let t = 0; t <= steps; t++) {
    before = anglesOf(turning, pose, scene, t, before);
    out.set(before, t * turning.length);
  }
  return out;
}

/** The angles at one state [J], rad; of all whole turns the nearest to `others`: the state before, or the middles of the ranges. */
export function anglesAt(
  pose: ArrayLike<number>,
  scene: Scene,
  t: number,
  others: readonly number[] = turningJoints(scene).map(middle),
): number[] {
  return anglesOf(turningJoints(scene), pose, scene, t, others);
}

function anglesOf(
  turning: readonly TurningJoint[],
  pose: ArrayLike<number>,
  scene: Scene,
  t: number,
  others: readonly number[],
): number[] {
  const rotation = (body: number) => bodyFrame(scene, pose, t, body).rotation;
  return turning.map((joint, j) => near(twist(joint, rotation(joint.from), rotation(joint.body)), others[j]));
}

/** A joint that turns, with the indices of the body that it carries and of the one that carries it; -1 is the base. */
interface TurningJoint extends Joint {
  readonly body: number;
  readonly from: number;
}

/** The joints of one degree, all of which turn. */
export function turningJoints({ arm }: Scene): TurningJoint[] {
  const { joints, parents } = treeOf(arm.model);
  return joints
    .map((joint, body) => ({ ...joint, body, from: parents[body] }))
    .filter(({ kind }) => kind === 'revolute' || kind === 'continuous');
}

function twist({ axis, frame }: Joint, parent: Quat, child: Quat): number {
  const [x, y, z, w] = multiply(conjugate(multiply(parent, frame.rotation)), child);
  return 2 * Math.atan2(x * axis[0] + y * axis[1] + z * axis[2], w);
}

/** A pose leaves whole turns open: the angle nearest to the middle of the joint's range is taken. */
function middle({ low, high }: Joint): number {
  return low === undefined || high === undefined ? 0 : (low + high) / 2;
}

/** The same angle plus the whole turns that bring it nearest to another. */
function near(angle: number, other: number): number {
  return angle - 2 * Math.PI * Math.round((angle - other) / (2 * Math.PI));
}

/** Displacement of the end effector in the world for a full action of each component, m: one column for each. */
type JacobianColumns = readonly Vec3[];

/**
 * Columns of the map from an action to where it moves the end effector, at the poses of one state [B, 7]. A joint's column is
 * axis x (tip - joint). A torque moves by an amount that only the dynamics know; its columns are scaled so that the longest
 * is a tenth of the arm's reach, and show directions.
 */
export function actionColumns(
  scene: Scene,
  { kind, scale }: ControllerSpec,
  pose: ArrayLike<number>,
  tip: Vec3,
): JacobianColumns {
  if (kind === 'end-effector-step')
    return [
      [scale, 0, 0],
      [0, scale, 0],
      [0, 0, scale],
    ];
  const columns = turningJoints(scene).map(({ axis: own, frame, from }) => {
    const { position, rotation } = bodyFrame(scene, pose, 0, from);
    const origin = add(position, rotate(rotation, frame.position));
    const axis = rotate(multiply(rotation, frame.rotation), own);
    return cross(axis, subtract(tip, origin));
  });
  const longest = Math.max(...columns.map((column) => Math.hypot(...column)));
  const factor = kind === 'joint-step' ? scale : longest > 0 ? 0.1 : 0;
  return columns.map(([x, y, z]) => [x * factor, y * factor, z * factor]);
}

/** J a: where an action moves the tip, m. */
export function displacement(columns: JacobianColumns, action: ArrayLike<number>): Vec3 {
  const out: Vec3Out = [0, 0, 0];
  for (const [k, column] of columns.entries()) for (let i = 0; i < 3; i++) out[i] += column[i] * action[k];
  return out;
}

/**
 * J S J^T, row by row [9], m^2, where S is the covariance of the action.
 * @param scale standard deviations [A], or the lower Cholesky factor [A, A]
 */
export function tipCovariance(columns: JacobianColumns, scale: ArrayLike<number>): Float64Array {
  const n = columns.length;
  const out = new Float64Array(9);
  const full = scale.length === n * n && n > 1;
  // J L, one column at a time: its outer products sum to the covariance.
  for (let c = 0; c < n; c++) {
    const v = [0, 0, 0];
    for (let k = c; k < (full ? n : c + 1); k++) {
      const weight = full ? scale[k * n + c] : scale[k];
      for (let i = 0; i < 3; i++) v[i] += columns[k][i] * weight;
    }
    for (let i = 0; i < 9; i++) out[i] += v[Math.floor(i / 3)] * v[i % 3];
  }
  return out;
}

/** Cholesky factor of a 3 x 3 covariance, row by row [6]; flat directions keep a thousandth of the largest, to be drawn. */
export function cholesky3(m: ArrayLike<number>): [number, number, number, number, number, number] {
  const least = 1e-6 * Math.max(m[0], m[4], m[8], 1e-12);
  const a = Math.sqrt(Math.max(m[0], least));
  const b = m[3] / a;
  const d = m[6] / a;
  const c = Math.sqrt(Math.max(m[4] - b * b, least));
  const e = (m[7] - d * b) / c;
  return [a, b, c, d, e, Math.sqrt(Math.max(m[8] - d * d - e * e, least))];
}
