import { count } from '../../../report/format.ts';
import { linearFit } from '../../baselines.ts';
import { enumerated, exactBias } from '../../enumerated.ts';
import { ofBatch, selfNormalised } from '../../estimators.ts';
import { actingTheta, shortMdp, smallTheta } from '../../problems.ts';
import { biasTable, statements } from './tests.ts';

/** Estimators of a whole batch, exact over all batches of two episodes of two steps. */
export function inBatches() {
  const own = enumerated(shortMdp, smallTheta);
  const other = enumerated(shortMdp, smallTheta, { acting: actingTheta });
  const n = own.paths.length ** 2;
  const rows = [
    ...ofBatch(shortMdp.gamma, 2, linearFit).map((estimator) => ({ estimator, problem: own })),
    { estimator: selfNormalised(shortMdp.gamma, 2), problem: other },
  ].map(({ estimator, problem }) => {
    const { bias, rounding } = exactBias(problem, estimator);
    return { estimator, bias, n, holds: bias <= rounding === estimator.unbiased };
  });
  return {
    rows,
    findings: statements('over all batches of two episodes', rows, 'each has a bias'),
    tables: [
      biasTable(
        `All ${count(n)} batches of two episodes of at most two steps`,
        rows,
        'A baseline that has seen the action it judges leans towards its return; one of the other episodes does not. The bias of two episodes is the worst case: it falls as 1/n.',
      ),
    ],
  };
}
