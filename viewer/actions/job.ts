import type { Messages } from '../ui/messages.ts';

/** The page does one lengthy thing at a time. */
let running: AbortController | undefined;

export function isBusy(): boolean {
  return running !== undefined;
}

export function stop(): void {
  running?.abort();
}

/**
 * Does something that takes a while, says how far it is, and lets it be stopped.
 * @param name what cannot be done if it fails
 */
export async function work(
  messages: Messages,
  name: string,
  task: (signal: AbortSignal, say: (text: string) => void) => Promise<void>,
): Promise<void> {
  stop();
  const own = new AbortController();
  running = own;
  try {
    await task(own.signal, (text) => messages.busy(`${text} Esc stops it.`));
  } catch (reason) {
    if (!own.signal.aborted) messages.fail(name, reason);
  } finally {
    if (running === own) {
      running = undefined;
      messages.busy();
    }
  }
}
