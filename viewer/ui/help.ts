import type { App, Command } from '../commands/command.ts';
import { isMac } from '../commands/keyboard.ts';
import { printedKeys } from '../commands/lookup.ts';
import { button, byId, closeOnBackdrop, hasCoarsePointer, html, icon, setLabel } from '../dom/elements.ts';

/** Every command that has keys, by group: the sheet is true because the keyboard reads the same list. */
export function help({ root, commands }: App): void {
  const sheet = byId(root, 'help', HTMLDialogElement);
  const isTouched = hasCoarsePointer();
  const title = html('h2', '', isTouched ? 'Gestures and keys' : 'Keyboard shortcuts');
  title.id = 'help-title';
  const close = button('icon-button', () => sheet.close(), icon('close'));
  setLabel(close, 'Close', 'Esc');
  const groups = [...new Set(commands.map(({ group }) => group))];
  const sections = groups.map((group) => {
    const rows = commands.filter((command) => command.group === group && command.keys?.length).map(row);
    return html('section', '', html('h3', '', group), html('dl', '', ...rows));
  });
  const groupsOfKeys = html('div', 'groups', ...sections);
  // It scrolls, and a keyboard is to reach what is below.
  groupsOfKeys.tabIndex = 0;
  groupsOfKeys.setAttribute('role', 'group');
  groupsOfKeys.setAttribute('aria-label', 'Shortcuts by group');
  const [first, last] = isTouched ? [gestures.touch, gestures.mouse] : [gestures.mouse, gestures.touch];
  const hints = html('footer', 'hint', html('p', '', first), html('p', '', last));
  // On a touch screen there may be no keyboard: what fingers do comes first.
  const contents = isTouched ? [hints, groupsOfKeys] : [groupsOfKeys, hints];
  sheet.classList.toggle('touched', isTouched);
  sheet.append(html('header', '', title, close), ...contents);
  closeOnBackdrop(sheet);
}

/** What can be done with the scene and the timeline. */
const gestures = {
  mouse:
    'With a mouse: drag the scene to turn it, with the right button to move it, scroll to zoom. Double-click the arm to focus there, ' +
    'and beside it for the whole workspace. Drag along the ruler over the timeline to select a stretch to loop.',
  touch:
    'By touch: drag the scene with one finger to turn it, with two to move it, pinch to zoom; tap twice to focus, or beside the arm ' +
    'for the whole workspace. Drag the timeline to go through the episode. The magnifier lists everything that can be done.',
} as const;

function row({ title, keys = [] }: Command): HTMLElement {
  const combinations = keys.flatMap((key, i) => {
    const parts = printedKeys(key, isMac).map((part) => html('kbd', '', part));
    return i > 0 ? [html('span', 'quiet', 'or'), ...parts] : parts;
  });
  return html('div', '', html('dt', '', title), html('dd', '', ...combinations));
}
