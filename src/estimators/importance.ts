import { exp } from '../../envs/math/kernels.ts';

/**
 * Importance sampling: episodes of an old policy serve a new one (Precup, Sutton and Singh 2000). The dynamics cancel
 * from the ratio of two trajectories' probabilities, rho = prod_t pi_new(a_t | s_t) / pi_old(a_t | s_t).
 */
export type Importance = 'trajectory' | 'per-decision' | 'truncated';

/**
 * Weight of every step [T] of an episode, from log pi under the new and the old policy [T]:
 *
 * - trajectory: the whole product; unbiased for the full return, R(tau).
 * - per-decision: the product up to t; unbiased where step t is credited with what comes of it by a product that goes
 *   on from there, `perDecisionReturns`.
 * - truncated: the ratio at t alone, ignoring how likely the states before were; biased, and it does not explode.
 */
export function importanceWeights(kind: Importance, logpNew: Float64Array, logpOld: Float64Array): Float64Array {
  const out = new Float64Array(logpNew.length);
  let sum = 0;
  for (let t = 0; t < out.length; t++) {
    sum += logpNew[t] - logpOld[t];
    out[t] = exp(kind === 'truncated' ? logpNew[t] - logpOld[t] : sum);
  }
  return kind === 'trajectory' ? out.fill(out.length ? out[out.length - 1] : 1) : out;
}

/**
 * Rewards-to-go whose later rewards carry the ratios of the actions that led to them [T]:
 * G_t = r_t + gamma rho_{t+1} G_{t+1} (Precup, Sutton and Singh 2000). With the per-decision weight of step t it is unbiased.
 *
 * @param ratio pi_new(a_t | s_t) / pi_old(a_t | s_t) [T]
 * @param limit where the products of ratios are cut off, each by itself: sum_k gamma^{k-t} min(limit, rho_{t+1} .. rho_k) r_k
 */
export function perDecisionReturns(
  reward: Float64Array,
  ratio: Float64Array,
  gamma: number,
  tail: number,
  limit = Number.POSITIVE_INFINITY,
): Float64Array {
  if (limit < Number.POSITIVE_INFINITY) return limitedReturns(reward, ratio, gamma, tail, limit);
  const out = new Float64Array(reward.length);
  let next = tail;
  for (let t = reward.length - 1; t >= 0; t--) {
    out[t] = reward[t] + gamma * next;
    next = ratio[t] * out[t];
  }
  return out;
}

function limitedReturns(
  reward: Float64Array,
  ratio: Float64Array,
  gamma: number,
  tail: number,
  limit: number,
): Float64Array {
  return reward.map((first, t) => {
    let [sum, discount, product] = [first, 1, 1];
    for (let k = t + 1; k < reward.length; k++) {
      discount *= gamma;
      product *= ratio[k];
      sum += discount * Math.min(limit, product) * reward[k];
    }
    return sum + discount * gamma * Math.min(limit, product) * tail;
  });
}

/** Cut off at `limit`: less variance, some bias. */
export function clipWeights(weights: Float64Array, limit: number): Float64Array {
  return weights.map((weight) => Math.min(weight, limit));
}

/** Divided by their mean: bounded and consistent, with a bias that falls with the sample. */
export function selfNormalize(weights: Float64Array): Float64Array {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / weights.length;
  return weights.map((weight) => weight / mean);
}

/** (sum w)^2 / sum w^2: as many equally weighted samples are worth as much (Kish). */
export function effectiveSampleSize(weights: Float64Array): number {
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return (sum * sum) / weights.reduce((total, weight) => total + weight * weight, 0);
}
