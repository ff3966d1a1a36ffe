/** How many episodes to run: whole ones in index order, this many, or until they hold at least this many steps. */
export type Until = { readonly episodes: number } | { readonly steps: number };

/**
 * Hands out episodes in index order. Where they are counted by steps, one begins only once it is sure to be needed, however
 * long those before it turn out: which episodes run does not depend on how many run at a time, nor on who runs them, and
 * nothing is simulated in vain.
 */
export interface Tickets {
  /** The next episode to begin; null while none is sure to be needed. */
  take(): number | null;
  /** Says that an episode ended after so many steps. */
  end(steps: number): void;
}

const [begun, spared] = [0, 1];

/** Room for the counters of `ticketsOf`, bytes. */
export const ticketBytes = 2 * Int32Array.BYTES_PER_ELEMENT;

/**
 * @param horizon steps in an episode at most
 * @param counters zeros [2]; threads that share them share the episodes
 */
export function ticketsOf(
  until: Until,
  horizon: number,
  counters: Int32Array<ArrayBufferLike> = new Int32Array(2),
): Tickets {
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
    },
  };
}
