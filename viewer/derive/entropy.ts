import type { Trajectory } from '../../envs/types.ts';

/** Entropy of a Gaussian, from the product of the standard deviations or of the Cholesky factor's diagonal, nats. */
export function entropy({ scale, mean, steps }: Trajectory, t: number): number {
  const width = mean.length / steps;
  const columns = scale.length / mean.length;
  let sum = 0;
  for (let k = 0; k < width; k++) {
    sum += Math.log(columns === 1 ? scale[t * width + k] : scale[(t * width + k) * columns + k]);
  }
  return sum + (width / 2) * Math.log(2 * Math.PI * Math.E);
}
