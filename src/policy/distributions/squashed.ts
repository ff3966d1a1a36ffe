import { log, tanh } from '../../../envs/math/kernels.ts';
import { diagonalGaussian } from './diagonal.ts';
import type { Actions, Distribution, DistributionEntry } from './types.ts';

/** The largest float32 below 1: what an action is taken for that float32 has rounded to the edge of the box. */
const edge = 1 - 1 / 16777216;

/**
 * a = tanh(u) with u a diagonal Gaussian: actions never leave the box (-1, 1), and the density is exact,
 * log pi(a | s) = log N(u; mu, sigma) - sum_j log(1 - a_j^2) (Haarnoja et al. 2018, appendix C). Divergence and Fisher information are
 * those of u, because tanh is a bijection that does not depend on theta.
 */
function squash(gaussian: Distribution): Distribution {
  const inside = (a: number) => Math.min(Math.max(a, -edge), edge);
  /** u = artanh(a) */
  const unsquash = (act: Actions) => Float64Array.from(act, (a) => 0.5 * log((1 + inside(a)) / (1 - inside(a))));
  return {
    ...gaussian,
    squashed: true,
    mode: (y, n) => gaussian.mode(y, n).map(tanh),
    sample(y, phi, noise, n) {
      const mean = gaussian.mode(y, n);
      const sigma = gaussian.scale(y, phi, n);
      return Float32Array.from(noise, (e, k) => inside(tanh(mean[k] + sigma[k] * e)));
    },
    logProbability(act, y, phi, n) {
      const out = gaussian.logProbability(unsquash(act), y, phi, n);
      act.forEach((a, k) => {
        out[Math.floor(k / gaussian.actions)] -= log((1 - inside(a)) * (1 + inside(a)));
      });
      return out;
    },
    score: (act, y, phi, weight) => gaussian.score(unsquash(act), y, phi, weight),
  };
}

export const squashedGaussian: DistributionEntry = {
  name: 'squashed',
  description: 'tanh of a Gaussian with a learned diagonal covariance',
  create: (actions, logSigma) => squash(diagonalGaussian.create(actions, logSigma)),
};
