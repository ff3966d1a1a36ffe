import type { RecordingHeader } from '../../envs/recording/types.ts';
import type { Field, Trajectory } from '../../envs/types.ts';
import { unsquash } from './squash.ts';

export interface Component {
  readonly name: string;
  readonly title: string;
  readonly field: Field;
}

/** What each component of an action is called: after the joint or axis it moves, for a field's own name is the same for all. */
export function components({ spec, scene }: RecordingHeader): Component[] {
  const fields = spec.act.flatMap((field) => Array<Field>(field.size).fill(field));
  const { kind } = scene.action;
  const axes = kind === 'end-effector-step' ? ['x', 'y', 'z'] : scene.joints.map((joint) => joint.name);
  return fields.map((field, i) => {
    const title = `${field.name} ${i + 1}: ${field.description}`;
    return { name: axes.length === fields.length ? axes[i] : `${i + 1} ${field.name}`, title, field };
  });
}

/**
 * Action k of [T, A] at so many sigma from the mean.
 * @param squashed whether actions are tanh of the recorded Gaussian; the two sides of the mean are then of unequal width
 */
export function edgeOf(episode: Trajectory, k: number, sigmas: number, squashed = false): number {
  const { mean } = episode;
  const sigma = sigmas * sigmaOf(episode, k);
  return squashed ? Math.tanh(unsquash(mean[k]) + sigma) : mean[k] + sigma;
}

/** The scale of step t as it is of actions [A] or [A, A]: near its mean, tanh narrows a Gaussian by its slope 1 - mean^2. */
export function actionScale({ mean, scale, steps }: Trajectory, t: number, squashed = false): Float64Array {
  const width = mean.length / steps;
  const columns = scale.length / mean.length;
  const of = scale.slice(t * width * columns, (t + 1) * width * columns);
  return squashed ? of.map((s, i) => s * (1 - mean[t * width + Math.floor(i / columns)] ** 2)) : of;
}

/** Standard deviation of action k of [T, A]; of a Cholesky factor, the norm of its row; of a squashed Gaussian, before tanh. */
export function sigmaOf({ scale, mean }: Trajectory, k: number): number {
  const columns = scale.length / mean.length;
  if (columns === 1) return scale[k];
  let sum = 0;
  for (let c = k * columns; c < (k + 1) * columns; c++) sum += scale[c] ** 2;
  return Math.sqrt(sum);
}
