/** The tensors of a recording: one column for each array or number of a trajectory, episodes end to end. */
import { ends, type Trajectory } from '../types.ts';
import { FileError } from './errors.ts';
import type { Widths } from './header.ts';
import type { DataOf, DType, Tensor } from './safetensors.ts';

/** What a column has one row for. */
export type Per = 'state' | 'step' | 'episode';

interface Column {
  readonly dtype: DType;
  readonly per: Per;
  /** Shape of one row. */
  readonly row: (w: Widths) => readonly number[];
}

const number = () => [];

const layout = {
  obs: { dtype: 'F32', per: 'state', row: (w) => [w.obs] },
  act: { dtype: 'F32', per: 'step', row: (w) => [w.act] },
  logp: { dtype: 'F64', per: 'step', row: number },
  reward: { dtype: 'F64', per: 'step', row: number },
  terms: { dtype: 'F64', per: 'step', row: (w) => [w.terms] },
  pose: { dtype: 'F32', per: 'state', row: (w) => [w.bodies, 7] },
  mean: { dtype: 'F64', per: 'step', row: (w) => [w.act] },
  scale: { dtype: 'F64', per: 'step', row: (w) => (w.cholesky ? [w.act, w.act] : [w.act]) },
  value: { dtype: 'F64', per: 'state', row: number },
  goal: { dtype: 'F32', per: 'episode', row: () => [3] },
  steps: { dtype: 'I32', per: 'episode', row: number },
  seed: { dtype: 'I64', per: 'episode', row: number },
  success: { dtype: 'U8', per: 'episode', row: number },
  end: { dtype: 'U8', per: 'episode', row: number },
} as const satisfies Record<string, Column>;

export type ColumnName = keyof typeof layout;
export type Columns = { readonly [C in ColumnName]: DataOf<(typeof layout)[C]['dtype']> };
export const columnNames = Object.keys(layout) as ColumnName[];

export function columnOf(name: ColumnName): Column {
  return layout[name];
}

/** Rows of every kind in episodes of these lengths. */
export function countRows(steps: readonly number[], file: string): Record<Per, number> {
  if (steps.length === 0) throw inconsistent(file, 'steps', 'at least one episode', 'none');
  let total = 0;
  for (const [e, count] of steps.entries()) {
    if (!(Number.isSafeInteger(count) && count >= 1)) {
      throw inconsistent(file, `steps[${e}]`, 'at least one step', String(count));
    }
    total += count;
  }
  return { state: total + steps.length, step: total, episode: steps.length };
}

/** The column of that name, of the right dtype. */
export function readColumn<C extends ColumnName>(
  tensors: Readonly<Record<string, Tensor>>,
  name: C,
  file: string,
): { readonly shape: readonly number[]; readonly data: Columns[C] } {
  const tensor: Tensor | undefined = tensors[name];
  const { dtype } = layout[name];
  if (tensor?.dtype !== dtype) throw inconsistent(file, `tensor ${name}`, dtype, tensor?.dtype ?? 'no such tensor');
  return { shape: tensor.shape, data: tensor.data as Columns[C] };
}

/** The numbers that an episode adds to a column; typed arrays as they are, so that copying keeps the bits of a NaN. */
export function valuesOf(episode: Trajectory, name: ColumnName): ArrayLike<number> | ArrayLike<bigint> {
  switch (name) {
    case 'steps':
      return [episode.steps];
    case 'seed':
      return [BigInt(episode.seed)];
    case 'success':
      return [episode.success ? 1 : 0];
    case 'end':
      return [ends.indexOf(episode.end)];
    default:
      return episode[name];
  }
}

export function inconsistent(file: string, place: string, expected: string, found: string): FileError {
  return new FileError('inconsistent', file, { place, expected, found, noun: 'a rollout file' });
}
