import { startLiveWorker } from './start-worker.ts';
import type { Answer, Request } from './worker/messages.ts';
import { messageOf } from './worker/reasons.ts';

/** A worker of the live room. */
export interface Connection {
  send(request: Request): void;
  close(): void;
}

/** A worker that loads Rapier before anybody needs it. */
let spare: Promise<Worker> | undefined;

/** Has the next connection's worker, and so many that run its episodes, load all they need before there is anything to do. */
export function prepare(members: number): void {
  spare ??= startLiveWorker();
  spare.then(
    (worker) => worker.postMessage({ type: 'prepare', members } satisfies Request),
    // Whoever connects is told.
    () => {},
  );
}

/** Ends the worker that nobody came to need. */
export function dismiss(): void {
  spare?.then(
    (worker) => worker.terminate(),
    () => {},
  );
  spare = undefined;
}

/** Starts a worker, or takes that which is prepared; what goes wrong in it comes as an answer, too. */
export function connect(hear: (answer: Answer) => void): Connection {
  const fail = (message: string) =>
    hear({ type: 'failed', of: 'open', message: message || 'the simulation could not be loaded' });
  const worker = spare ?? startLiveWorker();
  spare = undefined;
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
