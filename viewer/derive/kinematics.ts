/** From states and the scene alone: the joint positions, and what an action does at the end effector. */
import {
  add,
  conjugate,
  cross,
  dot,
  multiply,
  rotate,
  subtract,
  type Vec3,
  type Vec3Out,
} from '../../envs/math/rotation.ts';
import { drivenColumns, siteOf, treeOf } from '../../envs/model/tree.ts';
import type { Frame, Joint, Scene } from '../../envs/model/types.ts';
import { type ControllerSpec, scaleOf } from '../../envs/spec.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { accelerations, jointAxis } from './inertia.ts';
import { memo } from './memo.ts';
import { bodyFrame } from './pose.ts';

/**
 * Joint positions at every state [T+1, J], rad or m: those that the episode tells of; of an older recording the twist of the child in
 * the parent's joint frame about the joint's axis, or its way along that. Turns are then counted from the first state on, whose own a
 * pose leaves open: they are such that the joint keeps to its limits, and starts nearest to the middle of these. Worked out once for
 * an episode.
 */
export const jointPositions = memo(({ pose, q, steps }: States, scene: Scene) => {
  if (q?.length) return Float64Array.from(q);
  const moving = movingJoints(scene);
  const n = moving.length;
  const out = new Float64Array((steps + 1) * n);
  for (let t = 0; t <= steps; t++) {
    for (const [j, joint] of moving.entries()) {
      const before = t > 0 ? out[(t - 1) * n + j] : middle(joint);
      const position = positionOf(joint, bodyFrame(scene, pose, t, joint.from), bodyFrame(scene, pose, t, joint.body));
      out[t * n + j] = joint.kind === 'prismatic' ? position : near(position, before);
    }
  }
  for (const [j, joint] of moving.entries()) {
    const turns = turnsWithin(joint, out, n, j);
    for (let k = j; k < out.length; k += n) out[k] += 2 * Math.PI * turns;
  }
  return out;
});

/** What the joint positions are read from. */
type States = Pick<Trajectory, 'pose' | 'steps'> & Partial<Pick<Trajectory, 'q'>>;

/** A joint of one degree, with the indices of the body that it carries and of the one that carries it; -1 is the base. */
interface MovingJoint extends Joint {
  readonly body: number;
  readonly from: number;
}

/** The joints of one degree, in the order of their positions. */
export function movingJoints({ arm }: Scene): MovingJoint[] {
  const { joints, parents, coordinates } = treeOf(arm.model);
  return joints
    .map((joint, body) => ({ ...joint, body, from: parents[body] }))
    .filter(({ body }) => coordinates[body] >= 0);
}

/** Of these, those that an action moves: the others follow them. */
export function drivenJoints(scene: Scene): MovingJoint[] {
  return movingJoints(scene).filter(({ mimic }) => !mimic);
}

function positionOf({ kind, axis, frame }: Joint, parent: Frame, child: Frame): number {
  const carrier = multiply(parent.rotation, frame.rotation);
  if (kind === 'prismatic') {
    const origin = add(parent.position, rotate(parent.rotation, frame.position));
    return dot(rotate(carrier, axis), subtract(child.position, origin));
  }
  const [x, y, z, w] = multiply(conjugate(carrier), child.rotation);
  return 2 * Math.atan2(x * axis[0] + y * axis[1] + z * axis[2], w);
}

function middle({ low, high }: Joint): number {
  return low === undefined || high === undefined ? 0 : (low + high) / 2;
}

/** The same angle plus the whole turns that bring it nearest to another. */
function near(angle: number, other: number): number {
  return angle - 2 * Math.PI * Math.round((angle - other) / (2 * Math.PI));
}

/** Whole turns that bring column j of rows of width n between a joint's limits, as far as there are any. */
function turnsWithin({ kind, low, high }: Joint, rows: Float64Array, n: number, j: number): number {
  if (kind === 'prismatic' || low === undefined || high === undefined) return 0;
  let [least, most] = [Infinity, -Infinity];
  for (let k = j; k < rows.length; k += n) {
    least = Math.min(least, rows[k]);
    most = Math.max(most, rows[k]);
  }
  // A limit gives way a little.
  const over = (turns: number) => Math.max(0, low - least - 2 * Math.PI * turns, most + 2 * Math.PI * turns - high);
  return [0, 1, -1].reduce((best, turns) => (over(turns) < over(best) - 0.5 ? turns : best));
}

/** Displacement of the end effector in the world for a full action of each component, m: one column for each. */
export type JacobianColumns = readonly Vec3[];

/**
 * Columns of the map from an action to where it moves the end effector, at the poses of one state [B, 7]. The column of a joint that
 * turns is axis x (tip - joint), of one that slides its axis; a mimic's is added to its leader's. A torque moves by an amount that
 * only speed and time know; its columns show which way it pushes, J M^-1, scaled so that the longest is a tenth of J's longest.
 * @param actions components in all: those after what moves the tip, such as a gripper's, do not move it
 */
export function actionColumns(
  scene: Scene,
  controller: ControllerSpec,
  pose: ArrayLike<number>,
  tip: Vec3,
  actions?: number,
): JacobianColumns {
  const columns = moverColumns(scene, controller, pose, tip);
  const others = Math.max(0, (actions ?? 0) - columns.length);
  return [...columns, ...new Array<Vec3>(others).fill([0, 0, 0])];
}

/** The columns of what moves the tip. */
function moverColumns(scene: Scene, controller: ControllerSpec, pose: ArrayLike<number>, tip: Vec3): JacobianColumns {
  const { kind, scale } = controller;
  if (kind === 'end-effector-step')
    return [
      [scale, 0, 0],
      [0, scale, 0],
      [0, 0, scale],
    ];
  const carrying = carriersOf(scene);
  const all = movingJoints(scene).map(({ kind: joint, body }): Vec3 => {
    if (!carrying.has(body)) return [0, 0, 0];
    const { axis, origin } = jointAxis(scene, pose, body);
    return joint === 'prismatic' ? axis : cross(axis, subtract(tip, origin));
  });
  const columns = drivenColumns(scene.arm.model, all);
  if (kind === 'joint-step') return columns.map((column, k) => scaled(column, scaleOf(controller, k)));
  const pushes = accelerations(scene, pose, columns) ?? columns;
  const length = longest(pushes);
  return pushes.map((push) => scaled(push, length > 0 ? (0.1 * longest(columns)) / length : 0));
}

function scaled([x, y, z]: Vec3, factor: number): Vec3 {
  return [x * factor, y * factor, z * factor];
}

function longest(columns: readonly Vec3[]): number {
  return Math.max(0, ...columns.map((column) => Math.hypot(...column)));
}

/** The bodies that carry the tip: fingers beside it do not. */
function carriersOf({ arm: { model } }: Scene): Set<number> {
  const { parents } = treeOf(model);
  const carriers = new Set<number>();
  for (let { body } = siteOf(model, model.tip); body >= 0; body = parents[body]) carriers.add(body);
  return carriers;
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
