/** In place of start-worker.ts and start-simulator.ts in a page that is one file: the page itself holds the script of both workers. */
import * as v from 'valibot';
import { embeddedIds } from '../../envs/recording/embedded.ts';
import { base64Of } from './base64.ts';
import { fetchBytes } from './recordings.ts';

export const startLiveWorker = () => start('live');
export const startSimulator = () => start('simulator');

let address: Promise<string> | undefined;

/**
 * A worker is under the policy of whoever starts it. That of the page lets nothing compile WebAssembly, and that of the frame, which
 * holds nothing, does.
 */
async function start(name: string): Promise<Worker> {
  const frame = document.getElementById(embeddedIds.frame) as HTMLIFrameElement;
  const { Worker, URL } = frame.contentWindow as unknown as typeof globalThis;
  address ??= script().then((blob) => URL.createObjectURL(blob));
  return new Worker(await address, { name });
}

async function script(): Promise<Blob> {
  const text = document.getElementById(embeddedIds.worker)?.textContent ?? '[]';
  const parts = await Promise.all(v.parse(v.array(v.string()), JSON.parse(text)).map(fetchBytes));
  return new Blob(
    parts.map((part, i) => (i % 2 ? base64Of(part) : part)),
    { type: 'text/javascript' },
  );
}
