import type { Random } from '../../../envs/math/random.ts';
import type { Baseline } from '../../baselines/types.ts';
import { fitted, fittedBaselines, linearFit } from '../baselines.ts';
import { addScores } from '../enumerated.ts';
import { type Estimator, ofBatch, offPolicy, onPolicy, selfNormalised } from '../estimators.ts';
import { createPlayer, gradient as lqrGradient, type Played } from '../lqr.ts';
import { lqrActing, lqrCritic, lqrTheta, smallLqr } from '../problems.ts';
import { distance, integer, length } from '../section.ts';
import { Accumulator, hotelling, type Moments, samplesToFind } from '../statistics.ts';
import { familyLevel, findable, type Judged, planted, plantedFound, statements, tableOf } from './judged.ts';

const batchSize = 4;
/** Episodes before the first look at the covariance. */
const firstSize = 48_000;
/** Episodes for an estimator that theory calls biased: it need not be shown unbiased. */
const biasedSize = 200_000;

/** The linear-quadratic problem: its gradient is closed-form, its episodes are played. */
export function onLqr(streams: (use: number) => Random) {
  const { gamma, horizon } = smallLqr;
  const truth = lqrGradient(smallLqr, lqrTheta);
  const size = length(truth);
  const before = createPlayer(smallLqr, lqrTheta, lqrTheta);
  const random = streams(3);
  const earlier = Array.from({ length: 300 }, () => before(random).episode);
  const baselines = new Map(fittedBaselines.map((name) => [name, fitted(name, earlier, gamma, horizon, 3)]));
  const time = Int32Array.from({ length: horizon }, (_, t) => t);
  const baseline = (name: string, features: Float64Array) => (baselines.get(name) as Baseline).predict(features, time);
  const own = createPlayer(smallLqr, lqrTheta, lqrTheta, { critic: lqrCritic, baseline });
  const groups = [
    { play: own, list: [...onPolicy(gamma, fittedBaselines), planted, ...ofBatch(gamma, batchSize, linearFit)] },
    {
      play: createPlayer(smallLqr, lqrTheta, lqrActing, { critic: lqrCritic }),
      list: [...offPolicy(gamma), selfNormalised(gamma, batchSize)],
    },
  ];
  const alpha = familyLevel / groups.reduce((sum, { list }) => sum + list.length, 0);
  const judged = groups.flatMap(({ play, list }, k) => {
    const needed = ({ covariance }: Moments) => samplesToFind(findable.bias * size, covariance, alpha, findable.power);
    const enough = (estimator: Estimator, moments: Moments) =>
      estimator.unbiased || estimator === planted ? needed(moments) : biasedSize / estimator.size;
    return measure(play, list, enough, streams(4 + k)).map((moments, i): Judged => {
      const estimator = list[i];
      const { p } = hotelling(moments, truth);
      const bias = distance(moments.mean, truth) / size;
      const suffices = needed(moments) <= moments.count;
      const found = p < alpha;
      const evident = suffices && (estimator === planted || bias > findable.bias);
      return {
        estimator,
        bias,
        n: moments.count,
        p,
        holds: estimator.unbiased ? suffices && !found : found || !evident,
      };
    });
  });
  return {
    findings: [
      ...statements('on the linear-quadratic problem', judged, 'every bias that n suffices for is found'),
      plantedFound('on the linear-quadratic problem', judged, alpha),
    ],
    table: tableOf(
      `Linear-quadratic problem: full-covariance Gaussian, ${truth.length} parameters, ∇J by Riccati's and Lyapunov's recursions`,
      judged,
      alpha,
      `Bias as measured, so that of an unbiased estimator is noise. n episodes (or batches of ${batchSize}) of an unbiased one are enough for a bias of 3 % of |∇J|, in the hardest direction, to be found with 99 % power, by their own covariance. The biased have some ${integer(biasedSize)} episodes; a bias too small for that is not found.`,
    ),
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
  const accumulators = list.map(() => new Accumulator(lqrGradient(smallLqr, lqrTheta)));
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
