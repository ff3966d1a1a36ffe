import { takeWorker } from '../files/spare-worker.ts';
import type { Answer, Request } from './worker/messages.ts';
import { messageOf } from './worker/reasons.ts';

/** A worker of the live room. */
export interface Connection {
  send(request: Request): void;
  close(): void;
}

/** Starts a worker, or takes that which is prepared; what goes wrong in it comes as an answer, too, and so does its death. */
export function connect(hear: (answer: Answer) => void): Connection {
  const fail = (message: string) =>
    hear({ type: 'failed', of: 'open', message: message || 'the simulation could not be loaded' });
  const worker = takeWorker();
  const closing = new AbortController();
  // What is sent waits for the worker, in its order.
  const use = (action: (worker: Worker) => void) => void worker.then(action, () => {});
  worker.catch((reason: unknown) => fail(messageOf(reason)));
  // Other tabs have theirs.
  const lock = `armature worker ${Math.random()}`;
  use((one) => {
    one.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      if (data.type !== 'watched') hear(data);
      else whenFree(lock, closing.signal, () => hear({ type: 'gone' })).catch(() => {});
    });
    one.addEventListener('messageerror', () => fail('what the simulation sent could not be read'));
    one.addEventListener('error', ({ message }) => fail(message));
    one.postMessage({ type: 'watch', lock } satisfies Request);
  });
  return {
    send: (request) => use((one) => one.postMessage(request)),
    close() {
      closing.abort();
      use((one) => one.terminate());
    },
  };
}

/** Calls back once the worker that holds a lock has ended, unless that is wanted: no clock, so a slow or hidden page is no matter. */
async function whenFree(name: string, signal: AbortSignal, callback: () => void): Promise<void> {
  const { held = [] } = await navigator.locks.query();
  // Where a browser has other locks for the worker than for the page, nothing can be told by them.
  if (held.some((lock) => lock.name === name)) await navigator.locks.request(name, { signal }, callback);
}
