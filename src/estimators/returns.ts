/**
 * What the gradient credits an action with. One episode of T steps at a time: rewards r_t [T], values V(s_t) [T + 1], and
 * `tail`, the estimated value of the state an episode was cut off in, 0 for one that terminated.
 */

/**
 * Rewards-to-go G_t = r_t + gamma G_{t+1} [T]. They leave out
 * the gamma^t of the discounted objective; `discounts` puts it back.
 */
export function rewardsToGo(reward: Float64Array, gamma: number, tail: number): Float64Array {
  const out = new Float64Array(reward.length);
  let next = tail;
  for (let t = reward.length - 1; t >= 0; t--) {
    next = reward[t] + gamma * next;
    out[t] = next;
  }
  return out;
}

/** The return of the whole episode, R(tau) = sum_t gamma^t r_t + gamma^T tail, for every step [T]. */
export function fullReturns(reward: Float64Array, gamma: number, tail: number): Float64Array {
  const whole = reward.length ? rewardsToGo(reward, gamma, tail)[0] : 0;
  return new Float64Array(reward.length).fill(whole);
}

/** gamma^t [T], as running products. */
export function discounts(gamma: number, steps: number): Float64Array {
  const out = new Float64Array(steps);
  let power = 1;
  for (let t = 0; t < steps; t++) {
    out[t] = power;
    power *= gamma;
  }
  return out;
}

/** One-step temporal differences delta_t = r_t + gamma V(s_{t+1}) - V(s_t) [T], with `tail` for V(s_T). */
export function temporalDifferences(
  reward: Float64Array,
  value: Float64Array,
  gamma: number,
  tail: number,
): Float64Array {
  return reward.map((r, t) => r + gamma * (t + 1 < reward.length ? value[t + 1] : tail) - value[t]);
}

/**
 * Generalised advantage estimates A_t = sum_k (gamma lambda)^k delta_{t+k} [T] (Schulman et al. 2016). lambda = 0 is the
 * temporal difference, lambda = 1 the reward-to-go less V(s_t).
 */
export function generalizedAdvantages(
  reward: Float64Array,
  value: Float64Array,
  gamma: number,
  lambda: number,
  tail: number,
): Float64Array {
  return rewardsToGo(temporalDifferences(reward, value, gamma, tail), gamma * lambda, 0);
}

/**
 * n-step advantages A_t = r_t + ... + gamma^{n-1} r_{t+n-1} + gamma^n V(s_{t+n}) - V(s_t) [T] (Mnih et al. 2016); nearer to the
 * end than n steps, up to the end.
 */
export function nStepAdvantages(
  reward: Float64Array,
  value: Float64Array,
  gamma: number,
  n: number,
  tail: number,
): Float64Array {
  const steps = reward.length;
  return reward.map((_, t) => {
    const end = Math.min(t + n, steps);
    let target = end < steps ? value[end] : tail;
    for (let k = end - 1; k >= t; k--) target = reward[k] + gamma * target;
    return target - value[t];
  });
}

/**
 * Shifts and scales values [n] to mean 0 and standard deviation 1; equal values become 0.
 * @param count of the first values, by whose mean and deviation all are shifted and scaled
 */
export function standardize(values: Float64Array, count = values.length): Float64Array {
  const own = values.subarray(0, count);
  const mean = own.reduce((sum, value) => sum + value, 0) / count;
  const variance = own.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / count;
  const scale = 1 / (Math.sqrt(variance) + 1e-8);
  return values.map((value) => (value - mean) * scale);
}
