import { ascend, createAdam } from '../optim/adam.ts';
import { addEntropyGradient, weightedScore } from '../policy/policy.ts';
import { norm, product, stepOptions, stepSize } from './step.ts';
import { defineAlgorithm } from './types.ts';

/**
 * REINFORCE with reward-to-go and a baseline (Williams 1992):
 *
 *   J(theta)      = E_tau [ sum_t r_t ]
 *   grad J(theta) = E_tau [ sum_t grad log pi_theta(a_t | s_t) (G_t - b(s_t)) ]
 *
 * estimated by the mean over the steps of a batch, g = mean_t grad log pi_theta(a_t | s_t) A_t, and climbed by Adam:
 * theta <- theta + alpha g, with a step alpha that decays over the training budget.
 */
export const reinforce = defineAlgorithm({
  name: 'reinforce',
  description: 'policy gradient with reward-to-go and a baseline',
  options: stepOptions(5e-3, 0.1),
  defaults: { batch: 500 },
  create(policy, options) {
    const adam = createAdam(policy.size);
    return {
      update(theta, { x, act, weight, advantage }, progress) {
        const alpha = stepSize(options, progress);
        const g = weightedScore(policy, theta, x, act, product(weight, advantage));
        addEntropyGradient(policy, g, weight, options.entropyBonus);
        ascend(adam, theta, g, alpha);
        return { gradientNorm: norm(g), alpha };
      },
      state: { ...adam },
    };
  },
});
