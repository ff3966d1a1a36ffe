import type { App } from '../actions/types.ts';
import { areAnchored, letterOf, sameEpisode, timingOf, toggleCompare } from '../state/compare.ts';
import type { Align, Arrange, EpisodeRef, Moment, State, Subject } from '../state/types.ts';
import { button, html, name, need, write } from './dom.ts';
import { compact } from './format.ts';
import { icon } from './icons.ts';
import { segments } from './segments.ts';

/** Who is compared with whom, and how they stand: a letter and a colour for each. */
export function compare({ session }: App): void {
  const root = need('compare', HTMLElement);
  const panes = need('panes', HTMLElement);
  const list = html('ul');
  const align = segments<Align>(
    'Align by',
    [
      ['start', 'By start'],
      ['success', 'By success'],
    ],
    (value) => session.update((state) => ({ ...state, align: value })),
  );
  const arrange = segments<Arrange>(
    'Arrange as',
    [
      ['ghosts', 'One scene'],
      ['split', 'Side by side'],
    ],
    (value) => session.update((state) => ({ ...state, arrange: value })),
  );
  const note = html('p', 'note');
  note.setAttribute('role', 'status');
  root.append(list, html('div', 'row', align.element, arrange.element), note);
  let shown = '';
  session.watch((moment) => {
    const { state, ghosts } = moment;
    root.hidden = state.swarm || state.compare.length === 0;
    panes.hidden = state.swarm || state.arrange !== 'split' || ghosts.length === 0;
    const key = JSON.stringify([state.compare, moment.ref, state.files.map(({ id }) => id)]);
    if (key !== shown) {
      shown = key;
      list.replaceChildren(...entries(moment, session.update.bind(session)));
      panes.replaceChildren(...[moment, ...ghosts].map((subject, i) => pane(subject, i, moment)));
    }
    align.choose(state.align);
    arrange.choose(state.arrange);
    write(note, unaligned(moment));
  });
}

/** Who is aligned by start because there is no success to align by. */
function unaligned(moment: Moment): string {
  if (moment.state.align !== 'success') return '';
  const main = timingOf(moment);
  if (main.reachedAt < 0) return 'This episode never reaches its goal: all are aligned by start.';
  const lost = moment.ghosts.flatMap((ghost, i) => (areAnchored(main, timingOf(ghost)) ? [] : [letterOf(i)]));
  if (lost.length === 0) return '';
  return `${lost.join(', ')} never ${lost.length > 1 ? 'reach their goals' : 'reaches its goal'}: aligned by start.`;
}

function pane(subject: Subject, i: number, main: Moment): HTMLElement {
  const letter = i === 0 ? '' : `${letterOf(i - 1)} · `;
  return html('div', '', html('span', '', letter + nameOf(subject, main)));
}

/** The file only where it is another than the one that plays. */
function nameOf({ ref, name: file }: { ref: EpisodeRef; name: string }, main: Moment): string {
  return ref.file === main.ref.file ? `Episode ${ref.episode + 1}` : `Episode ${ref.episode + 1} · ${file}`;
}

function entries(moment: Moment, update: (next: (state: State) => State) => void): HTMLElement[] {
  const { state, ghosts } = moment;
  return state.compare.map((ref) => {
    const i = ghosts.findIndex((ghost) => sameEpisode(ghost.ref, ref));
    const file = state.files.find(({ id }) => id === ref.file);
    const remove = button('icon-button', () => update((s) => toggleCompare(s, ref)), icon('close'));
    name(remove, `Take episode ${ref.episode + 1} out of the comparison`);
    const swatch = html('span', 'swatch', i < 0 ? '▸' : letterOf(i));
    swatch.style.background = i < 0 ? 'var(--accent)' : `var(--series-${i + 1})`;
    const who = html('span', i < 0 ? 'who off' : 'who', nameOf({ ref, name: file?.name ?? '' }, moment));
    who.title = who.textContent ?? '';
    const total = ghosts[i] ? compact(ghosts[i].derived.returns[ghosts[i].episode.steps]) : 'playing';
    return html('li', '', swatch, who, html('span', 'quiet', total), remove);
  });
}
