import { dot } from '../../../../envs/math/dot.ts';
import type { Random } from '../../../../envs/math/random.ts';
import { discounts } from '../../../estimators/returns.ts';
import { figures } from '../../../report/format.ts';
import { trace } from '../../../statistics/matrix.ts';
import { momentsOf } from '../../../statistics/moments.ts';
import { addScores, type Enumerated, enumerated, estimates } from '../../enumerated.ts';
import { type Estimator, onPolicy, pick } from '../../estimators.ts';
import type { Evidence } from '../../experiment.ts';
import { randomMdp, randomTheta } from '../../mdp.ts';

/** Processes drawn at random, for what is to hold for all. */
const processes = 200;

/** The best constant baseline, over many processes and two estimators. */
export function optimalBaselines(random: Random): Evidence {
  const found = Array.from({ length: processes }, () => {
    const mdp = randomMdp(random, { horizon: 3, actions: 2 });
    const problem = enumerated(mdp, randomTheta(mdp, random));
    const list = pick(onPolicy(mdp.gamma, []), 'full return', 'reward-to-go');
    return list.map((estimator) => optimalBaseline(problem, estimator));
  }).flat();
  const left = found.map(({ optimal, none }) => optimal / none);
  return {
    findings: [
      {
        text: `the optimal constant baseline is never worse than none, in ${processes} processes drawn at random; at best it leaves ${figures(100 * Math.min(...left))} % of the variance`,
        holds: Math.max(...left) <= 1 + 1e-12,
      },
      {
        text: 'nor is any other constant better than it: moved by a tenth either way, the variance grows in all of them',
        holds: found.every(({ optimal, moved }) => moved.every((variance) => variance / optimal > 1)),
      },
    ],
  };
}

/** The variance with no baseline, with the best constant, and with that moved by a tenth either way. */
function optimalBaseline(problem: Enumerated, estimator: Estimator) {
  const { probability, episodes, scores, gradient, mdp } = problem;
  const without = estimates(problem, estimator);
  // What a baseline of 1 takes away: z for the full return, sum_t gamma^t grad log pi for reward-to-go.
  const taken = episodes.map(({ reward }, i) => {
    const out = new Float64Array(gradient.length);
    const isFull = estimator.name === 'full return';
    addScores(isFull ? reward.map(() => 1) : discounts(mdp.gamma, reward.length), scores[i], out);
    return out;
  });
  const expected = (of: (i: number) => number) => probability.reduce((sum, p, i) => sum + p * of(i), 0);
  // For the full return g = z G, and this is E[|z|^2 G] / E[|z|^2].
  const best = expected((i) => dot(taken[i], without[i])) / expected((i) => dot(taken[i], taken[i]));
  const varianceAt = (b: number) => {
    const vectors = without.map((g, i) => g.map((value, j) => value - b * taken[i][j]));
    return trace(momentsOf(vectors, probability).covariance);
  };
  return { none: varianceAt(0), optimal: varianceAt(best), moved: [varianceAt(1.1 * best), varianceAt(0.9 * best)] };
}
