import { log, tanh } from '../../../envs/math/kernels.ts';
import { DiagonalGaussian } from './diagonal.ts';
import type { Actions, Derivative, DistributionEntry } from './types.ts';

/** The largest float32 below 1: what an action is taken for that float32 has rounded to the edge of the box. */
const edge = 1 - 1 / 16777216;

const inside = (a: number) => Math.min(Math.max(a, -edge), edge);

/** u = artanh(a) */
const unsquash = (act: Actions) => Float64Array.from(act, (a) => 0.5 * log((1 + inside(a)) / (1 - inside(a))));

/**
 * a = tanh(u) with u a diagonal Gaussian: actions never leave the box (-1, 1), and the density is exact,
 * log pi(a | s) = log N(u; mu, sigma) - sum_j log(1 - a_j^2) (Haarnoja et al. 2018, appendix C). Divergence and Fisher information are
 * those of u, because tanh is a bijection that does not depend on theta.
 */
class SquashedGaussian extends DiagonalGaussian {
  override readonly squashed = true;

  override mode(y: Float64Array, n: number): Float64Array {
    return super.mode(y, n).map(tanh);
  }

  override sample(y: Float64Array, phi: Float64Array, noise: Float64Array, n: number): Float32Array {
    const mean = super.mode(y, n);
    const sigma = this.scale(y, phi, n);
    return Float32Array.from(noise, (e, k) => inside(tanh(mean[k] + sigma[k] * e)));
  }

  override logProbability(act: Actions, y: Float64Array, phi: Float64Array, n: number): Float64Array {
    const out = super.logProbability(unsquash(act), y, phi, n);
    act.forEach((a, k) => {
      out[Math.floor(k / this.actions)] -= log((1 - inside(a)) * (1 + inside(a)));
    });
    return out;
  }

  override score(act: Actions, y: Float64Array, phi: Float64Array, weight: Float64Array): Derivative {
    return super.score(unsquash(act), y, phi, weight);
  }
}

export const squashedGaussian: DistributionEntry = {
  name: 'squashed',
  description: 'tanh of a Gaussian with a learned diagonal covariance',
  create: (actions) => new SquashedGaussian(actions, 'shared'),
};
