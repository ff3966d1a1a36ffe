import { dashes, type Series } from '../report/chart.ts';
import { type Curve, valueAt } from './curves.ts';
import { curveOfRun, type Figure } from './results.ts';

type TrainedRun = Parameters<typeof curveOfRun>[0];

/** A learning curve over a grid of steps, with its band and its runs behind it. */
export interface CurveSeries {
  readonly label: string;
  readonly curve: Curve;
  readonly runs: readonly TrainedRun[];
  /** Of the runs. */
  readonly figure: Figure;
  /** What opens at a run, in their order; nothing does if not given. */
  readonly opens?: Series['opens'];
}

/** @param place of the curve in its chart, which tells it from the others */
export function curveSeries(
  { label, curve, runs, figure, opens }: CurveSeries,
  grid: readonly number[],
  place: number,
): Series {
  const faint = runs.map((run) => curveOfRun(run, figure)).map((own) => grid.map((step) => valueAt(own, step)));
  const look = { band: true, line: true, points: grid.length < 3, dash: dashes[place % dashes.length] };
  const { iqm: y, low, high } = curve;
  return { label, x: grid, y, low, high, faint, ...(opens && { opens }), ...look };
}
