import { seek } from '../state/player.ts';
import type { Session } from '../state/session.ts';
import type { Action } from './types.ts';

export const swarm: readonly Action[] = [
  {
    id: 'swarm',
    title: 'All episodes at once, each on an arm of its own',
    group: 'Scene',
    keys: ['b'],
    icon: 'swarm',
    when: ({ session }) => (session.player?.lengths.length ?? 0) > 1,
    run: ({ session }) => toggle(session),
  },
];

function toggle(session: Session): void {
  if (!session.state.swarm) session.change((player) => seek(player, 0, longest(player.lengths)));
  session.update((state) => ({ ...state, swarm: !state.swarm }));
}

/** The clock is that of the longest episode: nobody's end comes too early. */
function longest(lengths: readonly number[]): number {
  return lengths.reduce((best, length, e) => (length > lengths[best] ? e : best), 0);
}
