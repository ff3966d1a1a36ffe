/** How many episodes to run: whole ones in index order, this many, or until they hold at least this many steps. */
export type Until = { readonly episodes: number } | { readonly steps: number };

/**
 * Episodes in index order. Where they are counted by steps, an episode begins only once it is sure to be needed, however long
 * those before it turn out: which episodes run does not depend on how many run at a time, nor on the threads that run them,
 * and nothing is simulated in vain.
 */
export interface EpisodeQueue {
  /** The next episode to begin; null while none is sure to be needed. */
  take(): number | null;
  /** Says that an episode ended after so many steps. */
  end(steps: number): void;
  /** Waits for an episode to end on another thread that may make one more needed. False when there is none to wait for. */
  wait(): boolean;
}

/** Episodes begun, those of them that ended, and the steps by which these fell short of the horizon. */
const [begun, ended, spared] = [0, 1, 2];

/** Numbers in `counters`. */
export const queueCounters = 3;

/** How long to wait for an episode to end, ms: a thread that is lost ends none. */
const timeout = 200;

/**
 * @param horizon steps in an episode at most
 * @param counters zeros [3]; threads that share them share the episodes
 */
export function createEpisodeQueue(
  until: Until,
  horizon: number,
  counters: Int32Array<ArrayBufferLike> = new Int32Array(queueCounters),
): EpisodeQueue {
  function wanted(episode: number): boolean {
    if ('episodes' in until) return episode < until.episodes;
    // The episodes begun so far hold at most as many steps as this, whatever the running ones come to.
    return episode * horizon - Atomics.load(counters, spared) < until.steps;
  }
  return {
    take() {
      for (;;) {
        const episode = Atomics.load(counters, begun);
        if (!wanted(episode)) return null;
        if (Atomics.compareExchange(counters, begun, episode, episode + 1) === episode) return episode;
      }
    },
    end(steps) {
      Atomics.add(counters, spared, horizon - steps);
      Atomics.add(counters, ended, 1);
      Atomics.notify(counters, ended);
    },
    wait() {
      const seen = Atomics.load(counters, ended);
      const episode = Atomics.load(counters, begun);
      if (wanted(episode)) return true;
      if ('episodes' in until || seen === episode) return false;
      return Atomics.wait(counters, ended, seen, timeout) !== 'timed-out';
    },
  };
}
