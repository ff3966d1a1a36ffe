import { reinforce } from './reinforce.ts';
import { stepOptions } from './step.ts';
import { defineAlgorithm } from './types.ts';

/**
 * Advantage actor-critic (Mnih et al. 2016, synchronous): REINFORCE's gradient with the advantage of n steps and a critic,
 *
 *   A_t = r_t + gamma r_{t+1} + ... + gamma^{n-1} r_{t+n-1} + gamma^n V(s_{t+n}) - V(s_t),
 *   theta <- theta + alpha mean_t grad log pi_theta(a_t | s_t) A_t,
 *
 * on small batches from many arms in parallel. The critic V is the baseline, a network that learns along; n = 1 is the one-step
 * actor-critic, n = horizon is REINFORCE. What differs is what an action is credited with: the update is REINFORCE's own.
 */
export const a2c = defineAlgorithm({
  name: 'a2c',
  description: 'advantage actor-critic: n-step advantages, a learned critic, small batches',
  options: stepOptions(5e-3, 0.1),
  defaults: { batch: 500, baseline: 'value', advantage: 'n-step' },
  create: reinforce.create,
});
