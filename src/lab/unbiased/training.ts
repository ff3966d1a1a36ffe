import type { Random } from '../../../envs/math/random.ts';
import { lqrActing, lqrCritic, lqrTheta, smallLqr } from '../problems.ts';
import { figures } from '../section.ts';
import { compareWithTraining } from '../training.ts';

/** The options of `train` against the estimators that were proved, batch by batch. */
export function inTraining(streams: (use: number) => Random) {
  const rows = compareWithTraining(smallLqr, lqrTheta, lqrActing, lqrCritic, streams(20));
  const worst = Math.max(...rows.map(({ apart }) => apart));
  return {
    findings: [
      {
        text: `training, by its options, computes ${rows.length} of these estimators from the same episodes: ${figures(worst)} apart at most, the rounding of observations to float32`,
        // 2^-24 in every observation, of which a gradient is a sum of products that may cancel to a hundredth.
        holds: worst < 100 * 2 ** -24,
      },
    ],
    table: {
      title: 'The options of `armature train` that compute them',
      columns: ['estimator', 'options', 'apart, at most'],
      rows: rows.map(({ estimator, options, apart }) => [estimator.name, options, figures(apart)]),
      detail: 1,
      note: 'Beside --no-standardize --no-bootstrap --divide episodes. Difference of the two gradients relative to their length, over 20 batches of the linear-quadratic problem: what is proved above is what trains the arms.',
    },
  };
}
