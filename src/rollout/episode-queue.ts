/** How many episodes to run: whole ones in index order, this many, or until they hold at least this many steps. */
export type Until = { readonly episodes: number } | { readonly steps: number };

/**
 * Episodes in index order. Where they are counted by steps, those count that are needed for the steps; later ones may have been begun by
 * a thread that had nothing else to do, and are dropped. Which episodes count does not depend on how many run at a time, nor on
 * the threads that run them.
 */
export interface EpisodeQueue {
  /** The next episode to begin; null while none is sure to be needed, however long those before it turn out. */
  take(): number | null;
  /** The same for a thread that runs nothing: one that is needed if those before it turn out as long as the ones that ended. */
  guess(): number | null;
  /** Says that an episode ended after so many steps. */
  end(episode: number, steps: number): void;
  /** Waits for an episode to end on another thread that may make one more needed. False when there is none to wait for. */
  wait(): boolean;
  /** Whether all steps are there that are asked for: no episode that still runs counts. */
  isComplete(): boolean;
  /** Says that the episodes that still run are dropped after so many steps in all. */
  drop(steps: number): void;
}

/** Episodes begun, those of them that ended, the steps by which these fell short of the horizon, and steps that were dropped. */
const [begun, ended, spared, dropped] = [0, 1, 2, 3];

/** Numbers before the lengths of the episodes, by index, which are 0 until they end. */
const counts = 4;

/** How long to wait for an episode to end, ms: a thread that is lost ends none. */
const timeout = 200;

/** Numbers in the counters of a queue. No more episodes begin than there are steps: each has one at least. */
export function queueCounters(until: Until): number {
  return counts + ('steps' in until ? until.steps + 1 : 0);
}

/**
 * @param horizon steps in an episode at most
 * @param counters zeros [queueCounters]; threads that share them share the episodes
 */
export function createEpisodeQueue(
  until: Until,
  horizon: number,
  counters: Int32Array<ArrayBufferLike> = new Int32Array(queueCounters(until)),
): EpisodeQueue {
  /** The first episodes, which have ended, and their steps. */
  let [prefix, prefixSteps] = [0, 0];

  function begin(isWanted: (episode: number) => boolean): number | null {
    for (;;) {
      const episode = Atomics.load(counters, begun);
      if (!isWanted(episode)) return null;
      if (Atomics.compareExchange(counters, begun, episode, episode + 1) === episode) return episode;
    }
  }

  function isSure(episode: number): boolean {
    if ('episodes' in until) return episode < until.episodes;
    // The episodes begun so far hold at most as many steps as this, whatever the running ones come to.
    return episode * horizon - Atomics.load(counters, spared) < until.steps;
  }

  function isLikely(episode: number): boolean {
    if ('episodes' in until) return false;
    const past = Atomics.load(counters, ended);
    const steps = past * horizon - Atomics.load(counters, spared);
    // One as long as can be stands beside those that ended, until there are many.
    const mean = (steps + horizon) / (past + 1);
    return steps + (episode - past) * mean < until.steps;
  }

  return {
    take: () => begin(isSure),
    guess: () => begin(isLikely),
    end(episode, steps) {
      if ('steps' in until) Atomics.store(counters, counts + episode, steps);
      Atomics.add(counters, spared, horizon - steps);
      Atomics.add(counters, ended, 1);
      Atomics.notify(counters, ended);
    },
    wait() {
      const seen = Atomics.load(counters, ended);
      const episode = Atomics.load(counters, begun);
      if (isSure(episode)) return true;
      if ('episodes' in until || seen === episode) return false;
      return Atomics.wait(counters, ended, seen, timeout) !== 'timed-out';
    },
    isComplete() {
      if ('episodes' in until) return false;
      while (prefixSteps < until.steps) {
        const steps = Atomics.load(counters, counts + prefix);
        if (steps === 0) return false;
        prefix++;
        prefixSteps += steps;
      }
      return true;
    },
    drop: (steps) => void Atomics.add(counters, dropped, steps),
  };
}

/** These episodes and no others, for one thread. */
export function listedQueue(episodes: readonly number[]): EpisodeQueue {
  const waiting = [...episodes];
  return {
    take: () => waiting.shift() ?? null,
    guess: () => null,
    end() {},
    wait: () => false,
    isComplete: () => false,
    drop() {},
  };
}

/** Those of the episodes, in index order, that count. */
export function counted<T extends { readonly trajectory: { readonly steps: number } }>(
  episodes: readonly T[],
  until: Until,
): T[] {
  if ('episodes' in until) return [...episodes];
  let steps = 0;
  return episodes.filter(({ trajectory }) => {
    const isNeeded = steps < until.steps;
    steps += trajectory.steps;
    return isNeeded;
  });
}

/** Counters as of a queue of which no episode runs any more. */
export function countersOf(
  until: Until,
  horizon: number,
  of: { readonly begun: number; readonly lengths: ReadonlyMap<number, number> },
): Int32Array<ArrayBuffer> {
  const counters = new Int32Array(queueCounters(until));
  counters[begun] = of.begun;
  for (const [episode, steps] of of.lengths) {
    if ('steps' in until) counters[counts + episode] = steps;
    counters[ended]++;
    counters[spared] += horizon - steps;
  }
  return counters;
}

/** Episodes that were begun, and steps of those that were dropped before they ended. */
export function progressOf(counters: Int32Array<ArrayBufferLike>): { begun: number; dropped: number } {
  return { begun: Atomics.load(counters, begun), dropped: Atomics.load(counters, dropped) };
}
