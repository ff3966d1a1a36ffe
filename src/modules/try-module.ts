import { Worker } from 'node:worker_threads';
import { Failure } from '../run/failure.ts';
import { describeError } from './place.ts';

/** What a thread says of a module that it imported. */
export type Trial = { readonly error: { readonly message: string; readonly stack: string } | null };

/** A module that takes longer to load is taken to never end, ms. */
const patience = 10_000;

/**
 * Imports a module in a thread of its own, which can be ended: in this one a loop without an end could not.
 * @param path the module's path, for messages
 * @throws Failure where it throws, or does not come to an end
 */
export async function tryModule(url: string, path: string): Promise<void> {
  // What the module prints is printed when it is imported for good.
  const options = { workerData: { url }, stdout: true, stderr: true };
  const thread = new Worker(new URL('./try-module-worker.js', import.meta.url), options);
  let timer: NodeJS.Timeout | undefined;
  try {
    const { error } = await new Promise<Trial>((resolve, reject) => {
      thread.once('message', resolve);
      thread.once('error', reject);
      thread.once('exit', () => reject(new Failure(`${path}: it ends the process that loads it`)));
      timer = setTimeout(() => reject(new Failure(`${path}: it is not loaded after ${patience / 1000} s`)), patience);
    });
    if (error) throw new Failure(describeError(error, path));
  } finally {
    clearTimeout(timer);
    void thread.terminate();
  }
}
