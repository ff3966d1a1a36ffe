import type { Random } from '../../../../envs/math/random.ts';
import { count, figures } from '../../../report/format.ts';
import type { Table } from '../../../report/page.ts';
import { normalQuantile } from '../../../statistics/chi-square.ts';
import { bootstrap, type Interval, middle } from '../../../statistics/intervals.ts';
import { length, trace } from '../../../statistics/matrix.ts';
import { momentsOf, traceDeviation, traceOf } from '../../../statistics/moments.ts';
import { fittedBaselines } from '../../baselines.ts';
import { draws, type Enumerated, earlierBaselines, enumerated, estimates } from '../../enumerated.ts';
import { type Estimator, onPolicy } from '../../estimators.ts';
import type { Evidence } from '../../experiment.ts';
import { critic, smallMdp, smallTheta, zeroSumMdp, zeroSumTheta } from '../../problems.ts';

/** Episodes that the variance is measured from. */
const episodes = 4000;
const level = 1e-6;

interface Row {
  readonly name: string;
  /** Trace of the covariance: enumerated, measured, with its bootstrap interval. */
  readonly exact: number;
  readonly measured: number;
  readonly interval: Interval;
  /** How far the measured one strays. */
  readonly deviation: number;
}

/** Variances on a process where estimators come in the usual order, and on one where they do not. */
export function onMdps(streams: (use: number) => Random): Evidence {
  const baselines = earlierBaselines(smallMdp, smallTheta, streams(0));
  const problem = enumerated(smallMdp, smallTheta, { critic, baselines });
  const usual = measure(problem, onPolicy(smallMdp.gamma, fittedBaselines), streams(1));
  const breaking = measure(enumerated(zeroSumMdp, zeroSumTheta), onPolicy(zeroSumMdp.gamma, []), streams(2));
  const squared = length(problem.gradient) ** 2;
  const z = normalQuantile(level / (usual.length + breaking.length));
  const of = (rows: readonly Row[], name: string) => rows.find((row) => row.name === name)?.exact ?? Number.NaN;
  const [full, toGo] = [of(usual, 'full return'), of(usual, 'reward-to-go')];
  const withBaseline = fittedBaselines.map((name) => of(usual, `to-go, ${name} baseline`));
  const places = usual.map((_, i) => i);
  const shares = (value: (row: Row) => number) => usual.map((row) => value(row) / squared);
  return {
    findings: [
      {
        text: `measured from ${count(episodes)} episodes, every variance is the enumerated one within bounds from its enumerated fourth moment`,
        holds: [...usual, ...breaking].every(
          ({ exact, measured, deviation }) => Math.abs(measured - exact) <= z * deviation + 1e-12,
        ),
      },
      {
        text: 'on this MDP in the usual order: full return, reward-to-go, with any fitted baseline, exact advantage',
        holds: full > toGo && withBaseline.every((v) => v < toGo && v > of(usual, 'exact advantage')),
      },
      {
        text: `on an MDP whose rewards sum to zero the full return has variance ${figures(of(breaking, 'full return'))}, reward-to-go ${figures(of(breaking, 'reward-to-go'))}: the order is no law`,
        holds: of(breaking, 'full return') < 1e-20 && of(breaking, 'reward-to-go') > 0.1,
      },
    ],
    tables: [tableOf('Enumerable MDP', usual, squared), tableOf('An MDP whose rewards sum to zero', breaking, 1)],
    plots: [
      {
        title: 'Variance on the MDP',
        x: { label: '', names: usual.map(({ name }) => name) },
        y: { label: 'tr Cov / |∇J|²', log: true },
        series: [
          {
            label: `measured, ${count(episodes)} episodes, 95 %`,
            x: places,
            y: shares(({ measured }) => measured),
            low: shares(({ interval }) => interval[0]),
            high: shares(({ interval }) => interval[1]),
            points: true,
          },
          { label: 'enumerated', x: places, y: shares(({ exact }) => exact), points: true },
        ],
      },
    ],
  };
}

function measure(problem: Enumerated, list: readonly Estimator[], random: Random): Row[] {
  const draw = draws(problem, random);
  const drawn = Array.from({ length: episodes }, draw);
  const all = Int32Array.from(drawn, (_, i) => i);
  return list
    .filter(({ unbiased }) => unbiased)
    .map((estimator) => {
      const vectors = estimates(problem, estimator);
      const exact = momentsOf(vectors, problem.probability);
      const seen = drawn.map((i) => vectors[i]);
      return {
        name: estimator.name,
        exact: trace(exact.covariance),
        measured: traceOf(seen, all),
        interval: middle(bootstrap(episodes, (indices) => [traceOf(seen, indices)], random, 200)[0]),
        deviation: traceDeviation(exact, episodes),
      };
    });
}

function tableOf(title: string, rows: readonly Row[], unit: number): Table {
  const show = (value: number) => figures(value / unit);
  return {
    title,
    columns: ['estimator', 'enumerated', 'measured', '95 % interval', 'of the full return'],
    rows: rows.map(({ name, exact, measured, interval }) => [
      name,
      show(exact),
      show(measured),
      `${show(interval[0])} to ${show(interval[1])}`,
      rows[0].exact > 1e-20 ? `${figures((100 * exact) / rows[0].exact)} %` : '',
    ]),
    note: `Trace of the covariance of one episode's estimate${unit === 1 ? '' : ', as a share of |∇J|²'}; measured from ${count(episodes)} episodes, with a bootstrap interval.`,
  };
}
