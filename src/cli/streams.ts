import { systemFailure } from '../run/failure.ts';

/**
 * Output that cannot be written ends no command: the work goes on to its end, of which the files tell. A reader that went
 * away, as `head` does, is no fault; of anything else one line tells, and the exit code.
 */
export function keepOutputHarmless(): void {
  let failed = false;
  process.stderr.on('error', () => {});
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (failed || error.code === 'EPIPE') return;
    failed = true;
    process.stderr.write(
      `error: ${systemFailure('write the output', error).message}; the command goes on without it\n`,
    );
  });
  process.on('exit', (code) => {
    if (failed && code === 0) process.exitCode = 1;
  });
}

/** Ends the process, or this thread, once all that was written has left, or is known not to. */
export function endOnceWritten(code?: number): void {
  process.stdout.write('', () => setImmediate(() => process.exit(code ?? process.exitCode)));
}

/** Calls `end` when the process that started this one for itself, with a channel to it, is gone. */
export function endWithParent(end: () => void): void {
  if (!process.channel) return;
  process.once('disconnect', end);
  process.channel.unref();
}

/** What a thread's output goes to in the end: columns of stdout and stderr, 0 where that is no terminal. */
export function shareTerminal(): Int32Array<SharedArrayBuffer> {
  const columns = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  for (const [i, stream] of [process.stdout, process.stderr].entries()) {
    if (!stream.isTTY) continue;
    const measure = () => Atomics.store(columns, i, stream.columns || 80);
    measure();
    stream.on('resize', measure);
  }
  return columns;
}

/** Makes this thread's streams what `shareTerminal` of the main thread tells of them. */
export function adoptTerminal(columns: Int32Array): void {
  for (const [i, stream] of [process.stdout, process.stderr].entries()) {
    if (!Atomics.load(columns, i)) continue;
    Object.defineProperty(stream, 'isTTY', { value: true });
    Object.defineProperty(stream, 'columns', { get: () => Atomics.load(columns, i) });
  }
}
