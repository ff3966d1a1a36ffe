import type { App, Command } from '../commands/command.ts';
import { isMac } from '../commands/keyboard.ts';
import { printedKeys } from '../commands/lookup.ts';
import { button, byId, closeOnBackdrop, html, icon, setLabel } from '../dom/elements.ts';

/** Every command that has keys, by group: the sheet is true because the keyboard reads the same list. */
export function help({ root, commands }: App): void {
  const sheet = byId(root, 'help', HTMLDialogElement);
  const title = html('h2', '', 'Keyboard shortcuts');
  title.id = 'help-title';
  const close = button('icon-button', () => sheet.close(), icon('close'));
  setLabel(close, 'Close', 'Esc');
  const groups = [...new Set(commands.map(({ group }) => group))];
  const sections = groups.map((group) => {
    const rows = commands.filter((command) => command.group === group && command.keys?.length).map(row);
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

function row({ title, keys = [] }: Command): HTMLElement {
  const combinations = keys.flatMap((key, i) => {
    const parts = printedKeys(key, isMac).map((part) => html('kbd', '', part));
    return i > 0 ? [html('span', 'quiet', 'or'), ...parts] : parts;
  });
  return html('div', '', html('dt', '', title), html('dd', '', ...combinations));
}
