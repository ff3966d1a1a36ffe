import type { Env, EnvBatch } from '../../envs/env.ts';
import { width } from '../../envs/spec.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import type { Actor, ActorOutput } from '../policy/actor.ts';
import { counted, createEpisodeQueue, type EpisodeQueue, type Until } from './episode-queue.ts';
import { createRecorder, decisionsOf, type Recorder } from './recorder.ts';

/** Which episodes to run. */
export interface EpisodePlan {
  /** Seed of episode 0, 1, 2, ... */
  seedOf(episode: number): number;
  readonly until: Until;
  /** Episodes that run in lockstep at most, in one world. No result depends on it. */
  readonly slots?: number;
  /** Acts by the mean instead of a sample. */
  readonly deterministic: boolean;
}

/**
 * Enough arms to share the cost of a world's step, few enough that one is still in the processor's cache when its turn comes
 * again, and that threads which share episodes end together.
 */
export const usualSlots = 10;

/** An episode with its index among those of a rollout. */
export interface IndexedEpisode {
  readonly episode: number;
  readonly trajectory: Trajectory;
}

/** Runs episodes and returns them in index order. */
export function collect(env: Env, actor: Actor, plan: EpisodePlan): Trajectory[] {
  const episodes = collectFrom(createEpisodeQueue(plan.until, env.spec.horizon), env, actor, plan);
  return counted(episodes, plan.until).map(({ trajectory }) => trajectory);
}

/** Runs the episodes that it takes from a queue, which other threads may take from too, and returns those that ended in index order. */
export function collectFrom(queue: EpisodeQueue, env: Env, actor: Actor, plan: EpisodePlan): IndexedEpisode[] {
  const batch = env.open(Math.max(1, Math.min(plan.slots ?? usualSlots, mostAtOnce(plan.until, env.spec.horizon))));
  try {
    return run(queue, env, actor, plan, batch);
  } finally {
    batch.close();
  }
}

function run(
  queue: EpisodeQueue,
  { spec }: Env,
  actor: Actor,
  { seedOf, deterministic }: EpisodePlan,
  batch: EnvBatch,
): IndexedEpisode[] {
  const [obsSize, actSize] = [width(spec.obs), width(spec.act)];
  const recorders = Array.from({ length: batch.slots }, (_, slot) => createRecorder(spec, actor, batch, slot));
  const [obs, act] = [new Float32Array(batch.slots * obsSize), new Float32Array(batch.slots * actSize)];
  // Zeros where the mean is to act.
  const noise = new Float64Array(batch.slots * actSize);
  const done: IndexedEpisode[] = [];

  /** The actor's output for the present states of some of the episodes, in their order. */
  function outputFor(some: readonly Recorder[]): ActorOutput {
    for (let row = 0; row < some.length; row++) some[row].writeObservation(obs, row);
    return actor.forward(obs.subarray(0, some.length * obsSize), some.length);
  }

  function begin(recorder: Recorder, episode: number | null): void {
    if (episode !== null) recorder.start(episode, seedOf(episode));
  }

  for (;;) {
    const isComplete = queue.isComplete();
    if (!isComplete) for (const recorder of recorders) if (!recorder.running) begin(recorder, queue.take());
    if (!recorders.some((recorder) => recorder.running)) begin(recorders[0], queue.guess());
    const running = recorders.filter((recorder) => recorder.running);
    if (isComplete) queue.drop(running.reduce((sum, { steps }) => sum + steps, 0));
    if (isComplete || (!running.length && !queue.wait())) return done.sort((a, b) => a.episode - b.episode);
    if (!running.length) continue;
    const output = outputFor(running);
    if (!deterministic) for (let row = 0; row < running.length; row++) running[row].writeNoise(noise, row);
    const rows = decisionsOf(output, noise.subarray(0, running.length * actSize));
    for (let row = 0; row < running.length; row++) running[row].recordAction(rows, row, act);
    batch.step(act);
    const ended = running.filter((recorder) => recorder.recordStep());
    if (!ended.length) continue;
    for (const { episode, steps } of ended) queue.end(episode, steps);
    const lastValues = outputFor(ended).value;
    ended.forEach((recorder, row) => {
      done.push({ episode: recorder.episode, trajectory: recorder.trajectory(lastValues[row]) });
    });
  }
}

/** No more episodes than this can ever run at once. */
export function mostAtOnce(until: Until, horizon: number): number {
  return 'episodes' in until ? until.episodes : Math.ceil(until.steps / horizon);
}
