/** Saves what is in view as one HTML file. What makes it is loaded when it is asked for, and so is the page without recordings. */
import { type App, type Command, isReplay } from '../commands/command.ts';
import { button, html } from '../dom/elements.ts';
import { isOfSite, isShared, type OfferedRecording } from '../files/recordings.ts';
import { writeLink } from '../state/link.ts';
import { linkOf } from './address.ts';
import { addressFor } from './frame.ts';

/**
 * A page of a site says how it is embedded, and so does one that was saved already, which is the file itself and saves no other.
 * @param offered what the server has
 */
export function savePageCommand(offered: () => readonly OfferedRecording[]): readonly Command[] {
  const words = 'embed iframe website blog export download share send';
  if (isOfSite()) {
    const title = 'Embed this arm in a page of yours: the HTML for it';
    return [{ id: 'embed', title, words, group: 'File', run: embedFromSite }];
  }
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

function embedFromSite(app: App): void {
  const code = frameOf(addressFor(true), 'A robot arm that acts', [480, 270]);
  app.messages.tell('Embed this arm', 'It acts in a page of yours by this:', copied(app, code, 'it is there at once:'));
}

/** How another page shows this one, from a file beside it. */
function embedding(app: App, file: string, link = ''): [how: string, code: HTMLElement] {
  const source = `${encodeURIComponent(file)}${link && `#${link}`}`;
  const title = `A robot arm in ${app.session.moment()?.recording.header.env.env ?? 'motion'}`;
  return [
    'To embed it in a page of yours, put the file beside that page, and there:',
    copied(app, frameOf(source, title, [960, 540]), 'put the file beside that page:'),
  ];
}

/** @param size px */
function frameOf(source: string, title: string, [width, height]: readonly [number, number]): string {
  const attribute = (text: string) => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  return `<iframe src="${attribute(source)}" title="${attribute(title)}" width="${width}" height="${height}" style="border: 0" allowfullscreen></iframe>`;
}

/** Code with a button that copies it. */
function copied({ messages }: App, code: string, rest: string): HTMLElement {
  const shown = () => html('code', 'command', code);
  const copy = async () => {
    await navigator.clipboard.writeText(code);
    messages.say('Copied', `Paste it where the arm is to be, and ${rest}`, code);
  };
  const press = () =>
    void copy().catch(() => messages.tell('Not copied', 'This page may not copy by itself:', shown()));
  return html('span', 'choices', shown(), button('button', press, 'Copy'));
}
