import type { TrainOptions } from './options.ts';

/** The policy and the baseline of a training run, as they are handed to `train`: `policy: gaussian({ hiddenWidth: 32 })`. */

type Size = Partial<Pick<TrainOptions, 'initialLogSigma' | 'hiddenWidth' | 'hiddenLayers'>>;

export type PolicyChoice = Pick<TrainOptions, 'policy'> & Size;

export type BaselineChoice = Pick<TrainOptions, 'baseline'>;

/**
 * pi(a | s) = N(mu(s), Sigma), mu a multilayer perceptron.
 * @param covariance Sigma: one sigma for each action (diagonal), the same that is not learned (fixed), one that the network
 * says (state-diagonal), or a full covariance (full)
 */
export function gaussian({
  covariance = 'diagonal',
  ...size
}: Size & { readonly covariance?: 'diagonal' | 'fixed' | 'state-diagonal' | 'full' } = {}): PolicyChoice {
  return { policy: covariance, ...size };
}

/** The tanh of a diagonal Gaussian: its actions stay within their bounds. */
export function squashedGaussian(size: Size = {}): PolicyChoice {
  return { policy: 'squashed', ...size };
}

/** b = 0 */
export function noBaseline(): BaselineChoice {
  return { baseline: 'none' };
}

/** b: the mean return. */
export function meanBaseline(): BaselineChoice {
  return { baseline: 'mean' };
}

/** b(t): the mean return of each step. */
export function perStepBaseline(): BaselineChoice {
  return { baseline: 'per-step' };
}

/** b(s): linear in features of the state. */
export function linearBaseline(): BaselineChoice {
  return { baseline: 'linear' };
}

/** b(s) = V(s), a network of its own: the critic. */
export function valueNetwork(): BaselineChoice {
  return { baseline: 'value' };
}
