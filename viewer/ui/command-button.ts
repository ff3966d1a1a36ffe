import type { App, Command } from '../commands/command.ts';
import { isMac } from '../commands/keyboard.ts';
import { printedKeys } from '../commands/lookup.ts';
import { button } from '../dom/elements.ts';

export function commandOf({ commands }: App, id: string): Command {
  const found = commands.find((command) => command.id === id);
  if (!found) throw new Error(`no command ${id}`);
  return found;
}

/** A command's first shortcut as it is printed on the keyboard: `Ctrl+K`. */
export function shortcutOf({ keys = [] }: Command): string {
  return printedKeys(keys[0] ?? '', isMac).join('+');
}

export function commandButton(
  app: App,
  command: Command,
  className: string,
  ...children: (Node | string)[]
): HTMLButtonElement {
  return button(className, () => void command.run(app), ...children);
}

/** Keeps a button disabled while its command cannot run, and pressed while what the command switches is on. */
export function reflectCommand(app: App, command: Command, element: HTMLButtonElement): void {
  const update = () => {
    element.disabled = command.when?.(app) === false;
    if (command.pressed) element.setAttribute('aria-pressed', String(command.pressed(app)));
  };
  app.session.watchState(update);
  update();
}
