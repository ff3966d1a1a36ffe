import { stream } from '../../envs/math/random.ts';
import { width } from '../../envs/sim/env.ts';
import type { Env } from '../../envs/types.ts';
import type { Actor } from '../policy/actor.ts';

/** A fixed random mean with noise around it: an actor that moves an arm about, and knows nothing. */
export function randomActor(env: Env): Actor {
  const size = width(env.spec.act);
  const bias = stream(42, 'policyInit');
  const mean = Float64Array.from({ length: size }, () => bias.between(-0.5, 0.5));
  return {
    scaleSize: size,
    forward: (_obs, n) => ({
      mean: Float64Array.from({ length: n * size }, (_, k) => mean[k % size]),
      scale: new Float64Array(n * size).fill(0.8),
      value: new Float64Array(n).fill(Number.NaN),
      sample: (noise) => Float32Array.from(noise, (e, k) => mean[k % size] + 0.8 * e),
      logProbability: () => new Float64Array(n),
    }),
  };
}
