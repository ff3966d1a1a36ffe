import type { Trajectory } from '../../envs/types.ts';

export interface Discounting {
  readonly gamma: number;
  readonly lambda: number;
}

/**
 * Generalised advantages [T]: A_t = d_t + gamma lambda A_{t+1} with d_t = r_t + gamma V(s_{t+1}) - V(s_t), where nothing follows
 * a terminated episode (Schulman et al. 2016, eq. 16). NaN where the recording holds no values.
 */
export function advantages({ reward, value, steps, end }: Trajectory, { gamma, lambda }: Discounting): Float64Array {
  const out = new Float64Array(steps);
  let following = 0;
  for (let t = steps - 1; t >= 0; t--) {
    const next = t === steps - 1 && end === 'terminated' ? 0 : value[t + 1];
    following = reward[t] + gamma * next - value[t] + gamma * lambda * following;
    out[t] = following;
  }
  return out;
}
