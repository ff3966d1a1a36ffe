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

/** The element that the viewer fills is shown alone on the screen, so that its page is not in the way. */
async function toggleFullscreen({ root, messages }: App): Promise<void> {
  if (document.fullscreenElement) return document.exitFullscreen();
  const { host } = root.getRootNode() as ShadowRoot;
  try {
    await (host.parentElement ?? host).requestFullscreen();
  } catch (reason) {
    messages.fail('Full screen', reason);
  }
}

export const pageCommands: readonly Command[] = [
  ...inGroup('File', [{ id: 'open-file', title: 'Open files', keys: ['Mod+o'], run: press('open') }]),
  ...inGroup('Page', [
    {
      id: 'fullscreen',
      title: 'Full screen, or back',
      words: 'fullscreen maximise maximize',
      keys: ['Shift+F'],
      when: () => document.fullscreenEnabled,
      run: toggleFullscreen,
    },
    {
      id: 'theme',
      title: 'Light or dark theme',
      words: 'night mode colours',
      keys: ['d'],
      icon: 'theme',
      run: switchTheme,
    },
    { id: 'palette', title: 'Search actions', keys: ['Mod+k'], run: press('search') },
    { id: 'help', title: 'Keyboard shortcuts', words: 'help keys hotkeys', keys: ['?'], icon: 'help', run: toggleHelp },
  ]),
];
