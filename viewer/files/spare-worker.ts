import { startLiveWorker } from './start-worker.ts';

/** A worker of the live room that loads before anybody needs it, and before the room's own code is there. */
let spare: Promise<Worker> | undefined;

/** Has the next worker that is taken load before there is anything to do. */
export function prepareWorker(): void {
  spare ??= startLiveWorker();
  // Whoever takes it is told.
  spare.catch(() => {});
}

/** The same of one that trains, and of so many that run its episodes. */
export function prepareTraining(members: number): void {
  prepareWorker();
  spare?.then(
    (worker) => worker.postMessage({ type: 'prepare', members }),
    () => {},
  );
}

/** Ends the worker that nobody came to need. */
export function dismissWorker(): void {
  spare?.then(
    (worker) => worker.terminate(),
    () => {},
  );
  spare = undefined;
}

/** That which is prepared, or a new one. */
export function takeWorker(): Promise<Worker> {
  const worker = spare ?? startLiveWorker();
  spare = undefined;
  return worker;
}
