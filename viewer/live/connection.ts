import type { Answer, Request } from './worker/messages.ts';

/** A worker of the live room. */
export interface Connection {
  send(request: Request): void;
  close(): void;
}

/** Starts a worker; what goes wrong in it comes as an answer, too. */
export function connect(hear: (answer: Answer) => void): Connection {
  const worker = new Worker(new URL('./worker/live-worker.ts', import.meta.url), { type: 'module' });
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => hear(data));
  worker.addEventListener('error', ({ message }) =>
    hear({ type: 'failed', of: 'open', message: message || 'the simulation could not be loaded' }),
  );
  return { send: (request) => worker.postMessage(request), close: () => worker.terminate() };
}
