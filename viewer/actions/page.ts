import type { Action } from './types.ts';

function press(id: string): void {
  document.getElementById(id)?.click();
}

export const page: readonly Action[] = [
  { id: 'open-file', title: 'Open files', group: 'File', keys: ['Mod+o'], run: () => press('open') },
  {
    id: 'copy-link',
    title: 'Copy a link to this view',
    group: 'File',
    keys: ['y'],
    icon: 'link',
    when: ({ session }) => session.player !== undefined,
    run: async ({ messages }) => {
      window.dispatchEvent(new Event('armature:settle'));
      await navigator.clipboard.writeText(location.href);
      messages.say('Link copied', 'It opens this file, episode and time with this camera and these layers.');
    },
  },
  {
    id: 'theme',
    title: 'Light or dark theme',
    group: 'Page',
    keys: ['d'],
    icon: 'theme',
    run: ({ session }) =>
      session.update((state) => ({
        ...state,
        theme: document.documentElement.dataset.theme === 'dark' ? 'light' : 'dark',
      })),
  },
  { id: 'palette', title: 'Search actions', group: 'Page', keys: ['Mod+k'], run: () => press('search') },
  {
    id: 'help',
    title: 'Keyboard shortcuts',
    group: 'Page',
    keys: ['?'],
    icon: 'help',
    run: () => {
      const sheet = document.getElementById('help');
      if (!(sheet instanceof HTMLDialogElement)) return;
      if (sheet.open) sheet.close();
      else sheet.showModal();
    },
  },
];
