import type { ActorShape } from '../../../envs/trajectory.ts';

/**
 * A family of distributions over A actions. What a state s says of the distribution comes from the network, as outputs
 * y(s) [outputs]; what is the same in all states are parameters phi [shared] of its own. A policy's theta is the
 * network's parameters, then phi.
 *
 * Arrays over n rows are row-major: y [n, outputs], actions [n, A]. A squashed family samples u and acts by a = tanh(u): `act` below is
 * u then, because a float32 near the edge of the box no longer tells what it is the tanh of.
 */
export interface Distribution extends ActorShape {
  /** A */
  readonly actions: number;
  readonly outputs: number;
  readonly shared: number;
  /** The outputs' bias and phi of a first policy with this log sigma, uncorrelated and centred. */
  initial(logSigma: number): { bias: Float64Array; phi: Float64Array };
  /** The action to take when none is sampled [n, A]. */
  mode(y: Float64Array, n: number): Float64Array;
  /** Standard deviations [n, A], or lower Cholesky factors [n, A, A], of the Gaussian. */
  scale(y: Float64Array, phi: Float64Array, n: number): Float64Array;
  /** Samples [n, A] of the Gaussian for standard normal noise [n, A]. */
  sample(y: Float64Array, phi: Float64Array, noise: Float64Array, n: number): Float32Array;
  /** The actions that samples make [n, A]: their tanh where the family is squashed, else the samples themselves. */
  actionsOf(sampled: Float32Array): Float32Array;
  /** log pi(a | s) [n] */
  logProbability(act: Actions, y: Float64Array, phi: Float64Array, n: number): Float64Array;
  /** Gradient of sum_i w_i log pi(a_i | s_i) with respect to y [n, outputs] and phi [shared]. */
  score(act: Actions, y: Float64Array, phi: Float64Array, weight: Float64Array): Derivative;
  /** M v, M the Fisher information in y and phi, for one direction per row of y and one of phi; phi summed over the rows. */
  fisher(y: Float64Array, phi: Float64Array, direction: Derivative, n: number): Derivative;
  /** KL(p | q) [n] of the distributions of one family. */
  divergence(p: Outputs, q: Outputs, n: number): Float64Array;
  /** Gradient of sum_i w_i KL(p_i | q_i) with respect to q's outputs and phi. */
  divergenceGradient(p: Outputs, q: Outputs, weight: Float64Array): Derivative;
  /** Gradient of sum_i w_i H(pi( . | s_i)), H the entropy of the Gaussian, with respect to outputs and phi. */
  entropyGradient(weight: Float64Array): Derivative;
}

export interface Outputs {
  readonly y: Float64Array;
  readonly phi: Float64Array;
}

/** A direction in, or a gradient with respect to, outputs [n, outputs] and shared parameters [shared]. */
export interface Derivative {
  readonly y: Float64Array;
  readonly phi: Float64Array;
}

export interface DistributionEntry {
  readonly name: string;
  readonly description: string;
  create(actions: number, logSigma: number): Distribution;
}

/** Actions [n, A]; float32 as they are stored, float64 on the way through a transformation. */
export type Actions = Float32Array | Float64Array;
