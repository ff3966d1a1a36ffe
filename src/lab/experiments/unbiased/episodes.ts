import type { Random } from '../../../../envs/math/random.ts';
import { count } from '../../../report/format.ts';
import { hotelling } from '../../../statistics/chi-square.ts';
import { length } from '../../../statistics/matrix.ts';
import { momentsOf } from '../../../statistics/moments.ts';
import { fittedBaselines } from '../../baselines.ts';
import { counts, earlierBaselines, enumerated, estimates, exactBias } from '../../enumerated.ts';
import { offPolicy, onPolicy } from '../../estimators.ts';
import { actingTheta, critic, smallMdp, smallTheta } from '../../problems.ts';
import { familyLevel, planted, plantedFound, samplesNeeded, statements, type Tested, testTable } from './tests.ts';

/** Estimators of an episode of the MDP, enumerated and played. */
export function onMdp(streams: (use: number) => Random) {
  const baselines = earlierBaselines(smallMdp, smallTheta, streams(0));
  const own = enumerated(smallMdp, smallTheta, { critic, baselines });
  const other = enumerated(smallMdp, smallTheta, { acting: actingTheta });
  const groups = [
    { problem: own, acting: smallTheta, list: [...onPolicy(smallMdp.gamma, fittedBaselines), planted] },
    { problem: other, acting: actingTheta, list: offPolicy(smallMdp.gamma) },
  ];
  const alpha = familyLevel / groups.reduce((sum, { list }) => sum + list.length, 0);
  const size = length(own.gradient);
  const rows = groups.flatMap(({ problem, acting, list }, k) => {
    const exact = list.map((estimator) => exactBias(problem, estimator));
    const n = Math.max(...exact.map(({ moments }) => samplesNeeded(size, moments.covariance, alpha)));
    const seen = counts(problem, acting, n, streams(1 + k));
    return list.map((estimator, i): Tested => {
      const { bias, moments, rounding } = exact[i];
      const measured = momentsOf(estimates(problem, estimator), seen, n);
      const asEnumerated = hotelling(measured, moments.mean).p >= alpha;
      const { p } = hotelling(measured, problem.gradient);
      return { estimator, bias, n, p, holds: asEnumerated && bias <= rounding === estimator.unbiased };
    });
  });
  return {
    rows,
    findings: [
      ...statements('on the MDP', rows, 'each has a bias, and what was measured agrees with the enumerated one'),
      plantedFound('on the MDP', rows, alpha),
    ],
    tables: [
      testTable(
        `Enumerable MDP: ${count(own.paths.length)} trajectories, ${own.gradient.length} parameters`,
        rows,
        alpha,
        'Bias by the sum over all trajectories; p of T² of the played episodes against ∇J. Their number finds a bias of 3 % of |∇J|, in the direction that is hardest, with 99 % power: n = λ · (largest eigenvalue of the enumerated covariance) / (0.03 |∇J|)², λ the noncentrality that χ² needs. Each mean was also held to the enumerated one.',
      ),
    ],
  };
}
