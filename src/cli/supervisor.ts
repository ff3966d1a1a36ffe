import { once } from 'node:events';
import { constants } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { createStopFlag, isStopSeen, requestStop, type SupervisedThread } from '../run/stop.ts';
import { endOnceWritten, endWithParent, shareTerminal } from './streams.ts';

/** What a closed terminal, a container, a scheduler or a user sends; SIGBREAK is Windows's. */
const names = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGBREAK'] as const;
const numbers: Readonly<Partial<Record<string, number>>> = constants.signals;
export const stopSignals = names.filter((name) => numbers[name] !== undefined);

/** The exit code of a process that a signal stopped. */
export function exitCodeOf(signal: string): number {
  return 128 + (numbers[signal] ?? 0);
}

/** So long the thread may take to notice a signal, ms: one that is in an update, or in a loop without an end, does not. */
const patience = 1500;

/** The same signal again within so many ms is an echo: npm hands on what its child has had, and shells do. */
const echo = 200;

/**
 * Runs the command in a thread of its own. The first signal is shown to the thread, which saves and ends; the second ends the
 * process, whatever the thread is at.
 * @param program the command line's script
 */
export async function supervise(program: URL): Promise<void> {
  const stopFlag = createStopFlag();
  const workerData: SupervisedThread = { stopFlag, terminal: shareTerminal() };
  const megabytes = Math.floor(getHeapStatistics().heap_size_limit / 2 ** 20);
  const thread = new Worker(program, {
    workerData,
    argv: process.argv.slice(2),
    // TensorFlow's library reads the environment of the process.
    env: SHARE_ENV,
    stdout: true,
    stderr: true,
    resourceLimits: { maxOldGenerationSizeMb: megabytes },
  });
  thread.stdout.on('data', (chunk) => process.stdout.write(chunk));
  thread.stderr.on('data', (chunk) => process.stderr.write(chunk));
  onSignals((code) => {
    requestStop(stopFlag, code - 128);
    setTimeout(() => {
      if (isStopSeen(stopFlag)) return;
      const what =
        'stopped in the middle of something that takes long, which is not saved; what was saved before is whole';
      process.stderr.write(`warning: ${what}: \`armature resume\` goes on from there\n`, () => process.exit(code));
    }, patience).unref();
  });
  thread.once('error', (error) => {
    process.stderr.write(`error: ${error.message} (unexpected)\n`);
  });
  // A signal that comes from here on finds nothing to stop, and changes no exit code.
  const [code] = await once(thread, 'exit');
  endOnceWritten(code);
}

/** Calls `first` with the exit code for the first signal; the second ends the process. */
export function onSignals(first: (code: number) => void): void {
  let told: number | null = null;
  const handle = (name: string) => {
    const now = performance.now();
    if (told !== null) {
      if (now - told < echo) return;
      // A third would find the process waiting for its threads to end, and is to end it as the system does.
      for (const each of stopSignals) process.removeListener(each, handle);
      process.exit(exitCodeOf(name));
    }
    told = now;
    first(exitCodeOf(name));
  };
  for (const name of stopSignals) process.on(name, handle);
  endWithParent(() => handle('SIGTERM'));
}
