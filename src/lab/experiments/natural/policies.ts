import { dot } from '../../../../envs/math/dot.ts';
import type { Random } from '../../../../envs/math/random.ts';
import { rewardsToGo } from '../../../estimators/returns.ts';
import { conjugateGradients } from '../../../optim/conjugate-gradients.ts';
import { fullGaussian } from '../../../policy/distributions/full.ts';
import { defaultBackend } from '../../../policy/network/wasm.ts';
import { createPolicy, fisherProduct, initialTheta, weightedScore } from '../../../policy/policy.ts';
import { apply } from '../../../statistics/matrix.ts';
import { divergence, fisher, visitationGradient } from '../../mdp-gradient.ts';
import { smallMdp, smallTheta } from '../../problems.ts';

export type Linear = (v: Float64Array) => Float64Array;

/** A policy at one theta: the gradient there, and products with its Fisher information. */
export interface LocalPolicy {
  readonly name: string;
  readonly g: Float64Array;
  readonly fisher: Linear;
  /** KL from the policy to the one a step away, in the units of its Fisher information. */
  readonly kl: (step: Float64Array) => number;
  /** Two lengths of a step, a hundredfold apart, short enough for the policy to bend little on the way. */
  readonly short: readonly [number, number];
}

/** Conjugate gradients run until the residual has shrunk by this; "converged". */
export const tolerance = 1e-12;

export function softmaxPolicy(theta = smallTheta): LocalPolicy {
  const f = fisher(smallMdp, theta);
  return {
    name: 'softmax on the MDP',
    g: visitationGradient(smallMdp, theta),
    fisher: (v) => apply(f, v),
    kl: (step) => divergence(smallMdp, theta, sum(theta, step)),
    short: [1e-4, 1e-6],
  };
}

/** Gaussians with full covariance as training makes them, on states and actions drawn at random. */
export function gaussianPolicies(streams: (use: number) => Random): LocalPolicy[] {
  const name = 'Gaussian, full covariance';
  return [
    gaussianPolicy({ name: `${name}, linear mean`, hidden: [], spread: 0.3, short: [1e-4, 1e-6] }, streams(0)),
    // Its Fisher information all but vanishes in some directions, in which a short step is a long way in theta.
    gaussianPolicy(
      { name: `${name}, a layer of 4 tanh units`, hidden: [4], spread: 1, short: [1e-8, 1e-10] },
      streams(1),
    ),
  ];
}

function gaussianPolicy(
  { name, short, hidden, spread }: Pick<LocalPolicy, 'name' | 'short'> & { hidden: number[]; spread: number },
  random: Random,
): LocalPolicy {
  const n = 400;
  const policy = createPolicy(defaultBackend, 2, hidden, fullGaussian.create(2, -0.3));
  const theta = initialTheta(policy, random, -0.3).map((value) => value + spread * random.normal());
  const normals = (size: number) => Float64Array.from({ length: size }, () => random.normal());
  const x = normals(2 * n);
  const { y, phi } = policy.outputs(theta, x, n);
  const act = policy.distribution.sample(y, phi, normals(2 * n), n);
  const weight = rewardsToGo(normals(n), 0.5, 0).map((value) => value / n);
  return {
    name,
    short,
    g: weightedScore(policy, theta, x, act, weight),
    fisher: (v) => fisherProduct(policy, policy.outputs(theta, x, n), v),
    kl(step) {
      const before = policy.outputs(theta, x, n).y.slice();
      const rows = policy.distribution.divergence({ y: before, phi }, policy.outputs(sum(theta, step), x, n), n);
      return rows.reduce((total, value) => total + value, 0) / n;
    },
  };
}

/** x = F^-1 g, undamped, by the conjugate gradients of training. */
export function naturalGradient({ g, fisher }: Pick<LocalPolicy, 'g' | 'fisher'>): Float64Array {
  return conjugateGradients(fisher, g, 40 * g.length, tolerance);
}

/** The natural step whose KL is predicted to be delta. */
export function naturalStep(policy: LocalPolicy, delta: number): Float64Array {
  const x = naturalGradient(policy);
  const scale = Math.sqrt((2 * delta) / dot(x, policy.fisher(x)));
  return x.map((value) => scale * value);
}

/** a + b */
export function sum(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, i) => value + b[i]);
}
