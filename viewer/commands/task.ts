import type { Messages } from '../dom/messages.ts';

/** Work that takes a while, one piece at a time, with its progress on show. */
export class Task {
  readonly #messages: Messages;
  #running?: AbortController;

  constructor(messages: Messages) {
    this.#messages = messages;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  stop(): void {
    this.#running?.abort();
  }

  /**
   * Shows the progress of the work, and ends it when the user stops it; ends what ran before.
   * @param name what a failure is reported of
   */
  async run(
    name: string,
    work: (signal: AbortSignal, say: (text: string, count?: string) => void) => Promise<void>,
  ): Promise<void> {
    this.stop();
    const own = new AbortController();
    this.#running = own;
    try {
      await work(own.signal, (text, count) => this.#messages.busy(`${text} Esc stops it.`, count));
    } catch (reason) {
      if (!own.signal.aborted) this.#messages.fail(name, reason, undefined, 'failed');
    } finally {
      if (this.#running === own) {
        this.#running = undefined;
        this.#messages.busy();
      }
    }
  }
}
