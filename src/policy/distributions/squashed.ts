import { exp, log, tanh } from '../../../envs/math/kernels.ts';
import { DiagonalGaussian } from './diagonal.ts';
import type { Actions, DistributionEntry } from './types.ts';

/** The largest float32 below 1. */
const edge = 1 - 1 / 16777216;

const inside = (a: number) => Math.min(Math.max(a, -edge), edge);

/** log(1 - tanh(u)^2) = 2 (log 2 - |u| - log(1 + exp(-2 |u|))), which stays exact where the tanh rounds to 1. */
const logSlope = (u: number) => 2 * (log(2) - Math.abs(u) - log(1 + exp(-2 * Math.abs(u))));

/**
 * a = tanh(u) with u a diagonal Gaussian: actions never leave the box (-1, 1), and the density is exact,
 * log pi(a | s) = log N(u; mu, sigma) - sum_j log(1 - a_j^2) (Haarnoja et al. 2018, appendix C). Score, divergence and Fisher information
 * are those of u, because tanh is a bijection that does not depend on theta.
 */
class SquashedGaussian extends DiagonalGaussian {
  override readonly squashed = true;

  override mode(y: Float64Array, n: number): Float64Array {
    return super.mode(y, n).map(tanh);
  }

  override actionsOf(sampled: Float32Array): Float32Array {
    return sampled.map((u) => inside(tanh(u)));
  }

  override logProbability(act: Actions, y: Float64Array, phi: Float64Array, n: number): Float64Array {
    const out = super.logProbability(act, y, phi, n);
    act.forEach((u, k) => {
      out[Math.floor(k / this.actions)] -= logSlope(u);
    });
    return out;
  }
}

export const squashedGaussian: DistributionEntry = {
  name: 'squashed',
  description: 'tanh of a Gaussian with a learned diagonal covariance',
  create: (actions) => new SquashedGaussian(actions, 'shared'),
};
