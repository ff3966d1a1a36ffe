import {
  type ColumnName,
  type Columns,
  columnNames,
  columnOf,
  ends,
  lengthOf,
  type Sizes,
  type Trajectory,
} from '../trajectory.ts';

/** Numbers of whole episodes, one for each [E]. */
export interface Facts {
  readonly steps: Int32Array;
  readonly seed: BigInt64Array;
  readonly success: Uint8Array;
  readonly end: Uint8Array;
}

interface File {
  readonly columns: Columns;
  readonly facts: Facts;
  readonly sizes: Sizes;
}

/** Where an episode is in its file, and the views of it that were asked for so far. */
interface Position {
  readonly index: number;
  /** Steps, and points of contact, in the episodes before this one. */
  readonly before: number;
  readonly touchedBefore: number;
  /** Points of contact in it. */
  readonly touched: number;
  readonly views: Partial<Record<ColumnName, Columns[ColumnName]>>;
}

/**
 * The episodes that stand end to end in the columns. A file may hold a hundred thousand of them, so each is next to
 * nothing until it is looked at: its arrays are views into the file that are made when they are first read.
 */
export function viewsOf(file: File): Trajectory[] {
  const position = Symbol('position');
  type Positioned = { readonly [position]: Position };
  const read = (get: (at: Position) => unknown): PropertyDescriptor => ({
    enumerable: true,
    get(this: Positioned) {
      return get(this[position]);
    },
  });
  const { steps, seed, success, end } = file.facts;
  // One getter serves the whole file: closures of its own would make an episode ten times as heavy.
  const properties = {
    seed: read(({ index }) => Number(seed[index])),
    steps: read(({ index }) => steps[index]),
    success: read(({ index }) => success[index] === 1),
    end: read(({ index }) => ends[end[index]]),
    ...Object.fromEntries(columnNames.map((name) => [name, read((at) => viewOf(file, name, at))])),
  };
  let [before, touchedBefore] = [0, 0];
  return Array.from(steps, (count, index) => {
    const touched = file.sizes.hasContacts ? touchedIn(file.columns.contact_count, before + index, count + 1) : 0;
    const at: Position = { index, before, touchedBefore, touched, views: {} };
    before += count;
    touchedBefore += touched;
    const episode = Object.defineProperty({}, position, { value: at });
    return Object.defineProperties(episode, properties) as Trajectory;
  });
}

function touchedIn(counts: Float32Array, from: number, states: number): number {
  let sum = 0;
  for (let i = from; i < from + states; i++) sum += counts[i];
  return sum;
}

function viewOf(
  { columns, facts, sizes }: File,
  name: ColumnName,
  { index, before, touchedBefore, touched, views }: Position,
): Columns[ColumnName] {
  const known = views[name];
  if (known) return known;
  const column = columnOf(name, sizes);
  const from =
    column.width * { state: before + index, step: before, episode: index, contact: touchedBefore }[column.per];
  const view = columns[name].subarray(from, from + lengthOf(column, facts.steps[index], touched));
  views[name] = view;
  return view;
}
