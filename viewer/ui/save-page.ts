/** Saves what is in view as one HTML file. What makes it is loaded when it is asked for, and so is the page without recordings. */

import { type App, type Command, isReplay } from '../commands/command.ts';
import { isShared, type OfferedRecording } from '../files/recordings.ts';
import { writeLink } from '../state/link.ts';
import { linkOf } from './address.ts';

/**
 * A page that was saved already is the file itself: it saves no other.
 * @param offered what the server has
 */
export function savePageCommand(offered: () => readonly OfferedRecording[]): readonly Command[] {
  if (isShared()) return [];
  return [
    {
      id: 'save-page',
      title: 'Save as HTML: one file that replays anywhere, to send or share',
      group: 'File',
      keys: ['Shift+S'],
      icon: 'download',
      when: isReplay,
      run: (app) => savePage(app, offered()),
    },
  ];
}

function savePage(app: App, offered: readonly OfferedRecording[]): Promise<void> {
  const { session, task, messages } = app;
  return task.run('The page', async (signal, say) => {
    const moment = session.moment();
    if (!moment) return;
    say('Saving as HTML …');
    const { pageOf } = await import('../export/page.ts');
    const { download } = await import('../export/picture.ts');
    const page = await pageOf(session.state, offered, writeLink(linkOf(app)), signal);
    const name = `${moment.name.replace(/\.safetensors$/, '').replace(/[^\w.-]+/g, '-')}.html`;
    download(page, name);
    const size = page.size < 1e6 ? `${Math.ceil(page.size / 1e3)} kB` : `${(page.size / 1e6).toFixed(1)} MB`;
    messages.say(
      `Saved as ${name}, ${size}`,
      'It opens in any browser, at this moment and in this view, and needs no server and no network.',
    );
  });
}
