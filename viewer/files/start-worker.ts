/** Starts the worker that simulates for the live room, and trains. */
export async function startLiveWorker(): Promise<Worker> {
  return new Worker(new URL('../live/worker/live-worker.ts', import.meta.url), { type: 'module' });
}
