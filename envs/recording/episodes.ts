/** Episodes as tensors: their arrays stand end to end, one tensor each, and an episode is a view into them. */
import { type EnvSpec, ends, type Trajectory } from '../types.ts';
import { type Columns, columnNames, columnOf, countRows, inconsistent, readColumn, valuesOf } from './columns.ts';
import { widths } from './header.ts';
import { allocate, type Tensor } from './safetensors.ts';
import { viewsOf } from './views.ts';

/** What messages call episodes that are not in a file yet. */
const unsaved = 'recording';

/** @throws FileError where an episode's arrays do not fit the spec */
export function tensorsOf(spec: EnvSpec, episodes: readonly Trajectory[]): Record<string, Tensor> {
  const [first] = episodes;
  const sizes = widths(spec, first?.scale.length > first?.mean.length);
  const counts = countRows(
    episodes.map((episode) => episode.steps),
    unsaved,
  );
  const tensors: Record<string, Tensor> = {};
  for (const name of columnNames) {
    const { dtype, per, row } = columnOf(name);
    const shape = [counts[per], ...row(sizes)];
    const data = allocate(dtype, product(shape));
    let at = 0;
    for (const [e, episode] of episodes.entries()) {
      const values = valuesOf(episode, name);
      const expected = countRows([episode.steps], unsaved)[per] * product(row(sizes));
      if (values.length !== expected) {
        throw inconsistent(unsaved, `episode ${e}, ${name}`, `${expected} numbers`, String(values.length));
      }
      (data as Settable).set(values, at);
      at += values.length;
    }
    tensors[name] = { dtype, shape, data } as Tensor;
  }
  return tensors;
}

interface Settable {
  set(values: ArrayLike<number> | ArrayLike<bigint>, at: number): void;
}

/**
 * The episodes are views into the tensors, made as they are looked at.
 * @param file the file's name, for messages
 */
export function episodesOf(spec: EnvSpec, tensors: Readonly<Record<string, Tensor>>, file: string): Trajectory[] {
  const sizes = widths(spec, tensors.scale?.shape.length === 3);
  const steps = Array.from(readColumn(tensors, 'steps', file).data);
  const counts = countRows(steps, file);
  const columns = Object.fromEntries(
    columnNames.map((name) => {
      const { per, row } = columnOf(name);
      const { shape, data } = readColumn(tensors, name, file);
      const expected = [counts[per], ...row(sizes)].join(', ');
      if (shape.join(', ') !== expected) {
        throw inconsistent(file, `tensor ${name}`, `shape [${expected}]`, `[${shape.join(', ')}]`);
      }
      return [name, data];
    }),
  ) as unknown as Columns;
  checkValues(columns, file);
  return viewsOf({ columns, sizes }, steps);
}

/** The columns whose numbers are looked at on opening: one of each for an episode. */
function checkValues({ seed, success, end }: Columns, file: string): void {
  const badSeed = seed.findIndex((value) => value < 0n || value > BigInt(Number.MAX_SAFE_INTEGER));
  if (badSeed >= 0) throw inconsistent(file, `seed[${badSeed}]`, 'an integer in [0, 2^53)', String(seed[badSeed]));
  for (const [name, values, choices] of [
    ['success', success, 2],
    ['end', end, ends.length],
  ] as const) {
    const bad = values.findIndex((value) => value >= choices);
    if (bad < 0) continue;
    throw inconsistent(file, `${name}[${bad}]`, `a number from 0 to ${choices - 1}`, String(values[bad]));
  }
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}
