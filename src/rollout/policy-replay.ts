import type { Difference } from '../../envs/recording/difference.ts';
import type { Recording } from '../../envs/recording/header.ts';
import type { Actor } from '../policy/actor.ts';

/**
 * Recomputes mean, sigma, log-probability and value at every recorded observation and compares, bit for bit.
 * @returns the first difference by episode, then step, or null
 */
export function findPolicyDifference({ episodes }: Recording, actor: Actor): Difference | null {
  for (const [episode, { obs, act, steps, mean, scale, logp, value }] of episodes.entries()) {
    const found = actor.forward(obs, steps + 1);
    const actions = mean.length / steps;
    // The last state has no action: a row of padding keeps the rows together.
    const acts = new Float32Array(act.length + actions);
    acts.set(act);
    const columns: readonly [string, Float64Array, Float64Array, number][] = [
      ['mean', mean, found.mean, actions],
      ['scale', scale, found.scale, actor.scaleSize],
      ['logp', logp, found.logProbability(acts), 1],
      ['value', value, found.value, 1],
    ];
    const differences = columns.flatMap(([field, recorded, recomputed, perStep]) => {
      const i = recorded.findIndex((x, k) => !Object.is(x, recomputed[k]));
      if (i < 0) return [];
      const name = perStep > 1 ? `${field}[${i % perStep}]` : field;
      const step = Math.floor(i / perStep);
      return [{ episode, step, field: name, expected: String(recorded[i]), found: String(recomputed[i]) }];
    });
    if (differences.length) return differences.reduce((a, b) => (b.step < a.step ? b : a));
  }
  return null;
}
