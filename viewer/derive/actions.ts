import type { RecordingHeader } from '../../envs/files/types.ts';
import type { Field, Trajectory } from '../../envs/types.ts';

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

/** Standard deviation of action k of [T, A]; of a Cholesky factor, the norm of its row. */
export function sigmaOf({ scale, mean }: Trajectory, k: number): number {
  const columns = scale.length / mean.length;
  if (columns === 1) return scale[k];
  let sum = 0;
  for (let c = k * columns; c < (k + 1) * columns; c++) sum += scale[c] ** 2;
  return Math.sqrt(sum);
}
