/** A run that is being trained, as its folder says, and what the server of its page tells of it. */
import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { recordingsIn } from '../../src/pages/library.ts';
import { serve } from '../../src/pages/server.ts';
import { temporaryFolder } from '../cli/armature.ts';

export interface News {
  readonly recordings: readonly {
    readonly name: string;
    readonly going?: true;
    readonly training?: readonly { readonly name: string }[];
  }[];
  readonly waiting: readonly string[];
}

const closing: (() => void)[] = [];
afterAll(() => {
  for (const close of closing) close();
});

/** A run that is being trained, as its folder says, and has recorded nothing yet. */
export function runInTraining() {
  const run = join(temporaryFolder(), 'run');
  mkdirSync(join(run, 'recordings'), { recursive: true });
  writeFileSync(join(run, 'config.json'), '{}');
  const lock = join(run, 'lock');
  writeFileSync(lock, 'token');
  // A process that lives touches it.
  const beat = setInterval(() => utimesSync(lock, new Date(), new Date()), 500);
  const stop = () => clearInterval(beat);
  closing.push(stop);
  return { run, lock, stop };
}

/** As a run is written: to a neighbour first. */
export function record(run: string, name: string): void {
  const neighbour = join(run, 'recordings', 'unfinished.1.tmp');
  writeFileSync(neighbour, 'a recording');
  renameSync(neighbour, join(run, 'recordings', `${name}.safetensors`));
}

export async function served(run: string) {
  const { address, close } = await serve(() => recordingsIn(run), 0, [run]);
  closing.push(close);
  const list = await fetch(`${address}api/recordings`);
  return { address, isGoing: list.headers.has('armature-going') };
}

/** What the server tells, one after another. */
export async function* news(address: string): AsyncGenerator<News, void> {
  const response = await fetch(`${address}api/changes`);
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  let text = '';
  for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
    text += new TextDecoder().decode(piece);
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      yield JSON.parse(text.slice('data: '.length, end)) as News;
      text = text.slice(end + 2);
    }
  }
}

export const namesIn = ({ recordings }: News) =>
  recordings.flatMap(({ training = [] }) => training.map(({ name }) => name));
