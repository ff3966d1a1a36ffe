import type { Trajectory } from '../../envs/types.ts';
import { squashedEntropy, unsquash } from './squash.ts';

/**
 * Entropy of a Gaussian, from the product of the standard deviations or of the Cholesky factor's diagonal, nats.
 * @param squashed whether it is that of actions that are tanh of the Gaussian
 */
export function entropy({ scale, mean, steps }: Trajectory, t: number, squashed = false): number {
  const width = mean.length / steps;
  const columns = scale.length / mean.length;
  let sum = 0;
  for (let k = t * width; k < (t + 1) * width; k++) {
    const sigma = columns === 1 ? scale[k] : scale[k * columns + (k - t * width)];
    sum += Math.log(sigma) + (squashed ? squashedEntropy(unsquash(mean[k]), sigma) : 0);
  }
  return sum + (width / 2) * Math.log(2 * Math.PI * Math.E);
}
