import { workerData } from 'node:worker_threads';

/** What a supervised thread is started with: see `createStopFlag`, and what its output goes to. */
export interface SupervisedThread {
  readonly stopFlag: Int32Array<SharedArrayBuffer>;
  readonly terminal: Int32Array<SharedArrayBuffer>;
}

/** Number of the signal that came, 0 while none did; and whether the thread that works has seen it. */
const [signal, seen] = [0, 1];

export function createStopFlag(): Int32Array<SharedArrayBuffer> {
  return new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
}

export function requestStop(flag: Int32Array, number: number): void {
  Atomics.store(flag, signal, number);
}

/** Whether the thread that works has left what it was at, and saves. */
export function isStopSeen(flag: Int32Array): boolean {
  return Atomics.load(flag, seen) === 1;
}

/** What this thread was started with; null where nobody supervises it. */
export function supervisedThread(): SupervisedThread | null {
  const given: Partial<SupervisedThread> | null = typeof workerData === 'object' ? workerData : null;
  return given?.stopFlag instanceof Int32Array ? (given as SupervisedThread) : null;
}

const ownFlag = supervisedThread()?.stopFlag ?? createStopFlag();

/** A rollout was left in the middle, because the process was told to stop. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** The exit code for the signal that came, 128 and its number; null while none did. */
export function stopCode(): number | null {
  const number = Atomics.load(ownFlag, signal);
  return number ? 128 + number : null;
}

/** @throws Stopped once the process was told to stop */
export function checkStop(): void {
  if (Atomics.load(ownFlag, signal)) throw new Stopped();
}

/** Says that nothing is lost from here on: what follows is waited for. */
export function confirmStop(): void {
  Atomics.store(ownFlag, seen, 1);
}

/** For work that may take so many ms once the process was told to stop. */
export function checkDeadline(ms: number): () => void {
  const end = performance.now() + ms;
  return () => {
    if (performance.now() > end) throw new Stopped();
  };
}
