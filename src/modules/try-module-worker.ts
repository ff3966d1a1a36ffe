import { parentPort, workerData } from 'node:worker_threads';
import type { Trial } from './try-module.ts';

/** A thread that imports one module and says how that went. */

const { url } = workerData as { readonly url: string };
const answer = (trial: Trial) => parentPort?.postMessage(trial);

try {
  await import(url);
  answer({ error: null });
} catch (error) {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  answer({ error: { message, stack: stack ?? '' } });
}
