import type { Random } from '../../../envs/math/random.ts';
import { fittedBaselines } from '../baselines.ts';
import { counts, type Enumerated, earlierBaselines, enumerated, estimates, exactMoments } from '../enumerated.ts';
import { offPolicy, onPolicy } from '../estimators.ts';
import { trace } from '../matrix.ts';
import { actingTheta, critic, smallMdp, smallTheta } from '../problems.ts';
import { distance, integer, length } from '../section.ts';
import { hotelling, type Moments, momentsOf, samplesToFind } from '../statistics.ts';
import { familyLevel, findable, type Judged, planted, plantedFound, statements, tableOf } from './judged.ts';

/** The largest relative error that summing over all paths can make by rounding: one half unit for each addition. */
export function rounding({ paths, gradient }: Enumerated, { mean, covariance }: Moments, terms = paths.length): number {
  return (terms * 2 ** -52 * Math.sqrt(trace(covariance) + length(mean) ** 2)) / length(gradient);
}

/** Estimators of an episode, enumerated and played. */
export function onMdp(streams: (use: number) => Random) {
  const baselines = earlierBaselines(smallMdp, smallTheta, streams(0));
  const own = enumerated(smallMdp, smallTheta, { critic, baselines });
  const other = enumerated(smallMdp, smallTheta, { acting: actingTheta });
  const groups = [
    { problem: own, acting: smallTheta, list: [...onPolicy(smallMdp.gamma, fittedBaselines), planted] },
    { problem: other, acting: actingTheta, list: offPolicy(smallMdp.gamma) },
  ];
  const tests = groups.reduce((sum, { list }) => sum + list.length, 0);
  const alpha = familyLevel / tests;
  const size = length(own.gradient);
  const judged = groups.flatMap(({ problem, acting, list }, k) => {
    const exact = list.map((estimator) => exactMoments(problem, estimator));
    const n = Math.max(
      ...exact.map(({ covariance }) => samplesToFind(findable.bias * size, covariance, alpha, findable.power)),
    );
    const seen = counts(problem, acting, n, streams(1 + k));
    return list.map((estimator, i): Judged => {
      const vectors = estimates(problem, estimator);
      const measured = momentsOf(vectors, seen, n);
      const bias = distance(exact[i].mean, problem.gradient) / size;
      const { p } = hotelling(measured, problem.gradient);
      const asEnumerated = hotelling(measured, exact[i].mean).p >= alpha;
      const isExact = bias <= rounding(problem, exact[i]);
      return { estimator, bias, n, p, holds: asEnumerated && isExact === estimator.unbiased };
    });
  });
  return {
    judged,
    findings: [
      ...statements('on the MDP', judged, 'each has a bias, and what was measured agrees with the enumerated one'),
      plantedFound('on the MDP', judged, alpha),
    ],
    table: tableOf(
      `Enumerable MDP: ${integer(own.paths.length)} trajectories, ${own.gradient.length} parameters`,
      judged,
      alpha,
      'Bias by the sum over all trajectories; p of T² of the played episodes against ∇J. Their number finds a bias of 3 % of |∇J|, in the direction that is hardest, with 99 % power: n = λ · (largest eigenvalue of the enumerated covariance) / (0.03 |∇J|)², λ the noncentrality that χ² needs. Each mean was also held to the enumerated one.',
    ),
  };
}
