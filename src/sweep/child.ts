import { constants } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
// Sets flags of V8, before anything is compiled.
import '../run/engine.ts';
import { codeOf, isExpected } from '../run/failure.ts';
import { createStopFlag, requestStop, Stopped } from '../run/stop.ts';
import { registryOf } from '../train/modules.ts';
import type { ChildTask, FromChild, ToChild } from './messages.ts';
import { performJob } from './perform.ts';

/**
 * The program of a child process (see children.ts). A thread of its own does one task after another, so that the main thread hears of a
 * stop, or of the end of the parent, at every moment, and sees how much memory is taken.
 */

/** So long the thread may take to save once it is to stop, ms: the parent waits for it. Where the parent is gone, nobody does. */
const [patience, alone] = [1500, 20_000];
/** Between two looks at the memory, ms. */
const lookEvery = 250;

if (isMainThread) relay(Number(process.argv[2]));
else work();

/** Hands messages on between the parent and the thread. @param megabytes of memory that the process may take in all */
function relay(megabytes: number): void {
  const stopFlag = createStopFlag();
  const thread = new Worker(new URL(import.meta.url), {
    workerData: { stopFlag },
    resourceLimits: { maxOldGenerationSizeMb: Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20) },
  });
  const send = (message: FromChild, then = () => {}) => {
    if (process.connected) process.send?.(message, then);
    else then();
  };
  const end = () => process.exit();
  const stop = (ms: number) => {
    requestStop(stopFlag, constants.signals.SIGTERM);
    thread.postMessage({ type: 'stop' } satisfies ToChild);
    setTimeout(end, ms).unref();
  };
  process.on('message', (message: ToChild) => {
    if (message.type === 'stop') stop(patience);
    else thread.postMessage(message);
  });
  process.once('disconnect', () => stop(alone));
  // The parent may have ended before this was asked for.
  if (!process.connected) stop(alone);
  process.once('SIGTERM', () => stop(patience));
  thread.on('message', (message: FromChild) => send(message, message.type === 'stopped' ? end : undefined));
  thread.on('error', (error) => send({ type: 'failed', reason: reasonOf(error), isLast: true }, end));
  // It ends by itself only where a module of the user's says so.
  thread.on('exit', () => send({ type: 'failed', reason: 'the module ended its process', isLast: true }, end));
  setInterval(() => {
    if (process.memoryUsage.rss() <= megabytes * 1e6) return;
    send({ type: 'failed', reason: `it takes more than ${megabytes} MB of memory`, isLast: true }, end);
  }, lookEvery).unref();
}

function work(): void {
  const send = (message: FromChild) => parentPort?.postMessage(message);
  let isBusy = false;
  parentPort?.on('message', async (message: ToChild) => {
    if (message.type === 'stop') {
      // A run hears of it by itself, and saves what it has first.
      if (!isBusy) send({ type: 'stopped' });
      return;
    }
    isBusy = true;
    try {
      send({ type: 'done', ...(await perform(message.task, send)) });
    } catch (error) {
      send(error instanceof Stopped ? { type: 'stopped' } : { type: 'failed', reason: reasonOf(error) });
    }
    isBusy = false;
  });
}

async function perform({ job, folder, material, tensorboard }: ChildTask, send: (message: FromChild) => void) {
  const { sources, meshes } = material;
  return performJob(job, folder, {
    registry: { ...(await registryOf(sources)), meshes },
    tensorboard,
    onProgress: (progress) => send({ type: 'progress', ...progress }),
    warn: (message) => send({ type: 'warning', message }),
  });
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (codeOf(error) === 'ERR_WORKER_OUT_OF_MEMORY') return 'it ran out of memory';
  return isExpected(error) ? message : `${message} (unexpected)`;
}
