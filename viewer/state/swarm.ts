/** Which episodes are shown at once, each on an arm of its own; pure. */
import type { Player } from './player.ts';
import type { State } from './state.ts';

/** Episodes shown at once, unless all are asked for: more arms are too small to tell apart. */
export const maxInstances = 400;

/** The first episode shown, and the one after the last. */
export interface Shown {
  readonly from: number;
  readonly to: number;
}

/** All, or of very many those about the one that plays. */
export function episodesShown({ everyEpisode }: Pick<State, 'everyEpisode'>, player: Player): Shown {
  const { length } = player.lengths;
  if (everyEpisode || length <= maxInstances) return { from: 0, to: length };
  const from = Math.floor(player.episode / maxInstances) * maxInstances;
  return { from, to: Math.min(from + maxInstances, length) };
}
