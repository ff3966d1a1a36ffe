import type { Random } from '../../../envs/math/random.ts';
import { discounts } from '../../estimators/returns.ts';
import { dot } from '../../optim/conjugate-gradients.ts';
import type { Interval } from '../../report/statistics.ts';
import { armVariances } from '../arm.ts';
import { fittedBaselines } from '../baselines.ts';
import { addScores, draws, type Enumerated, earlierBaselines, enumerated, estimates } from '../enumerated.ts';
import { type Estimator, onPolicy } from '../estimators.ts';
import { trace } from '../matrix.ts';
import { type Mdp, randomMdp, randomTheta } from '../mdp.ts';
import { critic, smallMdp, smallTheta, streamsOf, zeroSumMdp, zeroSumTheta } from '../problems.ts';
import { type Experiment, figures, integer, length, type Section, type Table } from '../section.ts';
import { bootstrap, momentsOf, normalQuantile, traceDeviation, traceOf } from '../statistics.ts';

/** Episodes that the variance is measured from. */
const episodes = 4000;
const level = 1e-6;
/** Processes drawn at random, for what is to hold for all. */
const processes = 200;

interface Row {
  readonly name: string;
  /** Trace of the covariance: enumerated, measured, with its bootstrap interval. */
  readonly exact: number;
  readonly measured: number;
  readonly interval: Interval;
  /** How far the measured one strays. */
  readonly deviation: number;
}

export const variance: Experiment = {
  name: 'variance',
  description: 'the spread of every estimator, on an MDP and on a real arm',
  async run(seed): Promise<Section> {
    const streams = streamsOf(seed, 3);
    const problem = enumerated(smallMdp, smallTheta, {
      critic,
      baselines: earlierBaselines(smallMdp, smallTheta, streams(0)),
    });
    const usual = measure(problem, onPolicy(smallMdp.gamma, fittedBaselines), streams(1));
    const breaking = measure(enumerated(zeroSumMdp, zeroSumTheta), onPolicy(zeroSumMdp.gamma, []), streams(2));
    const size = length(problem.gradient);
    const best = optimalBaselines(streams(3));
    const arm = await armVariances(seed, streams(4));
    const z = normalQuantile(level / (usual.length + breaking.length));
    const of = (rows: readonly Row[], name: string) => rows.find((row) => row.name === name)?.exact ?? Number.NaN;
    const [full, toGo] = [of(usual, 'full return'), of(usual, 'reward-to-go')];
    const withBaseline = fittedBaselines.map((name) => of(usual, `to-go, ${name} baseline`));
    return {
      name: 'variance',
      title: 'Variance',
      claim:
        'Estimators with the same mean differ in their covariance. Less of what an action did not cause, and more of what was to be expected taken away, usually makes it smaller; that is no law.',
      equations: [
        'tr Cov(g) = E |g|² − |E g|²',
        'b* = E[ |z|² G ] / E[ |z|² ] minimises tr Cov( z (G − b) ), z the score',
      ],
      findings: [
        {
          text: `measured from ${integer(episodes)} episodes, every variance is the enumerated one within bounds from its enumerated fourth moment`,
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
        {
          text: `the optimal constant baseline is never worse than none, in ${processes} processes drawn at random; at best it leaves ${figures(100 * best.least)} % of the variance`,
          holds: best.worst <= 1 + 1e-12,
        },
        {
          text: `nor is any other constant better than it: moved by a tenth either way, the variance grows in all of them`,
          holds: best.moved > 1,
        },
        ...arm.findings,
      ],
      tables: [
        tableOf('Enumerable MDP', usual, size * size),
        tableOf('An MDP whose rewards sum to zero', breaking, 1),
        arm.table,
      ],
      plots: [
        {
          title: 'Variance on the MDP',
          x: { label: '', names: usual.map(({ name }) => name) },
          y: { label: 'tr Cov / |∇J|²', log: true },
          series: [
            {
              label: `measured, ${integer(episodes)} episodes, 95 %`,
              x: usual.map((_, i) => i),
              y: usual.map(({ measured }) => measured / size / size),
              low: usual.map(({ interval }) => interval[0] / size / size),
              high: usual.map(({ interval }) => interval[1] / size / size),
              points: true,
            },
            {
              label: 'enumerated',
              x: usual.map((_, i) => i),
              y: usual.map(({ exact }) => exact / size / size),
              points: true,
            },
          ],
        },
        arm.plot,
      ],
    };
  },
};

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
        interval: bootstrap(episodes, (indices) => traceOf(seen, indices), random, 200),
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
    note: `Trace of the covariance of one episode's estimate${unit === 1 ? '' : ', as a share of |∇J|²'}; measured from ${integer(episodes)} episodes, with a bootstrap interval.`,
  };
}

/** What the best constant leaves of the variance, as a share of that without, over many processes and estimators. */
function optimalBaselines(random: Random) {
  let [worst, least, moved] = [0, Infinity, Infinity];
  for (let k = 0; k < processes; k++) {
    const mdp: Mdp = randomMdp(random, { horizon: 3, actions: 2 });
    const problem = enumerated(mdp, randomTheta(mdp, random));
    const names = ['full return', 'reward-to-go'];
    for (const estimator of onPolicy(mdp.gamma, []).filter(({ name }) => names.includes(name))) {
      const without = estimates(problem, estimator);
      // What a baseline of 1 takes away: z for the full return, sum_t gamma^t grad log pi for reward-to-go.
      const taken = problem.episodes.map(({ reward }, i) => {
        const out = new Float64Array(problem.gradient.length);
        const isFull = estimator.name === 'full return';
        addScores(isFull ? reward.map(() => 1) : discounts(mdp.gamma, reward.length), problem.scores[i], out);
        return out;
      });
      const expected = (of: (i: number) => number) => problem.probability.reduce((sum, p, i) => sum + p * of(i), 0);
      const squared = expected((i) => dot(taken[i], taken[i]));
      // For the full return g = z G, and this is E[|z|^2 G] / E[|z|^2].
      const best = expected((i) => dot(taken[i], without[i])) / squared;
      const varianceAt = (b: number) =>
        trace(
          momentsOf(
            without.map((g, i) => g.map((value, j) => value - b * taken[i][j])),
            problem.probability,
          ).covariance,
        );
      const [none, optimal] = [varianceAt(0), varianceAt(best)];
      worst = Math.max(worst, optimal / none);
      least = Math.min(least, optimal / none);
      moved = Math.min(moved, varianceAt(1.1 * best) / optimal, varianceAt(0.9 * best) / optimal);
    }
  }
  return { worst, least, moved };
}
