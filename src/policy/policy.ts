import { dot } from '../../envs/math/dot.ts';
import { log } from '../../envs/math/kernels.ts';
import type { Random } from '../../envs/math/random.ts';
import type { Derivative, Distribution, Outputs } from './distributions/types.ts';
import type { NetBackend, Widths } from './network/types.ts';

/**
 * pi_theta(a | s): a distribution over actions whose outputs come from a multilayer perceptron of the normalised
 * observation. theta [P] holds the network's parameters, then the distribution's shared ones.
 *
 * Derivatives are taken at the rows of the last call of `outputs`.
 */
export interface Policy {
  readonly widths: Widths;
  /** P */
  readonly size: number;
  readonly distribution: Distribution;
  /** What the network says of normalised observations x [n, O]; views that the next call overwrites. */
  outputs(theta: Float64Array, x: Float64Array, n: number): Outputs;
  /** J^T u [P], J the derivative of outputs and shared parameters with respect to theta. */
  pullBack(u: Derivative): Float64Array;
  /** J v for v [P]. */
  pushForward(v: Float64Array): Derivative;
}

export function createPolicy(
  backend: NetBackend,
  obsSize: number,
  hidden: readonly number[],
  distribution: Distribution,
): Policy {
  const widths = [obsSize, ...hidden, distribution.outputs];
  const network = backend.network(widths);
  const size = network.size + distribution.shared;
  return {
    widths,
    size,
    distribution,
    outputs: (theta, x, n) => ({
      y: network.forward(theta.subarray(0, network.size), x, n),
      phi: theta.subarray(network.size),
    }),
    pullBack({ y, phi }) {
      const out = new Float64Array(size);
      out.set(network.vjp(y));
      out.set(phi, network.size);
      return out;
    },
    pushForward: (v) => ({ y: network.jvp(v.subarray(0, network.size)), phi: v.subarray(network.size) }),
  };
}

/** What the policy says of normalised observations x [n, O], kept where the next call would overwrite it. */
export function keptOutputs(policy: Policy, theta: Float64Array, x: Float64Array, n: number): Outputs {
  const { y, phi } = policy.outputs(theta, x, n);
  return { y: y.slice(), phi: phi.slice() };
}

/** KL(before | after), mean over n states, nats. */
export function meanDivergence({ distribution }: Policy, before: Outputs, after: Outputs, n: number): number {
  return distribution.divergence(before, after, n).reduce((sum, value) => sum + value, 0) / n;
}

/**
 * Entropy of the Gaussian in n states [n], nats: A / 2 (1 + log 2 pi) + sum_j log sigma_j, sigma the diagonal of the Cholesky factor
 * where there is one. Of a squashed family that of what the actions are the tanh of.
 */
export function entropies({ distribution }: Policy, { y, phi }: Outputs, n: number): Float64Array {
  const { actions, scaleSize } = distribution;
  const scale = distribution.scale(y, phi, n);
  const constant = (actions / 2) * (1 + log(2 * Math.PI));
  return Float64Array.from({ length: n }, (_, i) => {
    let sum = constant;
    for (let j = 0; j < actions; j++) sum += log(scale[i * scaleSize + (scaleSize > actions ? j * (actions + 1) : j)]);
    return sum;
  });
}

/** Initial theta [P]: orthogonal weights, a last layer near zero, and the spread of a first policy with this log sigma. */
export function initialTheta({ widths, size, distribution }: Policy, random: Random, logSigma: number): Float64Array {
  const { bias, phi } = distribution.initial(logSigma);
  const theta = new Float64Array(size);
  const network = initialParameters(widths, random, 0.01);
  theta.set(network);
  theta.set(bias, network.length - bias.length);
  theta.set(phi, network.length);
  return theta;
}

/**
 * sum_i w_i grad_theta log pi(a_i | s_i) [P]: minus the gradient of the pseudo-loss -sum_i w_i log pi(a_i | s_i), from which
 * automatic differentiation takes a policy gradient.
 */
export function weightedScore(
  policy: Policy,
  theta: Float64Array,
  x: Float64Array,
  act: Float32Array,
  weight: Float64Array,
): Float64Array {
  const { y, phi } = policy.outputs(theta, x, weight.length);
  return policy.pullBack(policy.distribution.score(act, y, phi, weight));
}

/**
 * Adds `bonus` times the gradient of the entropy sum_i w_i H(pi_theta( . | s_i)) to a gradient [P], in place: what keeps exploring is
 * worth something by itself (Williams and Peng 1991). The states are those of the last call of `outputs`.
 */
export function addEntropyGradient(policy: Policy, g: Float64Array, weight: Float64Array, bonus: number): void {
  if (bonus === 0) return;
  policy.pullBack(policy.distribution.entropyGradient(weight)).forEach((value, i) => {
    g[i] += bonus * value;
  });
}

/** F v [P], F the Fisher information averaged over the n rows of the last call of `outputs`: exact, J^T M J v / n. */
export function fisherProduct(policy: Policy, { y, phi }: Outputs, v: Float64Array): Float64Array {
  const n = y.length / policy.distribution.outputs;
  return policy.pullBack(policy.distribution.fisher(y, phi, policy.pushForward(v), n)).map((value) => value / n);
}

/**
 * Orthogonal initial weights with gain sqrt(2) for hidden layers (Saxe et al. 2014) and `lastGain` for the last one; no biases.
 */
export function initialParameters(widths: Widths, random: Random, lastGain: number): Float64Array {
  const parts: number[] = [];
  for (let layer = 0; layer + 1 < widths.length; layer++) {
    const [rows, columns] = [widths[layer], widths[layer + 1]];
    const gain = layer + 2 === widths.length ? lastGain : Math.SQRT2;
    for (const value of orthogonal(rows, columns, random)) parts.push(gain * value);
    for (let j = 0; j < columns; j++) parts.push(0);
  }
  return Float64Array.from(parts);
}

/** A random matrix [rows, columns] with orthonormal rows or columns, whichever are fewer (Gram and Schmidt, twice). */
function orthogonal(rows: number, columns: number, random: Random): Float64Array {
  const [count, length] = rows < columns ? [rows, columns] : [columns, rows];
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const v = Float64Array.from({ length }, () => random.normal());
    for (let pass = 0; pass < 2; pass++) for (const u of vectors) subtractAlong(u, v);
    const norm = Math.sqrt(dot(v, v));
    vectors.push(v.map((value) => value / norm));
  }
  const matrix = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) matrix[i * columns + j] = rows < columns ? vectors[i][j] : vectors[j][i];
  }
  return matrix;
}

/** v <- v - (u . v) u */
function subtractAlong(u: Float64Array, v: Float64Array): void {
  const overlap = dot(u, v);
  for (let i = 0; i < v.length; i++) v[i] -= overlap * u[i];
}
