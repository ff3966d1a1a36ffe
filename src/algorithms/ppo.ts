import { exp } from '../../envs/math/kernels.ts';
import { stream } from '../../envs/math/random.ts';
import { ascend, createAdam } from '../optim/adam.ts';
import type { Outputs } from '../policy/distributions/types.ts';
import { addEntropyGradient, keptOutputs, meanDivergence, type Policy } from '../policy/policy.ts';
import { norm, stepOptions, stepSize } from './step.ts';
import { type Batch, defineAlgorithm } from './types.ts';

/**
 * Proximal policy optimisation (Schulman et al. 2017): several epochs of minibatches on a surrogate that does not reward
 * leaving the old policy. With r_t = pi_theta(a_t | s_t) / pi_old(a_t | s_t),
 *
 *   clip:  L = mean_t min(r_t A_t, clip(r_t, 1 - epsilon, 1 + epsilon) A_t)
 *   kl:    L = mean_t r_t A_t - beta KL(pi_old | pi_theta),  beta adapted to a target divergence
 *
 * r grad log pi is the gradient of r, so the gradient of L weighs grad log pi with r_t A_t where r_t is not clipped, and with 0
 * where it is. At theta = theta_old every r_t is 1, and the gradient is REINFORCE's.
 */
export const ppo = defineAlgorithm({
  name: 'ppo',
  description: 'epochs of minibatches on the clipped or penalised surrogate',
  options: {
    ...stepOptions(1e-3, 0.1),
    surrogate: { default: 'clip', choices: ['clip', 'kl'], description: 'what keeps the policy near the old one' },
    epsilon: { default: 0.2, low: 0, high: 1, description: 'clip: how far a ratio may leave 1' },
    targetDivergence: { default: 0.02, low: 0, high: 10, description: 'kl: the divergence that beta is adapted to' },
    maxDivergence: {
      default: 0.2,
      low: 0,
      high: 1000,
      description: 'an update ends where the policy has gone farther than this from the old one',
    },
    epochs: { default: 10, low: 1, high: 1000, integer: true, description: 'passes over a batch' },
    minibatch: {
      default: 0,
      low: 0,
      high: 1e7,
      integer: true,
      description: 'steps in a minibatch; 0 is an eighth of the batch',
    },
  },
  defaults: {},
  create(policy, options, seed) {
    const adam = createAdam(policy.size);
    const state = { ...adam, beta: Float64Array.of(1), updates: new Float64Array(1) };
    return {
      update(theta, batch, progress) {
        const n = batch.weight.length;
        const old = keptOutputs(policy, theta, batch.x, n);
        const random = stream(seed, 'shuffle', state.updates[0]++);
        const beta = options.surrogate === 'kl' ? state.beta[0] : 0;
        const clip = options.surrogate === 'clip' ? options.epsilon : Number.POSITIVE_INFINITY;
        let [clipped, epochs, norms, steps] = [0, 0, 0, 0];
        let isNear = true;
        for (; epochs < options.epochs && isNear; epochs++) {
          for (const rows of minibatches(random.permutation(n), options.minibatch || Math.max(1, n / 8))) {
            const part = take(policy, batch, old, rows);
            const gradient = surrogateGradient(policy, theta, part, clip, beta);
            isNear = gradient.divergence <= options.maxDivergence;
            if (!isNear) break;
            addEntropyGradient(policy, gradient.g, part.weight, options.entropyBonus);
            ascend(adam, theta, gradient.g, stepSize(options, progress));
            clipped += gradient.clipped / n;
            norms += norm(gradient.g);
            steps++;
          }
        }
        const divergence = meanDivergence(policy, old, policy.outputs(theta, batch.x, n), n);
        if (options.surrogate === 'kl') adapt(state.beta, divergence, options.targetDivergence);
        return { gradientNorm: norms / Math.max(1, steps), divergence, clipped: clipped / epochs, beta };
      },
      state,
    };
  },
});

/** Some steps of a batch, with the old policy's outputs there. */
interface Part extends Batch {
  readonly old: Outputs;
}

/**
 * Gradient of the surrogate at theta, summed over the steps with their weights, less beta times that of the mean divergence.
 * @param clip epsilon, or infinity for no clipping
 * @returns with it the steps that were clipped, and KL(pi_old | pi_theta), estimated by the mean of r - 1 - log r >= 0
 */
export function surrogateGradient(
  policy: Policy,
  theta: Float64Array,
  { x, act, weight, advantage, logp, old }: Part,
  clip: number,
  beta: number,
): { g: Float64Array; clipped: number; divergence: number } {
  const n = weight.length;
  const { distribution } = policy;
  const { y, phi } = policy.outputs(theta, x, n);
  const now = distribution.logProbability(act, y, phi, n);
  let [clipped, divergence] = [0, 0];
  const weights = weight.map((w, i) => {
    const change = now[i] - logp[i];
    const ratio = exp(change);
    divergence += (ratio - 1 - change) / n;
    if (advantage[i] > 0 ? ratio > 1 + clip : ratio < 1 - clip) {
      clipped++;
      return 0;
    }
    return w * ratio * advantage[i];
  });
  const score = distribution.score(act, y, phi, weights);
  if (beta > 0) {
    const total = weight.reduce((sum, w) => sum + w, 0);
    const pull = distribution.divergenceGradient(old, { y, phi }, new Float64Array(n).fill((beta * total) / n));
    subtract(score.y, pull.y);
    subtract(score.phi, pull.phi);
  }
  return { g: policy.pullBack(score), clipped, divergence };
}

/** Beyond these beta is no longer felt, or nothing else is: after a while there it would take as long to come back. */
const [lowest, highest] = [1 / 16, 64];

/** Doubles beta where the policy went too far, halves it where it could have gone farther (section 4 of the paper). */
function adapt(beta: Float64Array, divergence: number, target: number): void {
  if (divergence > 1.5 * target) beta[0] = Math.min(2 * beta[0], highest);
  else if (divergence < target / 1.5) beta[0] = Math.max(beta[0] / 2, lowest);
}

/** Consecutive pieces of about `size`, none much smaller than the others. */
function minibatches(order: Int32Array, size: number): Int32Array[] {
  const pieces = Math.max(1, Math.round(order.length / size));
  const bound = (k: number) => Math.floor((k * order.length) / pieces);
  return Array.from({ length: pieces }, (_, k) => order.subarray(bound(k), bound(k + 1)));
}

/** The rows of a batch, their weights scaled up so that a minibatch counts as much as the batch. */
function take(policy: Policy, batch: Batch, old: Outputs, rows: Int32Array): Part {
  const scale = batch.weight.length / rows.length;
  return {
    x: pick(batch.x, rows, policy.widths[0]),
    act: pick(batch.act, rows, policy.distribution.actions),
    logp: pick(batch.logp, rows, 1),
    advantage: pick(batch.advantage, rows, 1),
    weight: pick(batch.weight, rows, 1).map((w) => w * scale),
    old: { y: pick(old.y, rows, policy.distribution.outputs), phi: old.phi },
  };
}

function pick<A extends Float32Array | Float64Array>(from: A, rows: Int32Array, size: number): A {
  const out = from.slice(0, rows.length * size) as A;
  for (let i = 0; i < rows.length; i++) for (let k = 0; k < size; k++) out[i * size + k] = from[rows[i] * size + k];
  return out;
}

function subtract(from: Float64Array, other: Float64Array): void {
  for (let i = 0; i < from.length; i++) from[i] -= other[i];
}
