import { ends, type Trajectory } from '../types.ts';
import { type Columns, columnOf } from './columns.ts';
import type { Widths } from './header.ts';

interface File {
  readonly columns: Columns;
  readonly sizes: Widths;
}

/** Where an episode is in its file, and the views of it that were asked for so far. */
interface Place {
  readonly index: number;
  /** Steps in the episodes before this one. */
  readonly before: number;
  readonly steps: number;
  readonly views: Partial<Record<ArrayName, Columns[ArrayName]>>;
}

const arrayNames = ['goal', 'obs', 'act', 'logp', 'reward', 'terms', 'pose', 'mean', 'scale', 'value'] as const;
type ArrayName = (typeof arrayNames)[number];

/**
 * Episodes of these lengths, end to end in the columns. A file may hold a hundred thousand of them, so each is next to
 * nothing until it is looked at: its arrays are views into the file that are made when they are first read.
 */
export function viewsOf(file: File, steps: readonly number[]): Trajectory[] {
  const place = Symbol('place');
  type Placed = { readonly [place]: Place };
  const read = (get: (at: Place) => unknown): PropertyDescriptor => ({
    enumerable: true,
    get(this: Placed) {
      return get(this[place]);
    },
  });
  const { seed, success, end } = file.columns;
  // One getter serves the whole file: closures of its own would make an episode ten times as heavy.
  const properties = {
    seed: read(({ index }) => Number(seed[index])),
    steps: read((at) => at.steps),
    success: read(({ index }) => success[index] === 1),
    end: read(({ index }) => ends[end[index]]),
    ...Object.fromEntries(arrayNames.map((name) => [name, read((at) => viewOf(file, name, at))])),
  };
  let before = 0;
  return steps.map((count, index) => {
    const at: Place = { index, before, steps: count, views: {} };
    before += count;
    const episode = Object.defineProperty({}, place, { value: at });
    return Object.defineProperties(episode, properties) as Trajectory;
  });
}

function viewOf({ columns, sizes }: File, name: ArrayName, { index, before, steps, views }: Place): Columns[ArrayName] {
  const known = views[name];
  if (known) return known;
  const { per, row } = columnOf(name);
  const width = row(sizes).reduce((product, size) => product * size, 1);
  const [from, rows] = { step: [before, steps], state: [before + index, steps + 1], episode: [index, 1] }[per];
  const view = columns[name].subarray(from * width, (from + rows) * width);
  views[name] = view;
  return view;
}
