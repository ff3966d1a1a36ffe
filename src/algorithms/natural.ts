import { dot } from '../../envs/math/dot.ts';
import { defineOptions, type Values } from '../../envs/options.ts';
import { conjugateGradients } from '../optim/conjugate-gradients.ts';
import type { Outputs } from '../policy/distributions/types.ts';
import { addEntropyGradient, fisherProduct, type Policy } from '../policy/policy.ts';
import { entropyBonus, norm, product } from './step.ts';
import { type Batch, defineAlgorithm } from './types.ts';

/**
 * The natural gradient (Amari 1998, Kakade 2001): the steepest ascent where a step is as
 * long as it changes the policy, not theta. To second order KL(theta | theta + d) = d^T F d / 2, so the best step of
 * length delta is
 *
 *   x = F^-1 grad J(theta),   theta <- theta + sqrt(2 delta / x^T F x) x
 *
 * F, the Fisher information, is never formed: conjugate gradients need its products alone, and those are exact,
 * F v = J^T M J v / N, by one jvp and one vjp.
 */
export const natural = defineAlgorithm({
  name: 'natural',
  description: 'natural gradient by conjugate gradients on the exact Fisher information',
  options: naturalOptions(0.02),
  defaults: {},
  create: (policy, options) => ({
    update(theta, batch) {
      const { g, x, fisherNorm } = naturalDirection(policy, theta, batch, options);
      const step = fisherNorm > 0 ? Math.sqrt((2 * options.delta) / fisherNorm) : 0;
      for (let i = 0; i < theta.length; i++) theta[i] += step * x[i];
      return { gradientNorm: norm(g), step };
    },
    state: {},
  }),
});

/** The options of everything that steps along x = F^-1 g. */
export function naturalOptions(delta: number) {
  return defineOptions({
    entropyBonus,
    delta: { default: delta, low: 0, high: 10, description: 'length of a step, as KL divergence' },
    damping: { default: 0.1, low: 0, high: 10, description: 'added to the diagonal of F' },
    cgIterations: {
      default: 10,
      low: 1,
      high: 1000,
      integer: true,
      description: 'products with F in conjugate gradients',
    },
  });
}

/** g, x = (F + damping I)^-1 g, x^T F x, and the policy's outputs, at the present theta. */
export function naturalDirection(
  policy: Policy,
  theta: Float64Array,
  { x: observations, act, weight, advantage }: Batch,
  { damping, cgIterations, entropyBonus }: Values<ReturnType<typeof naturalOptions>>,
): { g: Float64Array; x: Float64Array; fisherNorm: number; outputs: Outputs } {
  const outputs = policy.outputs(theta, observations, weight.length);
  const g = policy.pullBack(policy.distribution.score(act, outputs.y, outputs.phi, product(weight, advantage)));
  addEntropyGradient(policy, g, weight, entropyBonus);
  const fisher = (v: Float64Array) => fisherProduct(policy, outputs, v);
  const damped = (v: Float64Array) => fisher(v).map((value, i) => value + damping * v[i]);
  const x = conjugateGradients(damped, g, cgIterations);
  return { g, x, fisherNorm: dot(x, fisher(x)), outputs };
}
