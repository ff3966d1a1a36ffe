/** Episodes as tensors: their arrays stand end to end, one tensor each, and an episode is a view into them. */
import { type EnvSpec, ends, type Trajectory } from '../types.ts';
import { type Columns, columnNames, columnOf, countRows, inconsistent, readColumn, valuesOf } from './columns.ts';
import { type Widths, widths } from './header.ts';
import { allocate, type Tensor } from './safetensors.ts';

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
 * The episodes are views into the tensors.
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
  let before = 0;
  return steps.map((count, e) => {
    const episode = view(columns, { e, before, steps: count }, sizes, file);
    before += count;
    return episode;
  });
}

interface Range {
  readonly e: number;
  /** Steps in the episodes before this one. */
  readonly before: number;
  readonly steps: number;
}

function view(columns: Columns, { e, before, steps }: Range, sizes: Widths, file: string): Trajectory {
  const start = before + e;
  const inSteps = (width: number) => [before * width, (before + steps) * width] as const;
  const inStates = (width: number) => [start * width, (start + steps + 1) * width] as const;
  return {
    seed: seedOf(columns.seed[e], e, file),
    steps,
    goal: columns.goal.subarray(e * 3, e * 3 + 3),
    obs: columns.obs.subarray(...inStates(sizes.obs)),
    act: columns.act.subarray(...inSteps(sizes.act)),
    logp: columns.logp.subarray(...inSteps(1)),
    reward: columns.reward.subarray(...inSteps(1)),
    terms: columns.terms.subarray(...inSteps(sizes.terms)),
    pose: columns.pose.subarray(...inStates(sizes.bodies * 7)),
    mean: columns.mean.subarray(...inSteps(sizes.act)),
    scale: columns.scale.subarray(...inSteps(sizes.cholesky ? sizes.act * sizes.act : sizes.act)),
    value: columns.value.subarray(...inStates(1)),
    success: choice(columns.success[e], [false, true], `success[${e}]`, file),
    end: choice(columns.end[e], ends, `end[${e}]`, file),
  };
}

function seedOf(seed: bigint, e: number, file: string): number {
  if (seed >= 0n && seed <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(seed);
  throw inconsistent(file, `seed[${e}]`, 'an integer in [0, 2^53)', String(seed));
}

function choice<T>(value: number, choices: readonly T[], place: string, file: string): T {
  if (value < choices.length) return choices[value];
  throw inconsistent(file, place, `a number from 0 to ${choices.length - 1}`, String(value));
}

function product(shape: readonly number[]): number {
  return shape.reduce((total, size) => total * size, 1);
}
