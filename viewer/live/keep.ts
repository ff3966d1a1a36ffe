/** Keeps what has happened since the last reset, as a recording. */
import { decodeRecording } from '../../envs/recording/recording.ts';
import { button, html } from '../dom/elements.ts';
import { download } from '../export/picture.ts';
import type { Room } from './room.ts';
import type { Answer } from './worker/messages.ts';

export function keep(room: Room): void {
  const { isKept, t, opened } = room.state;
  if (!opened) return;
  if (t === 0) room.app.messages.tell('Nothing to keep yet', 'The arm has not moved since the reset.');
  else if (isKept) room.send({ type: 'keep' });
  else {
    const seconds = Math.round(t * opened.header.spec.dt);
    room.app.messages.tell(
      'It has gone on for too long',
      `After ${seconds} s not all of it is known any more. Reset begins one that can be kept.`,
    );
  }
}

/** Opens what the worker has kept, in place of what is live. */
export async function showKept(room: Room, { bytes, name }: Extract<Answer, { type: 'kept' }>): Promise<void> {
  const { session, messages, goLive } = room.app;
  const recording = await decodeRecording(bytes, name);
  session.open(name, recording);
  const save = button('button', () => download(new Blob([bytes]), name), 'Save the file');
  const back = button('button', () => void goLive?.(room.app), 'Back to live');
  messages.tell(
    'Kept as a recording',
    'Scrub through it, compare it, verify it: what your hands did is part of it.',
    html('span', '', save, ' ', back),
  );
}
