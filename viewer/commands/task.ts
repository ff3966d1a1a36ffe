import type { Messages } from '../dom/messages.ts';

/** The page runs one task at a time. */
let running: AbortController | undefined;

export function isTaskRunning(): boolean {
  return running !== undefined;
}

export function stopTask(): void {
  running?.abort();
}

/**
 * Runs a task that takes a while: shows its progress, and ends it when the user stops it.
 * @param name what a failure is reported of
 */
export async function runTask(
  messages: Messages,
  name: string,
  task: (signal: AbortSignal, say: (text: string) => void) => Promise<void>,
): Promise<void> {
  stopTask();
  const own = new AbortController();
  running = own;
  try {
    await task(own.signal, (text) => messages.busy(`${text} Esc stops it.`));
  } catch (reason) {
    if (!own.signal.aborted) messages.fail(name, reason, undefined, 'failed');
  } finally {
    if (running === own) {
      running = undefined;
      messages.busy();
    }
  }
}
