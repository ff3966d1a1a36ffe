import type { App } from '../commands/command.ts';
import { button, byId, html, icon, segmentedControl, setLabel, setText } from '../dom/elements.ts';
import { compact } from '../dom/format.ts';
import { canAlignBySuccess, engineIn, ghostLetter, sameEpisode, timingOf, toggleCompare } from '../state/compare.ts';
import type { Session } from '../state/session.ts';
import type { Alignment, Arrangement, EpisodeRef, EpisodeView, Moment, OpenFile } from '../state/state.ts';

/** The episodes of the comparison with a letter and a colour for each, and how they are aligned and arranged. */
export function comparison({ root, session }: App): void {
  const box = byId(root, 'compare', HTMLElement);
  const panes = byId(root, 'panes', HTMLElement);
  const list = html('ul');
  const align = segmentedControl<Alignment>('Align by', { start: 'By start', success: 'By success' }, (value) =>
    session.set({ align: value }),
  );
  const arrange = segmentedControl<Arrangement>('Arrange as', { ghosts: 'One scene', split: 'Side by side' }, (value) =>
    session.set({ arrange: value }),
  );
  const note = html('p', 'note');
  note.setAttribute('role', 'status');
  box.append(list, html('div', 'row', align.element, arrange.element), note);
  let shown = '';
  session.watch((moment) => {
    const { state, ghosts } = moment;
    box.hidden = state.swarm || state.compare.length === 0;
    panes.hidden = state.swarm || state.arrange !== 'split' || ghosts.length === 0;
    const key = JSON.stringify([state.compare, moment.ref, state.files.map(({ id }) => id)]);
    if (key !== shown) {
      shown = key;
      list.replaceChildren(...moment.state.compare.map((ref) => entry(session, moment, ref)));
      panes.replaceChildren(...[moment, ...ghosts].map((view, i) => pane(view, i, moment)));
    }
    align.choose(state.align);
    arrange.choose(state.arrange);
    setText(note, alignmentNote(moment));
  });
}

/** Which episodes are aligned by start because there is no success to align by. */
function alignmentNote(moment: Moment): string {
  if (moment.state.align !== 'success') return '';
  const main = timingOf(moment);
  if (main.reachedAt < 0) return 'This episode never reaches its goal: all are aligned by start.';
  const without = moment.ghosts.flatMap((ghost, i) =>
    canAlignBySuccess(main, timingOf(ghost)) ? [] : [ghostLetter(i)],
  );
  if (without.length === 0) return '';
  return `${without.join(', ')} never ${without.length > 1 ? 'reach their goals' : 'reaches its goal'}: aligned by start.`;
}

function pane(view: EpisodeView, i: number, main: Moment): HTMLElement {
  const letter = i === 0 ? '' : `${ghostLetter(i - 1)} · `;
  return html('div', '', html('span', '', letter + nameOf({ ref: view.ref, file: view }, main)));
}

/** Names the engine where there are several, and the file only where it is not the file that plays. */
function nameOf({ ref, file }: Named, main: Moment): string {
  const shown = [main, ...main.ghosts].map(({ recording }) => recording);
  const engine = file ? engineIn(file.recording, shown) : [];
  const other = file && ref.file !== main.ref.file ? [file.name] : [];
  return [`Episode ${ref.episode + 1}`, ...engine, ...other].join(' · ');
}

/** An episode, and its file if that is still open. */
interface Named {
  readonly ref: EpisodeRef;
  readonly file?: Pick<OpenFile, 'name' | 'recording'>;
}

function entry(session: Session, moment: Moment, ref: EpisodeRef): HTMLElement {
  const { state, ghosts } = moment;
  const i = ghosts.findIndex((ghost) => sameEpisode(ghost.ref, ref));
  const file = state.files.find(({ id }) => id === ref.file);
  const remove = button('icon-button', () => session.update((latest) => toggleCompare(latest, ref)), icon('close'));
  setLabel(remove, `Take episode ${ref.episode + 1} out of the comparison`);
  const swatch = html('span', 'swatch', i < 0 ? '▸' : ghostLetter(i));
  swatch.style.background = i < 0 ? 'var(--accent)' : `var(--series-${i + 1})`;
  const label = html('span', i < 0 ? 'who off' : 'who', nameOf({ ref, file }, moment));
  label.title = label.textContent ?? '';
  const total = ghosts[i] ? compact(ghosts[i].derived.returns[ghosts[i].episode.steps]) : 'playing';
  return html('li', '', swatch, label, html('span', 'quiet', total), remove);
}
