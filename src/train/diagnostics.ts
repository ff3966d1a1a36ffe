import { log } from '../../envs/math/kernels.ts';
import { mean } from '../algorithms/step.ts';
import type { Outputs } from '../policy/distributions/types.ts';
import type { Policy } from '../policy/policy.ts';

/** What tells of an update whether it went well, whatever the algorithm. */

/**
 * Entropy of the Gaussian, mean over n states, nats: A / 2 (1 + log 2 pi) + sum_j log sigma_j, sigma the diagonal of the Cholesky factor
 * where there is one. Of a squashed family that of what the actions are the tanh of.
 */
export function meanEntropy({ distribution }: Policy, { y, phi }: Outputs, n: number): number {
  const { actions, scaleSize } = distribution;
  const scale = distribution.scale(y, phi, n);
  let sum = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < actions; j++) sum += log(scale[i * scaleSize + (scaleSize > actions ? j * (actions + 1) : j)]);
  }
  return (actions / 2) * (1 + log(2 * Math.PI)) + sum / n;
}

/** 1 - Var(target - predicted) / Var(target): 1 is all of it, 0 no more than a constant tells; 0 where targets do not vary. */
export function explainedVariance(targets: Float64Array, predicted: Float64Array): number {
  const whole = variance(targets);
  return whole > 0 ? 1 - variance(targets.map((target, i) => target - predicted[i])) / whole : 0;
}

function variance(values: Float64Array): number {
  const middle = mean(values);
  return mean(values.map((value) => (value - middle) * (value - middle)));
}
