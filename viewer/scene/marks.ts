/** Where numbers stand along the floor's grid; pure. */
import { gridSpacing } from './floor.ts';

export interface Marks {
  /** Round numbers on grid lines, in order, m. */
  readonly marks: readonly number[];
  /** Between them, m. */
  readonly every: number;
  /** Where the workspace ends towards the eye of the usual view: above for x, below for y, m. */
  readonly edge: number;
}

/** Marks along x and y around points [n, 3], a few of each, and the size of their letters, m. */
export function marksAround(points: readonly number[]): {
  readonly x: Marks;
  readonly y: Marks;
  readonly size: number;
} {
  const [x, y] = [bounds(points, 0), bounds(points, 1)];
  const reach = Math.max(x.high - x.low, y.high - y.low);
  const steps = [1, 2, 5, 10, 20, 50].map((lines) => lines * gridSpacing);
  const every = steps.find((step) => reach / step <= 6) ?? reach;
  return {
    x: { marks: within(x, every), every, edge: x.high },
    y: { marks: within(y, every), every, edge: y.low },
    size: reach * 0.028,
  };
}

function bounds(points: readonly number[], axis: number): { low: number; high: number } {
  let [low, high] = [Infinity, -Infinity];
  for (let k = axis; k < points.length; k += 3) {
    low = Math.min(low, points[k]);
    high = Math.max(high, points[k]);
  }
  return { low, high };
}

function within({ low, high }: { low: number; high: number }, every: number): number[] {
  const [first, last] = [Math.ceil(low / every - 1e-9), Math.floor(high / every + 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * every);
}
