import type { Random } from '../../../../envs/math/random.ts';
import { count } from '../../../report/format.ts';
import { hotelling } from '../../../statistics/chi-square.ts';
import { distance, length } from '../../../statistics/matrix.ts';
import { Accumulator, type Moments } from '../../../statistics/moments.ts';
import { timeSteps } from '../../../train/batch.ts';
import { fittedBaselines, linearFit } from '../../baselines.ts';
import { addScores } from '../../enumerated.ts';
import { type Estimator, ofBatch, offPolicy, onPolicy, selfNormalised } from '../../estimators.ts';
import type { Evidence } from '../../experiment.ts';
import { gradient } from '../../lqr.ts';
import { createPlayer, earlierBaselines, type Played } from '../../lqr-player.ts';
import { lqrActing, lqrCritic, lqrTheta, smallLqr } from '../../problems.ts';
import {
  familyLevel,
  findable,
  planted,
  plantedFound,
  samplesNeeded,
  statements,
  type Tested,
  testTable,
} from './tests.ts';

const batchSize = 4;
/** Episodes before the first look at the covariance. */
const firstSize = 48_000;
/** Episodes for an estimator that theory calls biased: it need not be shown unbiased. */
const biasedSize = 200_000;

/** The linear-quadratic problem: its gradient is closed-form, its episodes are played. */
export function onLqr(streams: (use: number) => Random): Evidence {
  const { gamma, horizon } = smallLqr;
  const truth = gradient(smallLqr, lqrTheta);
  const size = length(truth);
  const baselines = earlierBaselines(smallLqr, lqrTheta, streams(3), 300);
  const time = timeSteps(horizon);
  const baseline = (name: string, features: Float64Array) => baselines[name].predict(features, time);
  const fits = { critic: lqrCritic, baseline };
  const groups = [
    {
      play: createPlayer(smallLqr, lqrTheta, lqrTheta, fits),
      list: [...onPolicy(gamma, fittedBaselines), planted, ...ofBatch(gamma, batchSize, linearFit)],
    },
    {
      play: createPlayer(smallLqr, lqrTheta, lqrActing, fits),
      list: [...offPolicy(gamma), selfNormalised(gamma, batchSize)],
    },
  ];
  const alpha = familyLevel / groups.reduce((sum, { list }) => sum + list.length, 0);
  const needed = ({ covariance }: Moments) => samplesNeeded(size, covariance, alpha);
  const enough = (estimator: Estimator, moments: Moments) =>
    estimator.unbiased || estimator === planted ? needed(moments) : biasedSize / estimator.size;
  const rows = groups.flatMap(({ play, list }, k) =>
    measure(play, list, enough, streams(4 + k)).map((moments, i): Tested => {
      const estimator = list[i];
      const { p } = hotelling(moments, truth);
      const bias = distance(moments.mean, truth) / size;
      const suffices = needed(moments) <= moments.count;
      const isFound = p < alpha;
      const isEvident = suffices && (estimator === planted || bias > findable.bias);
      const holds = estimator.unbiased ? suffices && !isFound : isFound || !isEvident;
      return { estimator, bias, n: moments.count, p, holds };
    }),
  );
  return {
    findings: [
      ...statements('on the linear-quadratic problem', rows, 'every bias that n suffices for is found'),
      plantedFound('on the linear-quadratic problem', rows, alpha),
    ],
    tables: [
      testTable(
        `Linear-quadratic problem: full-covariance Gaussian, ${truth.length} parameters, ∇J by Riccati's and Lyapunov's recursions`,
        rows,
        alpha,
        `Bias as measured, so that of an unbiased estimator is noise. n episodes (or batches of ${batchSize}) of an unbiased one are enough for a bias of 3 % of |∇J|, in the hardest direction, to be found with 99 % power, by their own covariance. The biased have some ${count(biasedSize)} episodes; a bias too small for that is not found.`,
      ),
    ],
  };
}

/**
 * Moments of each estimator over as many of its batches as are enough by its own covariance so far; all see the same
 * episodes. When to stop depends on the covariance alone, which leaves the test's level what it is for large n (Chow and
 * Robbins 1965).
 */
function measure(
  play: (random: Random) => Played,
  list: readonly Estimator[],
  enough: (estimator: Estimator, moments: Moments) => number,
  random: Random,
): Moments[] {
  const accumulators = list.map(() => new Accumulator(gradient(smallLqr, lqrTheta)));
  const block = Math.max(...list.map(({ size }) => size));
  const left = list.map(({ size }) => firstSize / size);
  const estimate = new Float64Array(lqrTheta.length);
  while (left.some((n) => n > 0)) {
    const played = Array.from({ length: block }, () => play(random));
    list.forEach((estimator, i) => {
      for (let at = 0; at + estimator.size <= block && left[i] > 0; at += estimator.size) {
        const batch = played.slice(at, at + estimator.size);
        const weights = estimator.weights(batch.map(({ episode }) => episode));
        estimate.fill(0);
        batch.forEach(({ scores }, k) => {
          addScores(weights[k], scores, estimate);
        });
        accumulators[i].add(estimate);
        left[i]--;
        if (left[i] > 0) continue;
        const moments = accumulators[i].moments();
        const wanted = enough(estimator, moments);
        // A fiftieth more than the covariance asks for now, which will have moved by then.
        if (moments.count < wanted) left[i] = Math.ceil(1.02 * wanted - moments.count);
      }
    });
  }
  return accumulators.map((accumulator) => accumulator.moments());
}
