import type { RecordingHeader } from '../../envs/recording/header.ts';
import type { Field } from '../../envs/spec.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { integer } from '../dom/format.ts';
import { drivenJoints } from './kinematics.ts';

/** The recorded action distribution: what its components are called, its spread and its entropy. */

export interface ActionComponent {
  readonly name: string;
  readonly title: string;
  readonly field: Field;
}

/** The field of an action that moves a gripper. */
const gripper = 'gripper_step';

/** What each component of an action is called: after the joint or axis it moves, for a field's own name is the same for all. */
export function actionComponents({ spec, scene }: Pick<RecordingHeader, 'spec' | 'scene'>): ActionComponent[] {
  const fields = spec.act.flatMap((field) => Array<Field>(field.size).fill(field));
  const { kind } = spec.controller;
  const axes = kind === 'end-effector-step' ? ['x', 'y', 'z'] : drivenJoints(scene).map((joint) => joint.name);
  const isGripper = ({ name }: Field) => name === gripper;
  const others = fields.filter((field) => !isGripper(field)).length;
  const isNamed = axes.length === fields.length || axes.length === others;
  return fields.map((field, i) => {
    const title = `${field.name} ${i + 1}: ${field.description}`;
    const name = isGripper(field) ? 'gripper' : isNamed ? axes[i] : `${i + 1} ${field.name}`;
    return { name, title, field };
  });
}

/** Whether an action is beyond the bounds of its field. */
export function isClipped(action: number, { low = -Infinity, high = Infinity }: Field): boolean {
  return action < low || action > high;
}

/**
 * Action k of [T, A] at so many sigma from the mean.
 * @param squashed whether actions are tanh of the recorded Gaussian; the two sides of the mean are then of unequal width
 */
export function actionAtSigma(episode: Trajectory, k: number, sigmas: number, squashed = false): number {
  return actionBeside(episode.mean[k], sigmas * actionSigma(episode, k), squashed);
}

/** The action that lies so far from a mean as the policy has it: before tanh where actions are squashed. */
export function actionBeside(mean: number, away: number, squashed = false): number {
  return squashed ? Math.tanh(unsquash(mean) + away) : mean + away;
}

/** An action as it is taken: within the bounds of its field. */
export function clipAction(action: number, { low = -Infinity, high = Infinity }: Field): number {
  return Math.min(Math.max(action, low), high);
}

/** How an action came about: sampled, the mean of the policy itself, or of an actor that has nothing to sample from. */
export type ActionOrigin = 'sampled' | 'mean' | 'controlled';

/**
 * How the action of step t came about. A recorded action is a float32, and a squashed one is kept off the edge of its box: so near to
 * the mean in every component no sample comes.
 */
export function originOf({ act, mean, scale, steps }: Trajectory, t: number): ActionOrigin {
  const width = act.length / steps;
  const columns = scale.length / act.length;
  const spread = scale.subarray(t * width * columns, (t + 1) * width * columns);
  if (spread.every((s) => s === 0)) return 'controlled';
  for (let k = t * width; k < (t + 1) * width; k++)
    if (Math.abs(act[k] - mean[k]) > 1e-6 * Math.max(1, Math.abs(act[k]))) return 'sampled';
  return 'mean';
}

/** The scale of step t as it is of actions [A] or [A, A]: near its mean, tanh narrows a Gaussian by its slope 1 - mean^2. */
export function actionScale({ mean, scale, steps }: Trajectory, t: number, squashed = false): Float64Array {
  const width = mean.length / steps;
  const columns = scale.length / mean.length;
  const of = scale.slice(t * width * columns, (t + 1) * width * columns);
  return squashed ? of.map((s, i) => s * (1 - mean[t * width + Math.floor(i / columns)] ** 2)) : of;
}

/** Standard deviation of action k of [T, A]; of a Cholesky factor, the norm of its row; of a squashed Gaussian, before tanh. */
export function actionSigma({ scale, mean }: Trajectory, k: number): number {
  const columns = scale.length / mean.length;
  if (columns === 1) return scale[k];
  let sum = 0;
  for (let c = k * columns; c < (k + 1) * columns; c++) sum += scale[c] ** 2;
  return Math.sqrt(sum);
}

/** Who acted, for a title: the kind of a policy and how long that was trained, or the name of a controller, which never is. */
export function actorName({ kind, name, trainedSteps }: RecordingHeader['policy']): string {
  if (kind === 'controller') return `${name} controller`;
  return `${kind}, ${trainedSteps > 0 ? `${integer(trainedSteps)} steps` : 'untrained'}`;
}

/** How training credits an action, in words. */
export function creditOf({ gamma, lambda, nSteps, credit = {}, policy }: RecordingHeader): string {
  if (policy.kind === 'controller') return 'none: a controller is not trained';
  const { bootstrap = true, whole, baseline } = credit;
  const less = baseline ? (baseline.some((b) => b !== 0) ? 'less the mean return' : 'less nothing') : 'less V(s)';
  const how = whole
    ? `the return of the whole episode ${less}`
    : nSteps !== undefined
      ? `${nSteps} steps and the value after them, less V(s)`
      : baseline || lambda === 1
        ? `the return from here ${less}`
        : `generalised, lambda ${lambda}`;
  const cut = bootstrap || baseline ? '' : ', nothing after a cut';
  return `how training credits this action: ${how}, gamma ${gamma}${cut}; before a batch is scaled`;
}

/**
 * Entropy of a Gaussian, from the product of the standard deviations or of the Cholesky factor's diagonal, nats.
 * @param squashed whether actions are tanh of the Gaussian
 */
export function entropy({ scale, mean, steps }: Trajectory, t: number, squashed = false): number {
  const width = mean.length / steps;
  const columns = scale.length / mean.length;
  let sum = 0;
  for (let k = t * width; k < (t + 1) * width; k++) {
    const sigma = columns === 1 ? scale[k] : scale[k * columns + (k - t * width)];
    sum += Math.log(sigma) + (squashed ? squashedEntropy(unsquash(mean[k]), sigma) : 0);
  }
  return sum + (width / 2) * Math.log(2 * Math.PI * Math.E);
}

/** The largest number below 1 that float32 has: artanh of the edge itself is infinite. */
const edge = 1 - 1 / 16777216;

/** u of a = tanh(u) */
function unsquash(a: number): number {
  return Math.atanh(Math.min(Math.max(a, -edge), edge));
}

/** E[log(1 - tanh(u)^2)] for u of N(mean, sigma^2), by quadrature: what tanh adds to the entropy of a component, nats. */
function squashedEntropy(mean: number, sigma: number): number {
  const step = 0.25;
  let [sum, weights] = [0, 0];
  for (let z = -6; z <= 6; z += step) {
    const weight = Math.exp(-0.5 * z * z);
    sum += weight * logSlope(mean + sigma * z);
    weights += weight;
  }
  return sum / weights;
}

/** log(1 - tanh(u)^2); written as it stands, the difference would lose all digits far from 0. */
function logSlope(u: number): number {
  const size = Math.abs(u);
  return 2 * (Math.LN2 - size - Math.log1p(Math.exp(-2 * size)));
}
