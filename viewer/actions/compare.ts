import { toggleCompare } from '../state/compare.ts';
import type { Action, App } from './types.ts';

const comparing = ({ session }: App) => session.state.compare.length > 0;

export const compare: readonly Action[] = [
  {
    id: 'pin',
    title: 'Keep this episode as a ghost, or let it go',
    group: 'Compare',
    keys: ['c'],
    when: ({ session }) => session.player !== undefined,
    run: ({ session }) =>
      session.update((state) =>
        state.player ? toggleCompare(state, { file: state.file, episode: state.player.episode }) : state,
      ),
  },
  {
    id: 'align',
    title: 'Align by start or by success',
    group: 'Compare',
    keys: ['a'],
    when: comparing,
    run: ({ session }) =>
      session.update((state) => ({ ...state, align: state.align === 'start' ? 'success' : 'start' })),
  },
  {
    id: 'arrange',
    title: 'Ghosts in one scene, or side by side',
    group: 'Compare',
    keys: ['v'],
    when: comparing,
    run: ({ session }) =>
      session.update((state) => ({ ...state, arrange: state.arrange === 'ghosts' ? 'split' : 'ghosts' })),
  },
  {
    id: 'compare-none',
    title: 'Stop comparing',
    group: 'Compare',
    keys: ['Shift+C'],
    when: comparing,
    run: ({ session }) => session.update((state) => ({ ...state, compare: [] })),
  },
];
