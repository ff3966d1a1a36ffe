import { linearFit } from '../baselines.ts';
import { enumerated, exactMoments } from '../enumerated.ts';
import { ofBatch, selfNormalised } from '../estimators.ts';
import { actingTheta, shortMdp, smallTheta } from '../problems.ts';
import { distance, integer, length, share } from '../section.ts';
import { statements } from './judged.ts';
import { rounding } from './mdp.ts';

/** Estimators of a whole batch, exact over all batches of two episodes of two steps. */
export function inBatches() {
  const own = enumerated(shortMdp, smallTheta);
  const other = enumerated(shortMdp, smallTheta, { acting: actingTheta });
  const rows = [
    ...ofBatch(shortMdp.gamma, 2, linearFit).map((estimator) => ({ estimator, problem: own })),
    { estimator: selfNormalised(shortMdp.gamma, 2), problem: other },
  ].map(({ estimator, problem }) => {
    const exact = exactMoments(problem, estimator);
    const bias = distance(exact.mean, problem.gradient) / length(problem.gradient);
    const isExact = bias <= rounding(problem, exact, problem.paths.length ** 2);
    return { estimator, bias, n: problem.paths.length ** 2, p: Number.NaN, holds: isExact === estimator.unbiased };
  });
  return {
    judged: rows,
    findings: statements('over all batches of two episodes', rows, 'each has a bias'),
    table: {
      title: `All ${integer(rows[0].n)} batches of two episodes of at most two steps`,
      columns: ['estimator', 'weight of ∇ log π(aₜ | sₜ)', 'theory', '|bias| / |∇J|'],
      detail: 1,
      rows: rows.map(({ estimator, bias }) => [
        estimator.name,
        estimator.formula,
        estimator.unbiased ? 'unbiased' : 'biased',
        share(bias),
      ]),
      note: 'A baseline that has seen the action it judges leans towards its return; one of the other episodes does not. The bias of two episodes is the worst case: it falls as 1/n.',
    },
  };
}
