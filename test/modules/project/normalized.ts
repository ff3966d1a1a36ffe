import { defineAlgorithm, norm, product, weightedScore } from '@armature-rl/armature';

/** theta <- theta + length g / |g|: REINFORCE's gradient, climbed in steps of one length. */
export default defineAlgorithm({
  name: 'normalized',
  description: 'policy gradient in steps of one length',
  options: { length: { default: 0.3, low: 0, high: 10, description: 'length of a step' } },
  create: (policy, { length }) => ({
    update(theta, { x, act, weight, advantage }) {
      const g = weightedScore(policy, theta, x, act, product(weight, advantage));
      const gradientNorm = norm(g);
      for (let i = 0; i < theta.length; i++) theta[i] += (length * g[i]) / gradientNorm;
      return { gradientNorm };
    },
    state: {},
  }),
});
