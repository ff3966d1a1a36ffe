import { type Interval, interquartileMean, runsBand } from '../statistics/intervals.ts';

/** A run's figure over its training: at ascending steps, a value each. */
export interface RunCurve {
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** Many runs' figure on a common grid of steps; null before every one of them has a value. Of a single run there is no band. */
export interface Curve {
  readonly iqm: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
}

/** Points of a grid: one every few pixels of a plot. */
const points = 121;

/** Fewer than a table's, as a band has many points; its edges are good to a pixel or two. */
const resamples = 1000;

/** Equally spaced steps from the first to the last at which any of the runs has a value. */
export function commonGrid(runs: readonly RunCurve[]): number[] {
  const first = Math.min(...runs.map(({ steps }) => steps[0]));
  const last = Math.max(...runs.map(({ steps }) => steps[steps.length - 1]));
  const grid = Array.from({ length: points }, (_, i) => Math.round(first + ((last - first) * i) / (points - 1)));
  return [...new Set(grid)];
}

/**
 * The value at `step`: linear between two of the series, null before its first. The last one holds on: runs end within an
 * episode of each other, and none knows more than that.
 */
export function valueAt({ steps, values }: RunCurve, step: number): number | null {
  if (step < steps[0]) return null;
  const after = steps.findIndex((other) => other > step);
  if (after < 0) return values[values.length - 1];
  const share = (step - steps[after - 1]) / (steps[after] - steps[after - 1]);
  return values[after - 1] + share * (values[after] - values[after - 1]);
}

/** The interquartile mean of the runs at every step of the grid, with its 95 % interval, within what values can be. */
export function curveOf(runs: readonly RunCurve[], grid: readonly number[], seed: number, possible?: Interval): Curve {
  const columns = grid.map((step) => {
    const values = runs.map((run) => valueAt(run, step)).filter((value) => value !== null);
    return values.length === runs.length ? values : null;
  });
  const whole = columns.filter((column) => column !== null);
  const begin = grid.length - whole.length;
  const band = runsBand(whole, interquartileMean, resamples, seed, possible);
  const edge = (side: 0 | 1) => columns.map((column, i) => (column && band ? band[i - begin][side] : null));
  return {
    iqm: columns.map((column) => column && interquartileMean(column)),
    low: edge(0),
    high: edge(1),
  };
}
