import { isMac } from '../actions/keys.ts';
import { printed } from '../actions/strokes.ts';
import type { Action, App } from '../actions/types.ts';
import { html, need } from './dom.ts';
import { closeOnBackdrop } from './help.ts';
import { search } from './search.ts';

/** A list of all that can be done now, narrowed by typing. */
export function palette(app: App, actions: readonly Action[]): void {
  const dialog = need('palette', HTMLDialogElement);
  const input = html('input');
  const list = html('div');
  const none = html('p', 'none', 'No action of that name');
  Object.assign(input, {
    type: 'text',
    placeholder: 'What do you want to do?',
    autocomplete: 'off',
    spellcheck: false,
  });
  const attributes = {
    role: 'combobox',
    'aria-label': 'Action',
    'aria-expanded': 'true',
    'aria-controls': 'palette-list',
  };
  for (const [key, value] of Object.entries(attributes)) input.setAttribute(key, value);
  list.id = 'palette-list';
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', 'Actions');
  dialog.append(input, list, none);
  let found: readonly Action[] = [];
  let chosen = 0;
  const choose = (i: number) => {
    chosen = Math.min(Math.max(i, 0), found.length - 1);
    for (const [k, option] of [...list.children].entries()) option.setAttribute('aria-selected', String(k === chosen));
    list.children[chosen]?.scrollIntoView({ block: 'nearest' });
    input.setAttribute('aria-activedescendant', found.length > 0 ? `palette-${chosen}` : '');
  };
  const run = (action: Action | undefined) => {
    dialog.close();
    if (action) void action.run(app);
  };
  const update = () => {
    found = search(
      actions.filter((action) => action.id !== 'palette' && action.when?.(app) !== false),
      input.value,
    );
    list.replaceChildren(...found.map((action, i) => option(action, i, () => run(action))));
    none.hidden = found.length > 0;
    choose(0);
  };
  input.addEventListener('input', update);
  input.addEventListener('keydown', (event) => {
    const move: Readonly<Record<string, number>> = { ArrowDown: chosen + 1, ArrowUp: chosen - 1 };
    if (event.key in move) choose(move[event.key]);
    else if (event.key === 'Enter') run(found[chosen]);
    else return;
    event.preventDefault();
  });
  closeOnBackdrop(dialog);
  const opener = need('search', HTMLButtonElement);
  opener.querySelector('kbd')?.append(printed('Mod+k', isMac).join(isMac ? '' : ' '));
  opener.addEventListener('click', () => {
    input.value = '';
    update();
    dialog.showModal();
    input.focus();
  });
}

function option({ title, group, keys = [] }: Action, i: number, onClick: () => void): HTMLElement {
  const shortcut = printed(keys[0] ?? '', isMac).filter((key) => key !== '');
  const element = html('div', '', title, html('span', 'group', group), ...shortcut.map((key) => html('kbd', '', key)));
  element.id = `palette-${i}`;
  element.setAttribute('role', 'option');
  element.addEventListener('click', onClick);
  return element;
}
