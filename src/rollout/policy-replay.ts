import type { Difference } from '../../envs/recording/difference.ts';
import type { Recording } from '../../envs/recording/header.ts';
import { sampledIn } from '../../envs/trajectory.ts';
import type { Actor } from '../policy/actor.ts';

/** A column's name, its numbers as recorded and as recomputed, and how many there are to a step. */
type Numbers = Float32Array | Float64Array;
type Compared = readonly [field: string, recorded: Numbers, recomputed: Numbers, perStep: number];

/**
 * Recomputes mean, sigma, log-probability and value at every recorded observation, and the actions from what was sampled where
 * they are its tanh, and compares, bit for bit.
 * @returns the first difference by episode, then step, or null
 */
export function findPolicyDifference({ episodes }: Recording, actor: Actor): Difference | null {
  for (const [episode, one] of episodes.entries()) {
    const { obs, act, steps, mean, scale, logp, value } = one;
    const found = actor.forward(obs, steps + 1);
    const actions = mean.length / steps;
    // The last state has no action: a row of padding keeps the rows together.
    const sampled = new Float32Array(act.length + actions);
    sampled.set(sampledIn(one));
    const isSampled = !actor.squashed || one.unsquashed.length > 0;
    const sampledColumns: readonly Compared[] = [
      ['act', act, found.actionsOf(sampled), actions],
      ['logp', logp, found.logProbability(sampled), 1],
    ];
    const columns: readonly Compared[] = [
      ['mean', mean, found.mean, actions],
      ['scale', scale, found.scale, actor.scaleSize],
      ...(isSampled ? sampledColumns : []),
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
