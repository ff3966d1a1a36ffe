import { type App, type Command, inGroup, isOpen } from './command.ts';

function press(id: string): void {
  document.getElementById(id)?.click();
}

async function copyLink({ messages }: App): Promise<void> {
  window.dispatchEvent(new Event('armature:settle'));
  await navigator.clipboard.writeText(location.href);
  messages.say('Link copied', 'It opens this file, episode and time with this camera and these layers.');
}

function switchTheme({ session }: App): void {
  session.set({ theme: document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark' });
}

function toggleHelp(): void {
  const sheet = document.getElementById('help');
  if (!(sheet instanceof HTMLDialogElement)) return;
  if (sheet.open) sheet.close();
  else sheet.showModal();
}

export const pageCommands: readonly Command[] = [
  ...inGroup('File', [
    { id: 'open-file', title: 'Open files', keys: ['Mod+o'], run: () => press('open') },
    { id: 'copy-link', title: 'Copy a link to this view', keys: ['y'], icon: 'link', when: isOpen, run: copyLink },
  ]),
  ...inGroup('Page', [
    { id: 'theme', title: 'Light or dark theme', keys: ['d'], icon: 'theme', run: switchTheme },
    { id: 'palette', title: 'Search actions', keys: ['Mod+k'], run: () => press('search') },
    { id: 'help', title: 'Keyboard shortcuts', keys: ['?'], icon: 'help', run: toggleHelp },
  ]),
];
