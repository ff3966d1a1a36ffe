import type { Env } from '../../envs/env.ts';
import { width } from '../../envs/spec.ts';
import { type End, shapeOf, type Trajectory } from '../../envs/trajectory.ts';
import { createRecorder } from '../rollout/recorder.ts';
import { repeated } from './checks.ts';
import { actionsOf, inBatch } from './episode.ts';

/** Longer episodes are not played to their end, for the time it takes. */
const longest = 5000;

/** An episode with random actions, to its end. */
export interface WholeEpisode {
  readonly seed: number;
  readonly steps: number;
  /** Whether it ended by its horizon, or may do so where that is too far away to see. */
  readonly isOver: boolean;
  readonly end: End | null;
  /** Null where it was not played to its end. */
  readonly trajectory: Trajectory | null;
}

export function wholeEpisode(env: Env): WholeEpisode {
  const { horizon } = env.spec;
  const [seed, size] = [11, width(env.spec.act)];
  const act = actionsOf(env, seed);
  const unseen = { seed, steps: 0, isOver: true, end: null, trajectory: null };
  if (horizon > longest) return unseen;
  return inBatch(env, 1, (batch) => {
    const recorder = createRecorder(env.spec, shapeOf(undefined, env.spec), batch, 0);
    recorder.start(0, seed);
    const [actions, none] = [new Float32Array(size), new Float64Array(size)];
    for (let t = 1; t <= horizon; t++) {
      const rows = { act: act(), unsquashed: actions, logp: none, mean: none, scale: none, value: none };
      recorder.recordAction(rows, 0, actions);
      batch.step(actions);
      if (!recorder.recordStep()) continue;
      const trajectory = recorder.trajectory(0);
      return { seed, steps: t, isOver: true, end: trajectory.end, trajectory };
    }
    return { ...unseen, steps: horizon, isOver: false };
  });
}

export function checkMetrics({ metrics }: Env, { trajectory, seed }: WholeEpisode): string | null {
  const twice = repeated(metrics.map(({ name }) => name));
  if (twice !== undefined) return `two metrics are named "${twice}"`;
  for (const metric of metrics) {
    const value = trajectory ? metric.of(trajectory) : 0;
    if (!Number.isFinite(value)) return `the metric "${metric.name}" of the episode of seed ${seed} is ${value}`;
  }
  return null;
}
