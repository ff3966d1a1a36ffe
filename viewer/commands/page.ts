import { byId } from '../dom/elements.ts';
import { type App, type Command, inGroup } from './command.ts';

function press(id: string): Command['run'] {
  return ({ root }) => byId(root, id, HTMLButtonElement).click();
}

function switchTheme({ root, session }: App): void {
  session.set({ theme: root.dataset.theme === 'dark' ? 'light' : 'dark' });
}

function toggleHelp({ root }: App): void {
  const sheet = byId(root, 'help', HTMLDialogElement);
  if (sheet.open) sheet.close();
  else sheet.showModal();
}

export const pageCommands: readonly Command[] = [
  ...inGroup('File', [{ id: 'open-file', title: 'Open files', keys: ['Mod+o'], run: press('open') }]),
  ...inGroup('Page', [
    { id: 'theme', title: 'Light or dark theme', keys: ['d'], icon: 'theme', run: switchTheme },
    { id: 'palette', title: 'Search actions', keys: ['Mod+k'], run: press('search') },
    { id: 'help', title: 'Keyboard shortcuts', keys: ['?'], icon: 'help', run: toggleHelp },
  ]),
];
