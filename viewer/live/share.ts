/** How the arm that acts gets to somebody else. */

import { isOfSite, isShared } from '../files/recordings.ts';
import { copyLink } from '../ui/address.ts';
import type { Room } from './room.ts';
import type { PolicySource } from './source.ts';

/** @param acting what acts, with its file */
export async function share(room: Room, acting: () => Promise<PolicySource | undefined>): Promise<void> {
  const { messages } = room.app;
  if (!isShared() && !isOfSite()) return saveAsFile(room, acting);
  const isOwn = !room.state.opened?.isInTraining && (await acting())?.isOfPage === true;
  const another =
    'A policy that was trained or opened here is sent by itself, as a file: dropped on this page, it acts.';
  if (isShared()) {
    const words = isOwn ? [] : [another];
    return messages.tell('This page is one file', 'Send that file: its arm acts wherever it is opened.', ...words);
  }
  if (isOwn) return copyLink.run(room.app);
  return messages.tell('A link opens the arm of this page', another);
}

function saveAsFile({ app, state }: Room, acting: () => Promise<PolicySource | undefined>): Promise<void> {
  return app.task.run('The page', async (signal, say) => {
    say('Saving the arm as one file …');
    const source = await acting();
    const { opened } = state;
    if (!source || !opened) throw new Error('nothing acts yet: train a policy, or open one');
    const { livePageOf } = await import('../export/page.ts');
    const { download } = await import('../export/picture.ts');
    const page = await livePageOf({ ...source, meshes: opened.meshes }, signal);
    const name = `${opened.header.env.env}-live.html`;
    download(page, name);
    app.messages.tell(
      `Saved as ${name}, ${(page.size / 1e6).toFixed(1)} MB`,
      'Send that file: the arm acts wherever it is opened, in any browser, without a network.',
    );
  });
}
