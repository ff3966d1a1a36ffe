/** A second policy beside the first: a list of what can be compared with what is open. */
import type { Recording } from '../../envs/recording/header.ts';
import type { App } from '../commands/command.ts';
import { actorName } from '../derive/policy.ts';
import { byId, html, openList, setText } from '../dom/elements.ts';
import { fetchRecording, findOffered, type OfferedRecording } from '../files/recordings.ts';
import type { State } from '../state/state.ts';
import type { Opener } from './open.ts';

/** Values of the options that name no recording. */
const none = 'none';
const fromDisk = 'file';
const valueFor = (name: string | undefined) => (name === undefined ? none : `recording:${name}`);

/** Recordings in groups, each by its name and what it is called in the list. */
type Groups = readonly (readonly [title: string, options: readonly (readonly [name: string, text: string])[]])[];

export function besideControl({ root, session }: App, opener: Opener): void {
  const select = byId(root, 'beside', HTMLSelectElement);
  const picker = byId(root, 'beside-picker', HTMLInputElement);
  const note = byId(root, 'beside-policy', HTMLElement);
  let shown = '';
  const update = () => {
    const { state } = session;
    const second = state.files.find(({ id }) => id === state.beside);
    const groups = groupsOf(opener.offered, state);
    const first = second ? 'Stop comparing' : 'Compare with…';
    const key = JSON.stringify([groups, first, second?.name]);
    if (key !== shown) {
      shown = key;
      const isListed = groups.some(([, options]) => options.some(([name]) => name === second?.name));
      const own = second && !isListed ? [option(valueFor(second.name), second.name)] : [];
      select.replaceChildren(option(none, first), ...own, ...groups.map(group), option(fromDisk, 'A file…'));
      select.value = valueFor(second?.name);
    }
    note.hidden = second === undefined;
    if (second) setText(note, trainedBy(second.recording));
  };
  select.addEventListener('change', () => {
    const { value } = select;
    const name = value.replace('recording:', '');
    const item = findOffered(opener.offered, name);
    // The list shows what is in view, also where nothing comes of the choice.
    select.value = valueFor(session.state.files.find(({ id }) => id === session.state.beside)?.name);
    if (value === none) opener.closeBeside();
    else if (value === fromDisk) picker.click();
    else if (item) void opener.openBeside(name, () => fetchRecording(item));
  });
  // A closed list would choose with every key, and each choice opens a file.
  select.addEventListener('keydown', (event) => {
    if (!/^(Arrow|Page|Home|End)/.test(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    openList(select);
  });
  picker.addEventListener('change', () => {
    void opener.openFilesBeside([...(picker.files ?? [])]);
    picker.value = '';
  });
  session.watchState(update);
  update();
}

/** Other runs, and the one that is open while it was trained. */
function groupsOf(offered: readonly OfferedRecording[], { files, file }: State): Groups {
  const current = files.find(({ id }) => id === file)?.name ?? '';
  const isOwn = (item: OfferedRecording) => findOffered([item], current) !== undefined;
  const others = offered.filter((item) => !isOwn(item)).map(({ name }) => [name, name] as const);
  const own = offered.filter(isOwn).flatMap((item) => {
    const last = item.training?.some(({ name }) => name === item.name) ? [] : [[item.name, 'the last policy'] as const];
    const earlier = (item.training ?? []).map(({ name, iteration }) => [name, `iteration ${iteration}`] as const);
    return [...earlier, ...last].filter(([name]) => name !== current);
  });
  const groups: Groups = [
    ['Other recordings', others],
    ['The same run', own],
  ];
  return groups.filter(([, options]) => options.length > 0);
}

function trainedBy({ header: { policy } }: Recording): string {
  return `A: ${actorName(policy)}`;
}

function option(value: string, text: string): HTMLOptionElement {
  return Object.assign(html('option', '', text), { value });
}

function group([label, options]: Groups[number]): HTMLElement {
  const element = html('optgroup', '', ...options.map(([name, text]) => option(valueFor(name), text)));
  element.label = label;
  return element;
}
