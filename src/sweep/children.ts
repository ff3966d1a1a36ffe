import { type ChildProcess, fork } from 'node:child_process';
import { Failure } from '../run/failure.ts';
import { Stopped } from '../run/stop.ts';
import type { ChildTask, FromChild, ToChild } from './messages.ts';
import type { Performed, RunProgress } from './result.ts';

/** Child processes that are kept between tasks, since starting one takes as long as a short run. They end with this process, however that ends. */
export interface Children {
  /**
   * Makes a run in a child that has none, once there is one. Where the child dies, another one goes on with the run.
   * @throws Failure with the reason why there is no result
   * @throws Stopped where the signal or `close` stopped it; the run is saved
   */
  perform(task: ChildTask, options?: TaskOptions): Promise<Performed>;
  /** Ends all of them, after they have saved what they were at. */
  close(): Promise<void>;
}

export interface TaskOptions {
  readonly onProgress?: (progress: RunProgress) => void;
  readonly warn?: (message: string) => void;
  /** Stops this task alone. */
  readonly signal?: AbortSignal;
}

export interface ChildrenOptions {
  /** Of memory, in all, that a child may take; as much as there is if not given. */
  readonly megabytes?: number;
  /** That a task may take; as many as it needs if not given. */
  readonly minutes?: number;
  /** The children's program, for tests. */
  readonly program?: URL;
}

/** So often a run is begun, or gone on with, whose child dies. */
const attempts = 3;
/** So long a child may take to save once it is to end, ms; it gives itself less. */
const patience = 3000;

/** @param most children at a time */
export function createChildren(most: number, options: ChildrenOptions = {}): Children {
  const idle: Child[] = [];
  const all = new Set<Child>();
  const waiting: (() => void)[] = [];
  let isClosed = false;

  async function take(): Promise<Child> {
    while (!isClosed && !idle.length && all.size >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    if (isClosed) throw new Stopped();
    const known = idle.pop();
    if (known) return known;
    const child = new Child(options);
    all.add(child);
    child.ended.then(() => {
      all.delete(child);
      if (idle.includes(child)) idle.splice(idle.indexOf(child), 1);
      waiting.shift()?.();
    });
    return child;
  }

  function giveBack(child: Child): void {
    if (child.isUsable) idle.push(child);
    waiting.shift()?.();
  }

  return {
    async perform(task, given = {}) {
      for (let attempt = 1; ; attempt++) {
        const child = await take();
        try {
          return await child.perform(task, given, options.minutes);
        } catch (error) {
          if (!(error instanceof Died)) throw error;
          if (attempt === attempts) throw new Failure(`its process died ${attempts} times: ${error.message}`);
        } finally {
          giveBack(child);
        }
      }
    },
    async close() {
      isClosed = true;
      for (const next of waiting.splice(0)) next();
      await Promise.all([...all].map((child) => child.stop()));
    },
  };
}

/** A child ended by itself in the middle of a task. */
class Died extends Error {}

/** What is to be told of the task that a child has. */
interface Listener {
  readonly message: (message: FromChild) => void;
  readonly ended: (reason: string) => void;
}

class Child {
  private readonly process: ChildProcess;
  readonly ended: Promise<void>;
  private listener: Listener | null = null;
  private isStopping = false;
  private complaint = '';
  /** Whether it lives, and goes on to. */
  isUsable = true;

  constructor({ megabytes, program = new URL('./child.js', import.meta.url) }: ChildrenOptions) {
    const heap = megabytes === undefined ? [] : [`--max-old-space-size=${megabytes}`];
    this.process = fork(program, [String(megabytes ?? Number.POSITIVE_INFINITY)], {
      // With the flags that this process was started with.
      execArgv: [...process.execArgv, ...heap],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      // In a group of its own, so that Ctrl-C reaches this process alone, which decides what stops.
      detached: process.platform !== 'win32',
    });
    this.process.stderr?.on('data', (chunk) => {
      this.complaint = `${this.complaint}${chunk}`.slice(-4000);
    });
    this.process.on('message', (message: FromChild) => {
      if (message.type === 'failed' && message.isLast) this.isUsable = false;
      this.listener?.message(message);
    });
    this.ended = new Promise((resolve) => {
      const end = (reason: string) => {
        this.isUsable = false;
        this.listener?.ended(reason);
        resolve();
      };
      this.process.once('error', ({ message }) => end(message));
      this.process.once('close', (code, signal) => {
        end(lastLine(this.complaint) || (signal ? `ended by ${signal}` : `ended with exit code ${code}`));
      });
    });
  }

  async perform(task: ChildTask, { onProgress, warn, signal }: TaskOptions, minutes?: number): Promise<Performed> {
    if (signal?.aborted) throw new Stopped();
    const stop = () => void this.stop();
    signal?.addEventListener('abort', stop, { once: true });
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<Performed>((resolve, reject) => {
        this.listener = {
          message(message) {
            if (message.type === 'progress') onProgress?.(message);
            else if (message.type === 'warning') warn?.(message.message);
            else if (message.type === 'done') resolve({ result: message.result, timing: message.timing });
            else reject(message.type === 'failed' ? new Failure(message.reason) : new Stopped());
          },
          ended: (reason) => reject(this.isStopping ? new Stopped() : new Died(reason)),
        };
        if (minutes !== undefined) {
          timer = setTimeout(() => {
            reject(new Failure(`it takes more than ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`));
            void this.stop();
          }, minutes * 60_000);
        }
        this.send({ type: 'task', task });
      });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stop);
      this.listener = null;
    }
  }

  /** Has the child save what it is at, and end. */
  async stop(): Promise<void> {
    [this.isStopping, this.isUsable] = [true, false];
    this.send({ type: 'stop' });
    const timer = setTimeout(() => this.process.kill('SIGKILL'), patience);
    await this.ended;
    clearTimeout(timer);
  }

  private send(message: ToChild): void {
    // A channel that is closed belongs to a process that has ended, which is heard of.
    if (this.process.connected) this.process.send(message, () => {});
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim() ?? '';
}
