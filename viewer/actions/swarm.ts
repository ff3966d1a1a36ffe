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
    pressed: ({ session }) => session.state.swarm,
    run: ({ session }) => toggle(session),
  },
];

function toggle(session: Session): void {
  if (!session.state.swarm) session.change((player) => seek(player, 0));
  session.update((state) => ({ ...state, swarm: !state.swarm }));
}
