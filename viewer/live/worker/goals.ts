import type { Env, EnvBatch } from '../../../envs/env.ts';
import { episodeSeed } from '../../../envs/math/random.ts';
import { offsetOf } from '../../../envs/spec.ts';

/** Goals that show where goals are. */
const sampled = 64;

export interface Goals {
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** The goal of another episode, m. */
  draw(): readonly number[];
  close(): void;
}

/** Where the goals of a task are; null where it has none. */
export function goalsOf({ spec, open }: Env): Goals | null {
  const [marker] = spec.markers;
  if (!marker) return null;
  const at = offsetOf(spec.params, marker.param);
  const scratch: EnvBatch = open(1);
  let n = 0;
  const draw = () => {
    scratch.start(0, episodeSeed(0, 'evaluation', 1, n++));
    return Array.from(scratch.params.subarray(at, at + 3));
  };
  const some = Array.from({ length: sampled }, draw);
  const edge = (pick: (...values: number[]) => number) => [0, 1, 2].map((i) => pick(...some.map((goal) => goal[i])));
  return { low: edge(Math.min), high: edge(Math.max), draw, close: () => scratch.close() };
}
