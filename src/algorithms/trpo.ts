import { dot } from '../../envs/math/dot.ts';
import { exp } from '../../envs/math/kernels.ts';
import type { Outputs } from '../policy/distributions/types.ts';
import { entropies, meanDivergence, type Policy } from '../policy/policy.ts';
import { naturalDirection, naturalOptions } from './natural.ts';
import { norm } from './step.ts';
import { type Batch, defineAlgorithm } from './types.ts';

/**
 * Trust region policy optimisation (Schulman et al. 2015): natural's step, halved until it does what it was to do,
 *
 *   KL(theta | theta + d) <= delta   and   L(theta + d) > L(theta),
 *   L(theta') = mean_t pi_theta'(a_t | s_t) / pi_theta(a_t | s_t) A_t
 *
 * L is the surrogate whose gradient at theta is the policy gradient; the entropy is added to it, c H(theta'), where that has a bonus c.
 * A step that never does is not taken.
 */
export const trpo = defineAlgorithm({
  name: 'trpo',
  description: 'natural gradient with a line search on the surrogate within a trust region',
  options: {
    ...naturalOptions(0.05),
    backtracks: { default: 10, low: 0, high: 100, integer: true, description: 'times a step is halved at most' },
  },
  defaults: {},
  create: (policy, options) => ({
    update(theta, batch) {
      const { delta, backtracks, entropyBonus } = options;
      const { g, x, fisherNorm, outputs } = naturalDirection(policy, theta, batch, options);
      const start = Float64Array.from(theta);
      const before = noted(policy, outputs, batch);
      let step = fisherNorm > 0 ? Math.sqrt((2 * delta) / fisherNorm) : 0;
      for (let halving = 0; halving <= backtracks; halving++) {
        for (let i = 0; i < theta.length; i++) theta[i] = start[i] + step * x[i];
        const after = noted(policy, policy.outputs(theta, batch.x, batch.weight.length), batch);
        const divergence = meanDivergence(policy, before, after, batch.weight.length);
        const gain = surrogate(policy, batch, after, entropyBonus) - surrogate(policy, batch, before, entropyBonus);
        if (divergence <= delta && gain > 0) return { gradientNorm: norm(g), step, divergence, gain };
        step /= 2;
      }
      theta.set(start);
      return { gradientNorm: norm(g), step: 0, divergence: 0, gain: 0 };
    },
    state: {},
  }),
});

/** The policy's outputs, kept, and log pi(a | s) on the batch. */
function noted(policy: Policy, outputs: Outputs, { act, weight }: Batch) {
  const [y, phi] = [outputs.y.slice(), outputs.phi.slice()];
  return { y, phi, logp: policy.distribution.logProbability(act, y, phi, weight.length) };
}

/** L(theta') = sum_t w_t (pi_theta'(a_t | s_t) / pi_theta(a_t | s_t) A_t + c H(pi_theta'( . | s_t))) */
function surrogate(
  policy: Policy,
  { weight, advantage, logp }: Batch,
  now: ReturnType<typeof noted>,
  bonus: number,
): number {
  const gain = weight.reduce((sum, w, i) => sum + w * exp(now.logp[i] - logp[i]) * advantage[i], 0);
  return bonus === 0 ? gain : gain + bonus * dot(weight, entropies(policy, now, weight.length));
}
