import { exp, log } from '../../../../envs/math/kernels.ts';
import type { Random } from '../../../../envs/math/random.ts';
import { effectiveSampleSize, importanceWeights } from '../../../estimators/importance.ts';
import type { Chart, Series } from '../../../report/chart.ts';
import { count, figures, share } from '../../../report/format.ts';
import { normalQuantile } from '../../../statistics/chi-square.ts';
import { draws, type Enumerated, enumerated, exactBias } from '../../enumerated.ts';
import { offPolicy, selfNormalised } from '../../estimators.ts';
import type { Evidence } from '../../experiment.ts';
import { divergence, squaredRatio } from '../../mdp-gradient.ts';
import { awayFromSmallTheta, shortMdp, smallMdp, smallTheta } from '../../problems.ts';

/** How far the acting policy is moved away. */
const scales = [0.1, 0.25, 0.5, 1, 1.5, 2, 3];
/** Episodes of the acting policy, for the measured effective sample size. */
const episodes = 20_000;
const level = 1e-6;
const list = offPolicy(smallMdp.gamma);

type Row = ReturnType<typeof measureDistances>[number];

/** Estimators of episodes of ever more distant policies: their exact bias and size, and how many episodes count. */
export function measureDistances(streams: (use: number) => Random) {
  return scales.map((scale, k) => {
    const acting = smallTheta.map((value, i) => value + scale * awayFromSmallTheta[i]);
    const problem = enumerated(smallMdp, smallTheta, { acting });
    const short = enumerated(shortMdp, smallTheta, { acting });
    return {
      kl: divergence(smallMdp, smallTheta, acting),
      exact: list.map((estimator) => exactBias(problem, estimator)),
      /** Bias of the self-normalised ratio in batches of two. */
      normalised: exactBias(short, selfNormalised(shortMdp.gamma, 2)).bias,
      ...sampleSizes(problem, squaredRatio(smallMdp, smallTheta, acting), streams(k)),
    };
  });
}

/** The effective share of n episodes: exact as n grows, measured, and how far log(measured) strays by the delta method. */
function sampleSizes(problem: Enumerated, squared: number, random: Random) {
  const rho = Float64Array.from(
    problem.episodes,
    ({ logp, logpOld }) => importanceWeights('trajectory', logp, logpOld)[0],
  );
  const draw = draws(problem, random);
  const measured = effectiveSampleSize(Float64Array.from({ length: episodes }, () => rho[draw()])) / episodes;
  // log share = 2 log mean(rho) - log mean(rho^2); its derivative is 2 (rho - 1) - (rho^2 / E rho^2 - 1).
  const variance = rho.reduce((sum, w, i) => {
    const influence = 2 * (w - 1) - ((w * w) / squared - 1);
    return sum + problem.probability[i] * influence * influence;
  }, 0);
  return { effective: 1 / squared, measured, strays: Math.sqrt(variance / episodes) };
}

export function atDistances(rows: readonly Row[]): Evidence {
  const [nearest, farthest] = [rows[0], rows[rows.length - 1]];
  const z = normalQuantile(level / scales.length);
  // Where the effective share strays little, its normal approximation is good; farther out the weights' own moments explode.
  const testable = rows.filter(({ strays }) => strays < 0.05);
  return {
    findings: [
      {
        text: 'the trajectory and the per-decision ratio are unbiased at every distance, to rounding',
        holds: rows.every(({ exact }) => exact.every(({ bias, rounding }, i) => !list[i].unbiased || bias <= rounding)),
      },
      {
        text: 'no ratio, the truncated, the clipped and the self-normalised one are biased, more at the largest distance than at the smallest',
        holds:
          nearest.exact.every(({ bias }, i) => list[i].unbiased || (bias > 1e-9 && farthest.exact[i].bias > bias)) &&
          farthest.normalised > nearest.normalised,
      },
      {
        text: `the effective sample size of ${count(episodes)} episodes is what enumeration predicts, at the ${testable.length} nearest policies`,
        holds:
          testable.length >= 3 &&
          testable.every(({ effective, measured, strays }) => {
            return Math.abs(log(measured / effective)) <= z * strays + strays * strays * z * z;
          }),
      },
    ],
    tables: tables(rows),
    plots: plots(rows),
  };
}

function tables(rows: readonly Row[]) {
  const columns = ['KL', ...rows.map(({ kl }) => figures(kl))];
  const row = (name: string, cell: (row: Row) => string) => [name, ...rows.map(cell)];
  return [
    {
      title: 'Bias, enumerated, against the distance of the acting policy',
      columns,
      rows: [
        row('effective share', ({ effective }) => share(effective)),
        row(`measured, ${count(episodes)} episodes`, ({ measured }) => share(measured)),
        ...list.map(({ name }, i) => row(name, ({ exact }) => share(exact[i].bias))),
        row('self-normalised, n = 2', ({ normalised }) => share(normalised)),
      ],
      note: '|bias| / |∇J|. Far out the measured share flatters: the heaviest weights were never drawn. The self-normalised ratio is enumerated over all batches of two episodes of at most two steps.',
    },
    {
      title: 'Root mean square of one estimate, enumerated, as a share of |∇J|',
      columns,
      rows: list.map(({ name }, i) => row(name, ({ exact }) => figures(exact[i].size))),
      note: 'What a ratio without bias costs in variance, and what cutting it off saves.',
    },
  ];
}

function plots(rows: readonly Row[]): Chart[] {
  const x = { label: 'KL(new policy | old policy) of whole trajectories', log: true };
  const series = (label: string, y: (row: Row) => number, look: Partial<Series>): Series => ({
    label,
    x: rows.map(({ kl }) => kl),
    y: rows.map(y),
    ...look,
  });
  const curve = { line: true, points: true };
  return [
    {
      title: 'Effective share against the distance of the policies',
      x,
      y: { label: 'effective share of the episodes', log: true },
      series: [
        series('exact, 1 / E ρ²', ({ effective }) => effective, { line: true }),
        series(`measured, ${count(episodes)} episodes`, ({ measured }) => measured, { points: true }),
        series('at most exp(−KL)', ({ kl }) => exp(-kl), { line: true, dash: [7, 5] }),
      ],
    },
    {
      title: 'Bias against the distance of the policies',
      x,
      y: { label: '|bias| / |∇J|', log: true },
      series: [
        ...list.flatMap(({ name, unbiased }, i) =>
          unbiased ? [] : [series(name, ({ exact }) => exact[i].bias, curve)],
        ),
        series('self-normalised, n = 2', ({ normalised }) => normalised, curve),
      ],
    },
  ];
}
