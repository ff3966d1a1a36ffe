import { takeWorker } from '../files/spare-worker.ts';
import type { Answer, Request } from './worker/messages.ts';
import { messageOf } from './worker/reasons.ts';

/** A worker of the live room. */
export interface Connection {
  send(request: Request): void;
  close(): void;
}

/** Starts a worker, or takes that which is prepared; what goes wrong in it comes as an answer, too. */
export function connect(hear: (answer: Answer) => void): Connection {
  const fail = (message: string) =>
    hear({ type: 'failed', of: 'open', message: message || 'the simulation could not be loaded' });
  const worker = takeWorker();
  // What is sent waits for the worker, in its order.
  const use = (action: (worker: Worker) => void) => void worker.then(action, () => {});
  worker.catch((reason: unknown) => fail(messageOf(reason)));
  use((one) => {
    one.addEventListener('message', ({ data }: MessageEvent<Answer>) => hear(data));
    one.addEventListener('error', ({ message }) => fail(message));
  });
  return {
    send: (request) => use((one) => one.postMessage(request)),
    close: () => use((one) => one.terminate()),
  };
}
