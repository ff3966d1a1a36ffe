import { byId, openList } from '../dom/elements.ts';
import { comparedWith, toggleCompare, withBeside } from '../state/compare.ts';
import { episodeBy } from '../state/player.ts';
import { type App, type Command, inGroup, isReplay } from './command.ts';
import { hasTraining } from './film.ts';

function moveBy(episodes: number): Command['run'] {
  return ({ session }) => session.change((player) => episodeBy(player, episodes));
}

function focusFilter({ root }: App): void {
  root.dataset.panel = 'episodes';
  byId(root, 'filter', HTMLInputElement).focus();
}

/** Whether there is room for lists: not in a small figure in a text. */
function hasLists({ root }: App): boolean {
  return !root.hasAttribute('data-listless');
}

function focusTraining({ root }: App): void {
  byId(root, 'iteration', HTMLInputElement).focus();
}

function isComparing({ session }: App): boolean {
  return comparedWith(session.state).length > 0;
}

/** Opens the list of what can be compared with what is in view. */
function chooseSecond({ root }: App): void {
  root.dataset.panel = 'episodes';
  const select = byId(root, 'beside', HTMLSelectElement);
  select.focus();
  openList(select);
}

function pin({ session }: App): void {
  session.update((state) =>
    state.player ? toggleCompare(state, { file: state.file, episode: state.player.episode }) : state,
  );
}

function switchAlignment({ session }: App): void {
  session.set({ align: session.state.align === 'start' ? 'success' : 'start' });
}

function switchArrangement({ session }: App): void {
  session.set({ arrange: session.state.arrange === 'ghosts' ? 'split' : 'ghosts' });
}

export const episodeCommands: readonly Command[] = [
  ...inGroup('Episodes', [
    { id: 'previous-episode', title: 'Previous episode', keys: ['ArrowUp', '['], when: isReplay, run: moveBy(-1) },
    { id: 'next-episode', title: 'Next episode', keys: ['ArrowDown', ']'], when: isReplay, run: moveBy(1) },
    {
      id: 'filter',
      title: 'Filter the episodes',
      words: 'search find missed reached worst',
      keys: ['/'],
      when: (app: App) => isReplay(app) && hasLists(app),
      run: focusFilter,
    },
    {
      id: 'worst',
      title: 'Worst episodes first',
      words: 'sort return missed failed why',
      keys: ['Shift+W'],
      when: (app: App) => isReplay(app) && hasLists(app),
      run: ({ root }) => byId(root, 'worst', HTMLElement).click(),
    },
    {
      id: 'iteration',
      title: 'Choose an iteration of the training',
      words: 'train progress learn',
      when: hasTraining,
      run: focusTraining,
    },
  ]),
  ...inGroup('Compare', [
    { id: 'pin', title: 'Keep this episode as a ghost, or let it go', keys: ['c'], when: isReplay, run: pin },
    {
      id: 'beside',
      title: 'Compare with another run, episode by episode',
      words: 'second two policies difference beside',
      keys: ['Shift+B'],
      icon: 'beside',
      when: (app: App) => isReplay(app) && hasLists(app),
      run: chooseSecond,
    },
    { id: 'align', title: 'Align by start or by success', keys: ['a'], when: isComparing, run: switchAlignment },
    {
      id: 'arrange',
      title: 'Ghosts in one scene, or side by side',
      keys: ['v'],
      when: isComparing,
      run: switchArrangement,
    },
    {
      id: 'compare-none',
      title: 'Stop comparing',
      keys: ['Shift+C'],
      when: isComparing,
      run: ({ session }) => session.update((state) => ({ ...withBeside(state, undefined), compare: [] })),
    },
  ]),
];
