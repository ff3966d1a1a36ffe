import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Failure } from './failure.ts';

/** Processes of this command line, so many at a time, that all end when one fails or the pool is stopped. */
export class ProcessPool {
  private readonly running = new Set<ChildProcess>();
  private readonly main: string;
  private stopping = false;

  /** @param main the command line's script */
  constructor(main: string) {
    this.main = main;
  }

  /** Whether the pool was told to stop: what ends then has not failed. */
  get stopped(): boolean {
    return this.stopping;
  }

  stop(): void {
    this.stopping = true;
    for (const child of this.running) child.kill('SIGTERM');
  }

  /**
   * Does the work on every item, `size` at a time, in order. The first error stops the rest, and is thrown once all
   * processes have ended.
   */
  async work<T>(items: readonly T[], size: number, work: (item: T) => Promise<void>): Promise<void> {
    const queue = [...items];
    const errors: unknown[] = [];
    const worker = async () => {
      for (let item = queue.shift(); item !== undefined && !this.stopping; item = queue.shift()) {
        try {
          await work(item);
        } catch (error) {
          // What a stop brings down is no error of its own.
          if (!this.stopping) errors.push(error);
          this.stop();
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(size, items.length) }, worker));
    if (errors.length) throw errors[0];
  }

  /**
   * Runs a command, and hands on the JSON lines that it prints.
   * @throws Failure with the command's own message
   */
  async run(args: readonly string[], onLine: (line: Readonly<Record<string, unknown>>) => void): Promise<void> {
    if (this.stopping) throw new Failure('stopped');
    // With the flags that this process was started with, such as --max-old-space-size.
    const child = spawn(process.execPath, [...process.execArgv, this.main, ...args], {
      // By the channel it learns that this process is gone, however that ended, and ends as well.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // In a group of its own, so that Ctrl-C reaches this process alone, which decides what stops.
      detached: process.platform !== 'win32',
      windowsHide: true,
    });
    this.running.add(child);
    let complaint = '';
    child.stderr?.on('data', (chunk) => {
      complaint += chunk;
    });
    createInterface({ input: child.stdout as Readable }).on('line', (text) => {
      const line = parsed(text);
      if (line) onLine(line);
    });
    const ending = await new Promise<string | null>((resolve) => {
      child.on('error', (error) => resolve(error.message));
      child.on('close', (code, signal) => {
        if (code === 0) resolve(null);
        else resolve(messageIn(complaint) || (signal ? `ended by ${signal}` : `ended with exit code ${code}`));
      });
    });
    this.running.delete(child);
    if (ending !== null) throw new Failure(ending);
  }
}

/** A JSON line; null for the torn last one of a process that was stopped. */
function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The error in what a command wrote to stderr: the line that says so, or the last one. */
function messageIn(complaint: string): string {
  const lines = complaint.split('\n').filter((line) => line.trim());
  const line = lines.find((text) => text.startsWith('error: ')) ?? lines.at(-1) ?? '';
  return line.replace(/^error: /, '').trim();
}
