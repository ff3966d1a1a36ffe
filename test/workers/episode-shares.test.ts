import { expect, it } from 'vitest';
import type { Trajectory } from '../../envs/trajectory.ts';
import type { Until } from '../../src/rollout/episode-queue.ts';
import { createEpisodeShares } from '../../src/rollout/episode-shares.ts';

const horizon = 50;

/** An episode of which only its length matters. */
const episodeOf = (steps: number) => ({ steps, seed: steps }) as unknown as Trajectory;

/**
 * Runs a rollout by workers of which now one and now another ends first.
 * @param lost the hand-outs whose worker is lost, by their number
 */
function run(until: Until, workers: number, lengthOf: (episode: number) => number, order: number, lost: number[] = []) {
  const shares = createEpisodeShares(until, horizon, workers);
  const out: (readonly number[])[] = [];
  let [handed, begun] = [0, 0];
  while (!shares.isComplete()) {
    for (let idle = out.length; idle < workers; idle++) {
      const episodes = shares.next();
      if (!episodes.length) break;
      begun += episodes.length;
      out.push(episodes);
    }
    expect(out.length).toBeGreaterThan(0);
    const [ended] = out.splice((order * handed) % out.length, 1);
    if (lost.includes(handed++)) shares.giveBack(ended);
    else for (const episode of ended) shares.add(episode, episodeOf(lengthOf(episode)));
  }
  return { lengths: shares.result().map(({ steps }) => steps), begun };
}

/** The lengths of the episodes that count, one after another. */
function expected(until: Until, lengthOf: (episode: number) => number): number[] {
  const lengths: number[] = [];
  const isEnough = () =>
    'episodes' in until ? lengths.length >= until.episodes : lengths.reduce((a, b) => a + b, 0) >= until.steps;
  while (!isEnough()) lengths.push(lengthOf(lengths.length));
  return lengths;
}

const lengths: Readonly<Record<string, (episode: number) => number>> = {
  whole: () => horizon,
  short: (episode) => 3 + (episode % 5),
  mixed: (episode) => 1 + ((episode * 37) % horizon),
};

it.each(Object.keys(lengths))('the episodes that count are the same whoever ends first: %s ones', (kind) => {
  for (const until of [{ steps: 1000 }, { steps: 7 }, { episodes: 23 }, { episodes: 1 }]) {
    for (const workers of [1, 2, 3, 8]) {
      for (const order of [0, 1, 7]) {
        const found = run(until, workers, lengths[kind], order);
        expect(found.lengths).toEqual(expected(until, lengths[kind]));
        // Of whole episodes none is run in vain.
        if (kind === 'whole') expect(found.begun).toBe(found.lengths.length);
      }
    }
  }
});

it('those of a worker that is lost are run by others', () => {
  for (const until of [{ steps: 1000 }, { episodes: 23 }]) {
    expect(run(until, 3, lengths.mixed, 1, [0, 2, 3]).lengths).toEqual(expected(until, lengths.mixed));
  }
});
