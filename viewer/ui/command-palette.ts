import type { App, Command } from '../commands/command.ts';
import { isMac } from '../commands/keyboard.ts';
import { printedKeys, search } from '../commands/lookup.ts';
import { byId, closeOnBackdrop, html } from '../dom/elements.ts';

/** A list of all commands that can run now, narrowed by typing. */
export class CommandPalette {
  readonly #app: App;
  readonly #dialog: HTMLDialogElement;
  readonly #input = html('input');
  readonly #list = html('div');
  readonly #none = html('p', 'none', 'No action of that name');
  #found: readonly Command[] = [];
  #chosen = 0;

  constructor(app: App) {
    this.#app = app;
    this.#dialog = byId(app.root, 'palette', HTMLDialogElement);
    const input = this.#input;
    setAttributes(input, {
      type: 'text',
      placeholder: 'What do you want to do?',
      autocomplete: 'off',
      spellcheck: 'false',
      role: 'combobox',
      'aria-label': 'Action',
      'aria-expanded': 'true',
      'aria-controls': 'palette-list',
    });
    setAttributes(this.#list, { id: 'palette-list', role: 'listbox', 'aria-label': 'Actions' });
    this.#dialog.append(input, this.#list, this.#none);
    input.addEventListener('input', () => this.#update());
    input.addEventListener('keydown', (event) => this.#onKey(event));
    closeOnBackdrop(this.#dialog);
    const opener = byId(app.root, 'search', HTMLButtonElement);
    opener.querySelector('kbd')?.append(printedKeys('Mod+k', isMac).join(isMac ? '' : ' '));
    opener.addEventListener('click', () => this.#open());
  }

  #open(): void {
    this.#input.value = '';
    this.#update();
    this.#dialog.showModal();
    this.#input.focus();
  }

  #update(): void {
    const possible = this.#app.commands.filter(({ id, when }) => id !== 'palette' && when?.(this.#app) !== false);
    this.#found = search(possible, this.#input.value);
    this.#list.replaceChildren(...this.#found.map((command, i) => this.#option(command, i)));
    this.#none.hidden = this.#found.length > 0;
    this.#choose(0);
  }

  #option(command: Command, i: number): HTMLElement {
    const keys = printedKeys(command.keys?.[0] ?? '', isMac).filter((key) => key !== '');
    const group = html('span', 'group', command.group);
    const element = html('div', '', command.title, group, ...keys.map((key) => html('kbd', '', key)));
    setAttributes(element, { id: `palette-${i}`, role: 'option' });
    element.addEventListener('click', () => this.#run(command));
    return element;
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === 'ArrowDown') this.#choose(this.#chosen + 1);
    else if (event.key === 'ArrowUp') this.#choose(this.#chosen - 1);
    else if (event.key === 'Enter') this.#run(this.#found[this.#chosen]);
    else return;
    event.preventDefault();
  }

  #choose(i: number): void {
    this.#chosen = Math.min(Math.max(i, 0), this.#found.length - 1);
    const options = [...this.#list.children];
    for (const [k, option] of options.entries()) option.setAttribute('aria-selected', String(k === this.#chosen));
    options[this.#chosen]?.scrollIntoView({ block: 'nearest' });
    this.#input.setAttribute('aria-activedescendant', options.length > 0 ? `palette-${this.#chosen}` : '');
  }

  #run(command: Command | undefined): void {
    this.#dialog.close();
    void command?.run(this.#app);
  }
}

function setAttributes(element: HTMLElement, attributes: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}
