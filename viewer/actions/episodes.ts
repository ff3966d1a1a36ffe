import { episodeBy } from '../state/player.ts';
import type { Action, App } from './types.ts';

const isOpen = ({ session }: App) => session.player !== undefined;

export const episodes: readonly Action[] = [
  {
    id: 'previous-episode',
    title: 'Previous episode',
    group: 'Episodes',
    keys: ['ArrowUp', '['],
    when: isOpen,
    run: ({ session }) => session.change((player) => episodeBy(player, -1)),
  },
  {
    id: 'next-episode',
    title: 'Next episode',
    group: 'Episodes',
    keys: ['ArrowDown', ']'],
    when: isOpen,
    run: ({ session }) => session.change((player) => episodeBy(player, 1)),
  },
  {
    id: 'filter',
    title: 'Filter the episodes',
    group: 'Episodes',
    keys: ['/'],
    when: isOpen,
    run: () => {
      document.body.dataset.panel = 'episodes';
      document.getElementById('filter')?.focus();
    },
  },
];
