import type { App } from '../commands/command.ts';
import { button, byId, html, icon, segmentedControl, setLabel, setText } from '../dom/elements.ts';
import { compact } from '../dom/format.ts';
import {
  canAlignBySuccess,
  comparedWith,
  engineIn,
  ghostLetter,
  hasSameGoal,
  policyLabel,
  sameEpisode,
  secondOf,
  timingOf,
  toggleCompare,
  withBeside,
} from '../state/compare.ts';
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
    box.hidden = state.swarm || comparedWith(state).length === 0;
    panes.hidden = state.swarm || state.arrange !== 'split' || ghosts.length === 0;
    const key = JSON.stringify([state.beside, state.compare, moment.ref, state.files.map(({ id }) => id)]);
    if (key !== shown) {
      shown = key;
      list.replaceChildren(
        ...policies(session, moment, () => byId(root, 'beside', HTMLSelectElement).focus()),
        ...moment.state.compare.map((ref) => entry(session, moment, ref)),
      );
      panes.replaceChildren(...[moment, ...ghosts].map((view, i) => pane(view, i, moment)));
    }
    align.choose(state.align);
    arrange.choose(state.arrange);
    setText(note, [goalNote(moment), alignmentNote(moment)].filter(Boolean).join(' '));
  });
}

/** What keeps the two policies' episodes from being a pair. */
function goalNote(moment: Moment): string {
  const { state, ref } = moment;
  if (state.beside === undefined) return '';
  const second = secondOf(moment);
  if (!second) return `The other recording has no episode ${ref.episode + 1}.`;
  if (hasSameGoal(moment, second)) return '';
  return 'These two have different goals. The final policies of runs of one seed have the same.';
}

/** Both policies with their colour and return; the second can be let go. */
function policies(session: Session, moment: Moment, focusChoice: () => void): HTMLElement[] {
  const second = secondOf(moment);
  if (!second) return [];
  const drop = button(
    'icon-button',
    () => {
      session.update((state) => withBeside(state, undefined));
      focusChoice();
    },
    icon('close'),
  );
  setLabel(drop, 'Stop comparing with this policy');
  const rows = [
    row(-1, policyLabel(moment), compact(moment.derived.returns[moment.episode.steps])),
    row(0, policyLabel(second), compact(second.derived.returns[second.episode.steps]), drop),
  ];
  for (const element of rows) element.classList.add('acting');
  return rows;
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
  const isPolicy = secondOf(main) !== undefined && i < 2;
  const name = isPolicy ? policyLabel(view) : nameOf({ ref: view.ref, file: view }, main);
  return html('div', '', html('span', '', letter + name));
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
  const total = ghosts[i] ? compact(ghosts[i].derived.returns[ghosts[i].episode.steps]) : 'playing';
  const element = row(i, nameOf({ ref, file }, moment), total, remove);
  element.classList.toggle('off', i < 0);
  return element;
}

/** @param i index of a ghost; -1 for the episode that plays */
function row(i: number, name: string, total: string, ...more: readonly HTMLElement[]): HTMLElement {
  const swatch = html('span', 'swatch', i < 0 ? '▸' : ghostLetter(i));
  swatch.style.background = i < 0 ? 'var(--accent)' : `var(--series-${i + 1})`;
  const label = html('span', 'who', name);
  label.title = name;
  return html('li', '', swatch, label, html('span', 'quiet', total), ...more);
}
