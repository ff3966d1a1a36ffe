/** Which episodes the list shows, and in what order; pure. */

import { countSuccesses } from '../../envs/trajectory.ts';
import { compact, integer } from '../dom/format.ts';

export type Column = 'number' | 'success' | 'steps' | 'return' | 'other' | 'difference';

export interface Order {
  readonly column: Column;
  readonly descending: boolean;
}

/** An episode in the list. */
export interface Entry {
  readonly number: number;
  readonly success: boolean;
  readonly steps: number;
  readonly return: number;
  /** Return of a second policy's episode of that number, where there is one. */
  readonly other?: number;
  /** Whether that episode was a success. */
  readonly otherSuccess?: boolean;
  /** By how much that return is higher. */
  readonly difference?: number;
}

/** The episodes of a recording that the list shows. */
export interface Listed {
  readonly listed: readonly Entry[];
  readonly all: number;
  /** Whether something is asked for. */
  readonly isFiltered: boolean;
  /** Whether the task has a success to reach; where it has none, returns alone tell episodes apart. */
  readonly hasSuccess: boolean;
}

/** How many episodes the list shows, and how they went. */
export function tally({ listed, all, isFiltered, hasSuccess }: Listed): string {
  const reached = countSuccesses(listed);
  if (hasSuccess && !isFiltered) return `${integer(reached)} of ${integer(all)} reached the goal`;
  const count = isFiltered ? `${integer(listed.length)} of ${integer(all)}` : integer(all);
  const noun = all === 1 ? 'episode' : 'episodes';
  if (listed.length === 0) return `none of ${integer(all)} ${noun}`;
  return `${count} ${noun}, ${hasSuccess ? outcome(reached, listed.length) : spread(listed)}`;
}

function outcome(reached: number, of: number): string {
  const every = of === 1 ? '' : 'all ';
  if (reached === 0) return `${every}missed`;
  return reached === of ? `${every}reached` : `${integer(reached)} reached`;
}

function spread(entries: readonly Entry[]): string {
  const returns = entries.map((entry) => entry.return);
  const [low, high] = [Math.min(...returns), Math.max(...returns)].map(compact);
  return low === high ? `return ${low}` : `returns ${low} to ${high}`;
}

/** The episodes of two policies that the list shows. */
export interface ListedPairs {
  readonly listed: readonly Entry[];
  /** What the list calls the policy in view and the second one. */
  readonly names: readonly [own: string, other: string];
  readonly hasSuccess: boolean;
}

/** What the second policy makes of the pairs that are listed. */
export function pairTally({ listed, names: [mine, theirs], hasSuccess }: ListedPairs): string {
  const pairs = listed.filter(({ difference }) => difference !== undefined);
  if (pairs.length === 0) {
    return listed.some(({ other }) => other !== undefined)
      ? 'Goals differ: these are no pairs. The final policies of runs of one seed have the same.'
      : 'No episode of both';
  }
  const [better, worse] = [1, -1].map((sign) => pairs.filter(({ difference = 0 }) => sign * difference > 0).length);
  const mean = pairs.reduce((sum, { difference = 0 }) => sum + difference, 0) / pairs.length;
  const lead = mean === 0 ? 'level' : `${mean > 0 ? 'ahead' : 'behind'} by ${compact(Math.abs(mean))}`;
  const own = integer(countSuccesses(pairs));
  const other = integer(countSuccesses(pairs.map(({ otherSuccess = false }) => ({ success: otherSuccess }))));
  const goals = hasSuccess ? `Goals reached: ${theirs} ${other}, ${mine} ${own}. ` : '';
  return `${goals}${theirs} is ${lead} on average, better in ${integer(better)}, worse in ${integer(worse)}`;
}

/** Sorted upwards at first: returns from the worst on. */
const upwards: readonly Column[] = ['number', 'return'];

/** The order after a press on a column's head: by that column, or reversed where it was by that column. */
export function sortBy(order: Order, column: Column): Order {
  return { column, descending: order.column === column ? !order.descending : !upwards.includes(column) };
}

export function sorted(entries: readonly Entry[], { column, descending }: Order): Entry[] {
  const sign = descending ? -1 : 1;
  // What has no difference comes last.
  const keyOf = (entry: Entry) => {
    const value = Number(entry[column]);
    if (Number.isNaN(value)) return descending ? -Infinity : Infinity;
    return value;
  };
  const compare = (a: number, b: number) => (a === b ? 0 : sign * (a - b));
  return [...entries].sort((a, b) => compare(keyOf(a), keyOf(b)) || a.number - b.number);
}

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
  '=': (a, b) => a === b,
};

/**
 * The episodes that a query asks for: `reached` or `missed`, a number, a range `3-8`, a comparison `steps > 10`,
 * `return <= -0.3` or `difference > 0`; several, all of which must hold. Nothing where the query makes no sense.
 */
export function filtered(entries: readonly Entry[], query: string): Entry[] | undefined {
  const words = query
    .toLowerCase()
    .replace(/−/g, '-')
    .replace(/\s*([<>]=?|=)\s*/g, '$1')
    .split(/[\s,]+/)
    .filter(Boolean);
  const tests = words.map(testOf);
  if (tests.some((test) => test === undefined)) return undefined;
  return entries.filter((entry) => tests.every((test) => test?.(entry)));
}

function testOf(word: string): ((entry: Entry) => boolean) | undefined {
  if (word === 'reached' || word === 'missed') return ({ success }) => success === (word === 'reached');
  const range = /^(\d+)(?:-(\d+))?$/.exec(word);
  if (range) {
    const [from, to] = [Number(range[1]), Number(range[2] ?? range[1])];
    return ({ number }) => number >= from && number <= to;
  }
  const comparison = /^(return|steps|difference)([<>]=?|=)(-?\d*\.?\d+)$/.exec(word);
  if (!comparison) return undefined;
  const [, column, sign, value] = comparison;
  return (entry) => comparisons[sign](Number(entry[column as 'return' | 'steps' | 'difference']), Number(value));
}
