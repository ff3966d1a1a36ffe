/** What the actions of a moment ask of the end effector, and what is made of them. */
import { dot, type Vec3 } from '../../envs/math/rotation.ts';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import { type EnvSpec, type Field, offsetOf, scaleOf } from '../../envs/spec.ts';
import { goalIn, leastTouch } from '../../envs/tasks/ends.ts';
import type { Disturbance, Trajectory } from '../../envs/trajectory.ts';
import { pressureAt } from './contacts.ts';
import type { Derived } from './episode.ts';
import { jointAxis } from './inertia.ts';
import {
  actionColumns,
  cholesky3,
  displacement,
  drivenJoints,
  type JacobianColumns,
  tipCovariance,
} from './kinematics.ts';
import { actionBeside, actionComponents, actionScale, clipAction } from './policy.ts';

/** A step of an episode. */
interface Step {
  readonly recording: { readonly header: RecordingHeader };
  readonly episode: Trajectory;
  readonly step: number;
  readonly derived: Pick<Derived, 'tips' | 'within'>;
}

/** Why an action is not what the arm is told: bounds cut it, it comes late, or the arm rests where the task would have ended. */
export type Withheld = 'cut' | 'late' | 'rest';

/** Where a moment's actions send the tip, in the world, m. */
export interface TipCommand {
  /** The tip in the state that the action was chosen in. */
  readonly tip: Vec3;
  /** Displacement by what the arm was told: the action as it was clipped, and as late as it came. */
  readonly commanded: Vec3;
  /** Displacement by the action as the policy gave it. */
  readonly asked: Vec3;
  /** Why the two differ, where they do. */
  readonly withheld: Withheld;
  /** Displacement by the mean action, clipped. */
  readonly mean: Vec3;
  /** The way that the tip then went in the step. */
  readonly followed: Vec3;
  /**
   * Writes where the actions lie that are so many sigma from the mean, clipped, as displacements [n, 3], for directions on the unit
   * sphere [n, 3]. Without bounds that is an ellipsoid; it is cut where actions are.
   */
  readonly shell: (sigmas: number, directions: ArrayLike<number>, out: Float32Array) => void;
}

/** Whether the actions of a recording are such that there is a map from them to the tip. */
export function movesTip({ scene, spec }: Pick<RecordingHeader, 'scene' | 'spec'>): boolean {
  const actions = spec.act.reduce((sum, { size }) => sum + size, 0);
  const movers = spec.controller.kind === 'end-effector-step' ? 3 : drivenJoints(scene).length;
  // A gripper has an action more, or is among the joints.
  return actions === movers || actions === movers + 1;
}

/** What the step in view commands; of the last state, what the last step did. */
export function tipCommand({ recording, episode, step, derived }: Step): TipCommand {
  const { header } = recording;
  const { tips } = derived;
  const { scene, spec } = header;
  const t = Math.min(step, episode.steps - 1);
  const fields = actionComponents(header).map(({ field }) => field);
  const row = (values: ArrayLike<number>) => fields.map((_, k) => values[t * fields.length + k]);
  const clipped = (action: readonly number[]) => action.map((a, k) => clipAction(a, fields[k]));
  const bodies = spec.bodies.length * 7;
  const tip: Vec3 = [tips[3 * t], tips[3 * t + 1], tips[3 * t + 2]];
  const pose = episode.pose.subarray(t * bodies, (t + 1) * bodies);
  const columns = actionColumns(scene, spec.controller, pose, tip, fields.length);
  const { command, withheld } = commandAt({ episode, header, derived }, t);
  return {
    tip,
    commanded: displacement(columns, command),
    asked: displacement(columns, row(episode.act)),
    withheld,
    mean: displacement(columns, clipped(row(episode.mean))),
    followed: [0, 1, 2].map((i) => tips[3 * (t + 1) + i] - tip[i]) as unknown as Vec3,
    shell: shellOf({ episode, t, columns, fields, squashed: header.policy.squashed }),
  };
}

/** An episode with what its commands depend on. */
interface Commanded {
  readonly episode: Trajectory;
  readonly header: RecordingHeader;
  readonly derived: Pick<Derived, 'within'>;
}

/**
 * The action that the arm was told in step t, within its bounds [A]: that of an earlier step where the episode has a delay, and none
 * where the arm rests.
 */
function commandAt(of: Commanded, t: number): { readonly command: number[]; readonly withheld: Withheld } {
  const { episode, header } = of;
  const fields = actionComponents(header).map(({ field }) => field);
  const from = t - delayAt(episode, header, t);
  // Of those that come late, the first are kept once something could be late.
  const isKept = from === t || from >= Math.max(0, firstKept(episode, header));
  const rests = isKept && restsAt(of, from);
  const isTold = isKept && !rests;
  const command = fields.map((field, k) => (isTold ? clipAction(episode.act[from * fields.length + k], field) : 0));
  return { command, withheld: rests ? 'rest' : from < t ? 'late' : 'cut' };
}

/**
 * Whether the arm is to rest in step t: in an episode that only a hand ends, where its task would have ended it. What a task of a
 * user's own ends by is in no recording, unless its options have the names of those here.
 */
function restsAt({ episode, header, derived }: Commanded, t: number): boolean {
  const endless = lastSet(episode, 'endless', t);
  if (endless?.values[0] !== 1) return false;
  const { endsOnSuccess, endsOnContact, goals = 1, horizon } = header.env.options;
  if (endsOnContact === true && pressureAt(episode, header, t) > leastTouch) return true;
  if (endsOnSuccess !== true || derived.within[t] !== 1) return false;
  // Of goals that follow one another, the last ends it. A live episode is endless from its first step on.
  return !(Number(goals) > 1) || goalIn(t - endless.t, Number(horizon), Number(goals)) === Number(goals) - 1;
}

/** Steps by which actions come late in step t: the episode's own delay, or what was set since. */
function delayAt(episode: Trajectory, { spec }: Pick<RecordingHeader, 'spec'>, t: number): number {
  return Math.round(setAt(episode, 'delay', t) ?? drawn(episode, spec, 'delay') ?? 0);
}

/** What a disturbance has made of a number of the world by step t; undefined where none has. */
function setAt(episode: Trajectory, name: string, t: number): number | undefined {
  return lastSet(episode, name, t)?.values[0];
}

function lastSet({ disturbances = [] }: Trajectory, name: string, t: number): Disturbance | undefined {
  return disturbances.findLast((one) => one.kind === 'dynamics' && one.target === name && one.t <= t);
}

/** What was drawn of the physics for the episode; undefined for what was not. */
function drawn({ dynamics }: Trajectory, { dynamics: fields }: EnvSpec, name: string): number | undefined {
  return fields.some((field) => field.name === name) ? dynamics[offsetOf(fields, name)] : undefined;
}

function firstKept(episode: Trajectory, header: Pick<RecordingHeader, 'spec'>): number {
  const [first] = episode.disturbances ?? [];
  return first === undefined || delayAt({ ...episode, disturbances: [] }, header, 0) > 0 ? 0 : first.t;
}

/** What a driven joint is given in a step. */
export interface JointTorque {
  /** The joint's axis, and a point on it, in the world. */
  readonly axis: Vec3;
  readonly origin: Vec3;
  readonly slides: boolean;
  /** N m, or N where the joint slides. */
  readonly torque: number;
  /** Of a full action. */
  readonly share: number;
}

/** The torques that the step in view commands, of the joints that the actions drive; of the last state, those of the last step. */
export function jointTorques({ recording: { header }, episode, step, derived }: Step): JointTorque[] {
  const { scene, spec } = header;
  const t = Math.min(step, episode.steps - 1);
  const bodies = spec.bodies.length * 7;
  const pose = episode.pose.subarray(t * bodies, (t + 1) * bodies);
  const strength = (setAt(episode, 'strength', t) ?? 1) * (drawn(episode, spec, 'motor.strength') ?? 1);
  const { command } = commandAt({ episode, header, derived }, t);
  return drivenJoints(scene).map(({ body, kind }, k) => {
    const share = strength * command[k];
    const torque = scaleOf(spec.controller, k) * share;
    return { ...jointAxis(scene, pose, body), slides: kind === 'prismatic', torque, share };
  });
}

/**
 * For a direction u on the unit sphere: the action of M v = L u that is nearest to the mean, where M = J A, A is the scale of the
 * actions and L the root of M M^T, so v = M^T L^-T u, which is linear in u. Unclipped it lies on the ellipsoid; directions in which
 * that is flat keep a little thickness.
 */
function shellOf({ episode, t, columns, fields, squashed }: ShellOf): TipCommand['shell'] {
  const n = columns.length;
  const [near, raw] = [actionScale(episode, t, squashed), actionScale(episode, t)];
  const root = cholesky3(tipCovariance(columns, near));
  const basis = [0, 1, 2].map((axis) => {
    const v = transposedSpread(near, pulledBack(columns, solvedTransposed(root, axis)));
    const [reached, whole] = [displacement(columns, spread(near, v)), columnOf(root, axis)];
    return { away: spread(raw, v), thickness: whole.map((x, i) => x - reached[i]) };
  });
  const mean = columns.map((_, k) => episode.mean[t * n + k]);
  return (sigmas, directions, out) => {
    for (let at = 0; at < out.length; at += 3) {
      const [x, y, z] = [sigmas * directions[at], sigmas * directions[at + 1], sigmas * directions[at + 2]];
      for (let i = 0; i < 3; i++)
        out[at + i] = x * basis[0].thickness[i] + y * basis[1].thickness[i] + z * basis[2].thickness[i];
      for (let k = 0; k < n; k++) {
        const away = x * basis[0].away[k] + y * basis[1].away[k] + z * basis[2].away[k];
        const action = clipAction(actionBeside(mean[k], away, squashed), fields[k]);
        for (let i = 0; i < 3; i++) out[at + i] += columns[k][i] * action;
      }
    }
  };
}

interface ShellOf {
  readonly episode: Trajectory;
  readonly t: number;
  readonly columns: JacobianColumns;
  readonly fields: readonly Field[];
  readonly squashed?: boolean;
}

type Root = ReturnType<typeof cholesky3>;

/** A column of the root L. */
function columnOf([a, b, c, d, e, f]: Root, axis: number): Vec3 {
  return (
    [
      [a, b, d],
      [0, c, e],
      [0, 0, f],
    ] as const
  )[axis];
}

/** L^-T of a unit vector. */
function solvedTransposed([a, b, c, d, e, f]: Root, axis: number): Vec3 {
  const [x, y, z] = [0, 1, 2].map((i) => (i === axis ? 1 : 0));
  const last = z / f;
  const middle = (y - e * last) / c;
  return [(x - b * middle - d * last) / a, middle, last];
}

/** J^T w [A] */
function pulledBack(columns: JacobianColumns, w: Vec3): number[] {
  return columns.map((column) => dot(column, w));
}

/** A v [A], of standard deviations [A] or of a lower Cholesky factor [A, A]. */
function spread(scale: Float64Array, v: readonly number[]): number[] {
  const n = v.length;
  if (scale.length === n) return v.map((x, k) => scale[k] * x);
  return v.map((_, k) => v.reduce((sum, x, c) => sum + (c <= k ? scale[k * n + c] * x : 0), 0));
}

/** A^T v [A] */
function transposedSpread(scale: Float64Array, v: readonly number[]): number[] {
  const n = v.length;
  if (scale.length === n) return v.map((x, k) => scale[k] * x);
  return v.map((_, k) => v.reduce((sum, x, r) => sum + (r >= k ? scale[r * n + k] * x : 0), 0));
}
