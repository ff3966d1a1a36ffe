import { width } from '../../envs/sim/env.ts';
import type { Env, EnvBatch, Trajectory } from '../../envs/types.ts';
import type { Actor } from '../policy/actor.ts';
import { createEpisodeQueue, type EpisodeQueue, type Until } from './episode-queue.ts';
import { createRecorder, type Recorder } from './recorder.ts';

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

/** Runs episodes and returns them in index order. */
export function collect(env: Env, actor: Actor, plan: EpisodePlan): Trajectory[] {
  return collectShare(env, actor, plan, createEpisodeQueue(plan.until, env.spec.horizon)).map(
    ({ trajectory }) => trajectory,
  );
}

export interface Collected {
  readonly episode: number;
  readonly trajectory: Trajectory;
}

/** Runs the episodes that it gets tickets for, and returns them in index order. */
export function collectShare(env: Env, actor: Actor, plan: EpisodePlan, tickets: EpisodeQueue): Collected[] {
  const slots = Math.max(1, Math.min(plan.slots ?? usualSlots, atMost(plan.until, env.spec.horizon)));
  const batch = env.open(slots);
  try {
    return run(env, actor, plan, { batch, tickets });
  } finally {
    batch.close();
  }
}

function run(
  env: Env,
  actor: Actor,
  { seedOf, deterministic }: EpisodePlan,
  { batch, tickets }: { batch: EnvBatch; tickets: EpisodeQueue },
): Collected[] {
  const sizes = { obs: width(env.spec.obs), act: width(env.spec.act) };
  const recorders = Array.from({ length: batch.slots }, (_, slot) => createRecorder(env, actor.scaleSize, batch, slot));
  // What the running episodes, in the order of their slots, show, draw and do: a row each.
  const running: Recorder[] = [];
  const obs = new Float32Array(batch.slots * sizes.obs);
  const noise = new Float64Array(batch.slots * sizes.act);
  const act = new Float32Array(batch.slots * sizes.act);
  const done: Collected[] = [];
  for (;;) {
    running.length = 0;
    for (const recorder of recorders) {
      if (!recorder.running) {
        const episode = tickets.take();
        if (episode !== null) recorder.begin(episode, seedOf(episode));
      }
      if (recorder.running) running.push(recorder);
    }
    const n = running.length;
    if (!n) {
      if (tickets.wait()) continue;
      return done.sort((a, b) => a.episode - b.episode);
    }
    running.forEach((recorder, row) => {
      recorder.show(obs, row);
    });
    const outlook = actor.forward(obs.subarray(0, n * sizes.obs), n);
    if (!deterministic) {
      running.forEach((recorder, row) => {
        for (let k = 0; k < sizes.act; k++) noise[row * sizes.act + k] = recorder.noise();
      });
    }
    const actions = deterministic ? new Float32Array(outlook.mean) : outlook.sample(noise.subarray(0, n * sizes.act));
    const logp = outlook.logProbability(actions);
    running.forEach((recorder, row) => {
      recorder.decide(row, actions, outlook, logp[row]);
      recorder.act(act);
    });
    batch.step(act);
    const ended = running.filter((recorder) => recorder.observe());
    if (!ended.length) continue;
    ended.forEach((recorder, row) => {
      recorder.show(obs, row);
      tickets.end(recorder.steps);
    });
    const { value } = actor.forward(obs.subarray(0, ended.length * sizes.obs), ended.length);
    ended.forEach((recorder, row) => {
      done.push({ episode: recorder.episode, trajectory: recorder.finish(value[row]) });
    });
  }
}

/** No more episodes than this can ever run at once. */
export function atMost(until: Until, horizon: number): number {
  return 'episodes' in until ? until.episodes : Math.ceil(until.steps / horizon);
}
