import { episodeSeed, type Purpose } from '../../envs/math/random.ts';
import type { Trajectory } from '../../envs/types.ts';
import { actorOf, type Learner } from '../train/learner.ts';
import { atMost, collect, type EpisodePlan, usualSlots } from './collect.ts';
import type { Until } from './episode-queue.ts';

/** Episodes as data: what another thread needs to know to run some of them. */
export interface Episodes {
  /** Their seeds are `episodeSeed(seed, purpose, index, 0, 1, 2, ..)`. */
  readonly seed: number;
  readonly purpose: Purpose;
  readonly index: number;
  readonly until: Until;
  /** Acts by the mean instead of a sample. */
  readonly deterministic: boolean;
}

/** Runs episodes of a learner's present policy, and returns them in index order. Who runs them changes no bit. */
export type RollOut = (learner: Learner, episodes: Episodes) => Trajectory[];

/** The same as a plan, for one of `sharers` that run it together. */
export function planOf(
  { seed, purpose, index, until, deterministic }: Episodes,
  horizon: number,
  sharers = 1,
): EpisodePlan {
  return {
    seedOf: (episode) => episodeSeed(seed, purpose, index, episode),
    until,
    slots: Math.min(usualSlots, Math.ceil(atMost(until, horizon) / sharers)),
    deterministic,
  };
}

/** On this thread. */
export const rollOut: RollOut = (learner, episodes) =>
  collect(learner.env, actorOf(learner), planOf(episodes, learner.env.spec.horizon));
