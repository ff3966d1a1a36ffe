import { Worker } from 'node:worker_threads';

/** Between two beats, ms. */
export const beatEvery = 500;

/**
 * Touches a file twice a second for as long as this process lives: from a thread of its own, since training can keep the main
 * thread busy for minutes. The thread keeps the file open, so that another file in its place is never touched.
 * @returns what stops it
 */
export function startHeartbeat(path: string): () => void {
  // The program is a text and no module, which runs from the sources as it does from the built package.
  const thread = new Worker(`(${beat})()`, { eval: true, workerData: { path, beatEvery }, execArgv: [] });
  // Without a thread, or with a file that is gone, other processes see no beat, and the lock is lost: its owner finds out.
  thread.on('error', () => {});
  thread.unref();
  return () => void thread.terminate();
}

/** Runs in the thread, with nothing of this module around it. */
function beat(): void {
  const { futimesSync, openSync } = process.getBuiltinModule('node:fs');
  const { workerData } = process.getBuiltinModule('node:worker_threads');
  // A file that is open for writing would keep its disk from being made read-only. Windows touches no other.
  const file = openSync(workerData.path, process.platform === 'win32' ? 'r+' : 'r');
  const touch = () => {
    try {
      const now = new Date();
      futimesSync(file, now, now);
    } catch {
      // A disk that is read-only for a while.
    }
  };
  touch();
  setInterval(touch, workerData.beatEvery);
}
