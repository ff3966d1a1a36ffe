import type { Env, EnvBatch } from '../../../envs/env.ts';
import { episodeSeed } from '../../../envs/math/random.ts';
import { offsetOf } from '../../../envs/spec.ts';
import type { DrawnGoal } from './messages.ts';

/** Goals that show where goals are. */
const sampled = 64;

export interface Goals {
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** The goal of another episode. */
  draw(): DrawnGoal;
  close(): void;
}

/** Where the goals of a task are; null where it has none. */
export function goalsOf({ spec, open }: Env): Goals | null {
  const [marker] = spec.markers;
  if (!marker) return null;
  const at = offsetOf(spec.params, marker.param);
  const turnAt = marker.rotation === undefined ? -1 : offsetOf(spec.params, marker.rotation);
  const scratch: EnvBatch = open(1);
  let n = 0;
  const draw = () => {
    scratch.start(0, episodeSeed(0, 'evaluation', 1, n++));
    const { params } = scratch;
    const goal = Array.from(params.subarray(at, at + 3));
    return turnAt < 0 ? { goal } : { goal, turn: Array.from(params.subarray(turnAt, turnAt + 4)) };
  };
  const some = Array.from({ length: sampled }, draw);
  const edge = (pick: (...values: number[]) => number) =>
    [0, 1, 2].map((i) => pick(...some.map(({ goal }) => goal[i])));
  return { low: edge(Math.min), high: edge(Math.max), draw, close: () => scratch.close() };
}
