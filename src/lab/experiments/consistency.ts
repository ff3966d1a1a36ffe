import { log } from '../../../envs/math/kernels.ts';
import type { Random } from '../../../envs/math/random.ts';
import { count, figures, share } from '../../report/format.ts';
import { normalQuantile } from '../../statistics/chi-square.ts';
import { distance, length, multiply, trace } from '../../statistics/matrix.ts';
import { type Moments, momentsOf, slopeOf } from '../../statistics/moments.ts';
import { draws, type Enumerated, enumerated, estimates } from '../enumerated.ts';
import { type Estimator, onPolicy, pick } from '../estimators.ts';
import { type Evidence, experiment } from '../experiment.ts';
import { smallMdp, smallTheta, streamsOf } from '../problems.ts';

/** Trajectories in an estimate: three decades. */
const sizes = [30, 100, 300, 1000, 3000, 10_000, 30_000];
/** Estimates of each size. */
const repetitions = 40;
/** Probability that a bound fails though theory is right. */
const level = 1e-6;

export const consistency = experiment({
  name: 'consistency',
  description: 'the error falls as N to the power -1/2',
  title: 'Consistency',
  claim: 'The error of the mean of N trajectories falls as N to the power −1/2. A biased estimator stops at its bias.',
  equations: ['E |ḡ − ∇J|² = tr Cov(g) / N + |E g − ∇J|²'],
  evidence(seed) {
    const streams = streamsOf(seed, 2);
    const list = pick(onPolicy(smallMdp.gamma, []), 'full return', 'reward-to-go', 'to-go without γᵗ');
    const problem = enumerated(smallMdp, smallTheta);
    return [evidenceOf(list.map((estimator, k) => measure(problem, estimator, streams(k))))];
  },
});

type Line = ReturnType<typeof measure>;

function evidenceOf(lines: readonly Line[]): Evidence {
  const z = normalQuantile(level / (lines.length * (sizes.length + 1)));
  const slopes = lines
    .filter(({ estimator }) => estimator.unbiased)
    .map(({ estimator: { name }, rms, strays }) => ({ name, ...slopeOf(sizes.map(log), rms.map(log), strays) }));
  const floor = lines[lines.length - 1];
  return {
    findings: [
      ...slopes.map(({ name, slope, deviation }) => ({
        text: `${name}: slope ${slope.toFixed(3).replace('-', '−')}, expected −0.5 ± ${(z * deviation).toFixed(3)}`,
        holds: Math.abs(slope + 0.5) <= z * deviation,
      })),
      {
        text: 'every error is what the enumerated covariance and bias predict, within bounds from its enumerated fourth moment',
        holds: lines.every(({ rms, expected, strays }) =>
          rms.every((value, i) => Math.abs(log(value / expected[i])) <= z * strays[i]),
        ),
      },
      {
        text: `to-go without γᵗ levels off at its bias, ${share(floor.bias)} of |∇J|`,
        holds: floor.rms[sizes.length - 1] > 0.9 * floor.bias,
      },
    ],
    tables: [
      {
        title: `Root mean square error of ${repetitions} estimates, as a share of |∇J|`,
        columns: ['trajectories', ...lines.flatMap(({ estimator }) => [estimator.name, 'expected'])],
        rows: sizes.map((n, i) => [
          count(n),
          ...lines.flatMap(({ rms, expected }) => [figures(rms[i]), figures(expected[i])]),
        ]),
        note: `The slope's bound: each mean square strays by √(Var |e|² / ${repetitions}), which follows from the enumerated E|e|⁴, tr Σ and tr Σ²; the least-squares slope weighs these. ${figures(z)} deviations leave a chance of 1e-6 in all.`,
      },
    ],
    plots: [
      {
        title: 'Error against the number of trajectories',
        x: { label: 'trajectories N', log: true },
        y: { label: 'error / |∇J|', log: true },
        series: lines.flatMap(({ estimator: { name }, rms, expected }, i) => [
          { label: name, x: sizes, y: rms, points: true },
          { label: `${name}, expected`, x: sizes, y: expected, line: true, like: 2 * i },
        ]),
      },
    ],
  };
}

/**
 * Errors of the mean of N trajectories for every N, as shares of |grad J|: root mean square, its expectation, and how far its
 * logarithm strays.
 */
function measure(problem: Enumerated, estimator: Estimator, random: Random) {
  const size = length(problem.gradient);
  const vectors = estimates(problem, estimator);
  const exact = momentsOf(vectors, problem.probability);
  const bias = distance(exact.mean, problem.gradient) / size;
  const draw = draws(problem, random);
  const rms = sizes.map((n) => {
    let squares = 0;
    for (let k = 0; k < repetitions; k++) {
      const mean = new Float64Array(problem.gradient.length);
      for (let i = 0; i < n; i++) {
        const x = vectors[draw()];
        for (let j = 0; j < mean.length; j++) mean[j] += x[j] / n;
      }
      const error = distance(mean, problem.gradient) / size;
      squares += (error * error) / repetitions;
    }
    return Math.sqrt(squares);
  });
  const expected = sizes.map((n) => trace(exact.covariance) / size / size / n + bias * bias);
  // log of a root mean square strays by half of what the mean square does, relative to it.
  const strays = sizes.map(
    (n, i) =>
      Math.sqrt(squaredErrorVariance(exact, problem.gradient, n) / repetitions) / (expected[i] * size * size) / 2,
  );
  return { estimator, bias, rms, expected: expected.map(Math.sqrt), strays };
}

/**
 * Var |e + b|^2 of the mean e of n centred vectors with covariance Sigma, and bias b:
 * (E|x|^4 - (tr Sigma)^2 - 2 tr Sigma^2) / n^3 + 2 tr Sigma^2 / n^2 + 4 b^T Sigma b / n, and 4 E[|e|^2 b.e], which is of order
 * 1 / n^2 and at most 2 sqrt of the product of the other two.
 */
function squaredErrorVariance({ mean, covariance, fourth }: Moments, truth: Float64Array, n: number): number {
  const b = mean.map((value, i) => value - truth[i]);
  const total = trace(covariance);
  const squared = trace(multiply(covariance, covariance));
  const own = (fourth - total * total - 2 * squared) / (n * n * n) + (2 * squared) / (n * n);
  const shifted = covariance.reduce((sum, row, i) => sum + b[i] * row.reduce((inner, v, j) => inner + v * b[j], 0), 0);
  const cross = (4 * shifted) / n;
  return own + cross + 2 * Math.sqrt(own * cross);
}
