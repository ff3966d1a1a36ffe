import type { Env } from '../../envs/env.ts';
import { width } from '../../envs/spec.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { createRecorder } from '../rollout/recorder.ts';
import { repeated } from './checks.ts';
import { actionsOf, inBatch } from './episode.ts';

/** Longer episodes are not played to their end, for the time it takes. */
const longest = 5000;

/** An episode as it is recorded, with random actions; null where it is too long, or goes on after its horizon. */
export interface WholeEpisode {
  readonly seed: number;
  readonly goesOn: boolean;
  readonly trajectory: Trajectory | null;
}

export function wholeEpisode(env: Env): WholeEpisode {
  const [seed, size] = [11, width(env.spec.act)];
  const act = actionsOf(env, seed);
  if (env.spec.horizon > longest) return { seed, goesOn: false, trajectory: null };
  return inBatch(env, 1, (batch) => {
    const recorder = createRecorder(env.spec, size, batch, 0);
    recorder.start(0, seed);
    const [actions, none] = [new Float32Array(size), new Float64Array(size)];
    for (let t = 0; t < env.spec.horizon; t++) {
      const rows = { act: act(), logp: none, mean: none, scale: none, value: none };
      recorder.recordAction(rows, 0, actions);
      batch.step(actions);
      if (recorder.recordStep()) return { seed, goesOn: false, trajectory: recorder.trajectory(0) };
    }
    return { seed, goesOn: true, trajectory: null };
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
