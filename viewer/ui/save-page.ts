/** Saves what is in view as one HTML file. What makes it is loaded when it is asked for, and so is the page without recordings. */
import { type App, type Command, isReplay } from '../commands/command.ts';
import { button, html } from '../dom/elements.ts';
import { isShared, type OfferedRecording } from '../files/recordings.ts';
import { writeLink } from '../state/link.ts';
import { linkOf } from './address.ts';

/**
 * A page that was saved already is the file itself: it saves no other, and says how it is embedded.
 * @param offered what the server has
 */
export function savePageCommand(offered: () => readonly OfferedRecording[]): readonly Command[] {
  const words = 'embed iframe website blog export download share send';
  if (isShared()) {
    const title = 'Embed this page in another: the HTML for it';
    return [{ id: 'embed', title, words, group: 'File', when: isReplay, run: embedThis }];
  }
  return [
    {
      id: 'save-page',
      title: 'Save as HTML: one file to send, share or embed',
      words,
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
    messages.tell(
      `Saved as ${name}, ${size}`,
      'It opens in any browser at this moment and in this view, with what is compared, and needs no server and no network.',
      ...embedding(app, name),
    );
  });
}

function embedThis(app: App): void {
  const file = location.pathname.split('/').at(-1) || 'index.html';
  const [how, code] = embedding(app, decodeURIComponent(file), writeLink(linkOf(app)));
  app.messages.tell('Embed this page', how, code);
}

/** How another page shows this one, from a file beside it. */
function embedding({ messages, session }: App, file: string, link = ''): [how: string, code: HTMLElement] {
  const attribute = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const source = attribute(`${encodeURIComponent(file)}${link && `#${link}`}`);
  const title = attribute(`A robot arm in ${session.moment()?.recording.header.env.env ?? 'motion'}`);
  const code = `<iframe src="${source}" title="${title}" width="960" height="540" style="border: 0" allowfullscreen></iframe>`;
  const copy = async () => {
    await navigator.clipboard.writeText(code);
    messages.say('Copied', 'Paste it where the episode is to be, and put the file beside that page:', code);
  };
  const press = () =>
    void copy().catch(() => messages.tell('Not copied', 'This page may not copy by itself:', shown()));
  const shown = () => html('code', 'command', code);
  return [
    'To embed it in a page of yours, put the file beside that page, and there:',
    html('span', 'choices', shown(), button('button', press, 'Copy')),
  ];
}
