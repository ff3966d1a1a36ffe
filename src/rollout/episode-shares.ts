import type { Trajectory } from '../../envs/trajectory.ts';
import { counted, type Until } from './episode-queue.ts';

/**
 * The episodes of a rollout, handed to workers that share no memory: each gets some at a time, fewer the fewer are left, so that all end
 * together. Which episodes count does not depend on who runs them, nor on when they end.
 */
export interface EpisodeShares {
  /** Indices for a worker that has nothing to do; none where all that are needed, as far as is known, are with others. */
  next(): readonly number[];
  /** Takes in an episode that ended. */
  add(episode: number, trajectory: Trajectory): void;
  /** Has episodes handed out again: whoever had them is lost. */
  giveBack(episodes: readonly number[]): void;
  /** Whether all episodes that count are there. */
  isComplete(): boolean;
  /** Those that count, in index order. */
  result(): Trajectory[];
}

/**
 * @param horizon steps in an episode at most
 * @param workers that take part
 */
export function createEpisodeShares(until: Until, horizon: number, workers: number): EpisodeShares {
  const done = new Map<number, Trajectory>();
  const again: number[] = [];
  let [begun, steps] = [0, 0];
  /** The first episodes, which have all ended, and their steps. */
  let [prefix, prefixSteps] = [0, 0];

  /** Episodes that it takes in all, if the others turn out as long as those that ended. */
  function wanted(): number {
    if ('episodes' in until) return until.episodes;
    // One as long as can be stands beside those that ended, until there are many.
    const mean = (steps + horizon) / (done.size + 1);
    return done.size + Math.ceil((until.steps - steps) / mean);
  }

  return {
    next() {
      if (again.length) return again.splice(0, Math.ceil(again.length / workers));
      const count = Math.ceil(Math.max(0, wanted() - begun) / workers);
      const first = begun;
      begun += count;
      return Array.from({ length: count }, (_, i) => first + i);
    },
    add(episode, trajectory) {
      if (done.has(episode)) return;
      done.set(episode, trajectory);
      steps += trajectory.steps;
      for (let next = done.get(prefix); next; next = done.get(++prefix)) prefixSteps += next.steps;
    },
    giveBack: (episodes) => void again.push(...episodes.filter((episode) => !done.has(episode))),
    isComplete: () => ('episodes' in until ? prefix >= until.episodes : prefixSteps >= until.steps),
    result() {
      const first = Array.from({ length: prefix }, (_, episode) => ({ trajectory: done.get(episode) as Trajectory }));
      return counted(first, until).map(({ trajectory }) => trajectory);
    },
  };
}
