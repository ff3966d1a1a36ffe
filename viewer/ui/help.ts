import { isMac } from '../actions/keys.ts';
import { printed } from '../actions/strokes.ts';
import type { Action } from '../actions/types.ts';
import { button, html, name, need } from './dom.ts';
import { icon } from './icons.ts';

/** Every action that has keys, by group: the sheet is true because the keyboard reads the same list. */
export function help(actions: readonly Action[]): void {
  const sheet = need('help', HTMLDialogElement);
  const title = html('h2', '', 'Keyboard shortcuts');
  title.id = 'help-title';
  const close = button('icon-button', () => sheet.close(), icon('close'));
  name(close, 'Close', 'Esc');
  const groups = [...new Set(actions.map(({ group }) => group))];
  const sections = groups.map((group) => {
    const rows = actions.filter((action) => action.group === group && action.keys?.length).map(row);
    return html('section', '', html('h3', '', group), html('dl', '', ...rows));
  });
  const hint = html(
    'p',
    'hint',
    'Drag the scene to turn it, with the right button to move it, scroll to zoom. Double-click the arm to focus there, ' +
      'and beside it for the whole workspace. Drag along the ruler over the timeline to select a stretch to loop.',
  );
  sheet.append(html('header', '', title, close), html('div', 'groups', ...sections), hint);
  closeOnBackdrop(sheet);
}

function row({ title, keys = [] }: Action): HTMLElement {
  const combinations = keys.flatMap((key, i) => {
    const parts = printed(key, isMac).map((part) => html('kbd', '', part));
    return i > 0 ? [html('span', 'quiet', 'or'), ...parts] : parts;
  });
  return html('div', '', html('dt', '', title), html('dd', '', ...combinations));
}

export function closeOnBackdrop(dialog: HTMLDialogElement): void {
  dialog.addEventListener('click', ({ target }) => {
    if (target === dialog) dialog.close();
  });
}
