import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { NetBackend } from '../../policy/network/types.ts';
import { usualPatience } from './desk.ts';
import { createHands } from './hands.ts';

/** A backend on threads of its own. */
export interface Helped {
  readonly backend: NetBackend;
  /** Lets the threads go until they are called again. */
  dismiss(): void;
  close(): void;
}

/**
 * The backend with its passes shared by so many threads, for whoever trains nothing but wants to know what that costs. Where it
 * cannot be shared it is as it was.
 * @param hands threads in all, the calling one among them
 */
export async function helped(backend: NetBackend, hands: number): Promise<Helped> {
  const all = createHands(hands);
  const shared = all.on(backend);
  if (shared === backend) return { backend, dismiss() {}, close() {} };
  const program = new URL('./helper.js', import.meta.url);
  const workers = Array.from({ length: hands - 1 }, () => new Worker(program));
  await Promise.all(workers.map((worker) => once(worker, 'message')));
  const close = () => {
    for (const worker of workers) void worker.terminate();
  };
  all.employ({
    patience: usualPatience,
    call: (invitation) => {
      workers.forEach((worker, i) => {
        worker.postMessage({ ...invitation, hand: i + 1 });
      });
    },
    giveUp: close,
  });
  return { backend: shared, dismiss: all.dismiss, close };
}
