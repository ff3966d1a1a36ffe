import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { addressFrom } from '../../src/queue/address.ts';
import { type Connection, connectQueue } from '../../src/queue/connection.ts';
import { queueExecutor } from '../../src/queue/executor.ts';
import { digestOfRun } from '../../src/queue/manifest.ts';
import { manifestOf } from '../../src/queue/snapshot.ts';
import { SweepStore } from '../../src/queue/store.ts';
import type { Executor, NamedJob, Outcome, Tally } from '../../src/sweep/executor.ts';
import type { ChildTask, Material } from '../../src/sweep/messages.ts';
import type { Performed } from '../../src/sweep/result.ts';
import { configureTraining } from '../../src/train/config.ts';

/** What tests of the queue are made of: short runs, a planner, and workers in processes of their own. */

export const nothing: Material = { sources: [] };

export const sweepName = '0123456789abcdef';

export function newFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `armature-${name}-`));
}

/** Short runs by two algorithms. */
export function shortRuns(many: number, steps = 3000): NamedJob[] {
  return Array.from({ length: many }, (_, i) => {
    const algorithm = i % 2 ? 'trpo' : 'ppo';
    const options = { batch: 500, batchGrowth: 0, hiddenWidth: 16, evalEpisodes: 10 };
    const config = configureTraining({ env: 'reacher', algorithm, seed: i >> 1, steps, options });
    const plan = { config, limits: { iterations: null, untilSolved: false }, checkpointEvery: 1, fork: null };
    return { name: `${algorithm}-s${i >> 1}`, job: { plan, goals: 10, pauseAt: null }, material: nothing };
  });
}

/** Of a sweep whose status nobody asks for. */
export const noTally: Tally = { stage: 0, stages: 1, runs: 0, done: 0, failed: 0, steps: 1 };

/** What became of jobs by name, each of which may end once. */
export class Ends extends Map<string, Outcome> {
  readonly listener = {
    started() {},
    progressed() {},
    ended: ({ name }: NamedJob, outcome: Outcome) => {
      if (this.has(name)) throw new Error(`${name} ended twice`);
      this.set(name, outcome);
    },
  };
}

/** One name for each run in a folder: the same for the same bytes, but for how long it took. */
export function digestsIn(folder: string, jobs: readonly NamedJob[]): Record<string, string> {
  return Object.fromEntries(jobs.map(({ name }) => [name, digestOfRun(manifestOf(join(folder, name)))]));
}

export interface Planned {
  readonly connection: Connection;
  readonly executor: Executor;
  readonly warnings: string[];
}

export async function planner(url: string, folder: string, patience = 1000): Promise<Planned> {
  const warnings: string[] = [];
  const warn = (text: string) => void warnings.push(text);
  const connection = await connectQueue(addressFrom(url, undefined), warn);
  const executor = queueExecutor({ connection, sweep: sweepName, folder, keepFor: 600, warn, patience });
  return { connection, executor, warnings };
}

/** A connection to a Redis, and what stands there of the sweep. */
export async function openStore(url: string): Promise<{ connection: Connection; store: SweepStore }> {
  const connection = await connectQueue(addressFrom(url, undefined), () => {});
  return { connection, store: new SweepStore(connection.redis, sweepName, 600) };
}

/** What a child leaves of a task that is no training. */
export function pretend({ folder }: ChildTask): Performed {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), '{}');
  return { result: {}, timing: {} } as never;
}

export interface WorkerProcess {
  readonly process: ChildProcess;
  readonly lines: string[];
  /** Resolves once the worker has said something of the kind. */
  said(pattern: RegExp): Promise<void>;
  /** Ends it, and waits until it has ended. */
  end(signal: NodeJS.Signals): Promise<void>;
}

export interface WorkerGiven {
  readonly jobs?: number;
  readonly code?: boolean;
  /** ms */
  readonly lock?: number;
  /** s */
  readonly keepEvery?: number;
  readonly steps?: number;
  readonly megabytes?: number;
  readonly minutes?: number;
}

const program = fileURLToPath(new URL('worker-program.mjs', import.meta.url));

/** @param within a command that starts the worker, as in a network of its own */
export function startWorker(
  url: string,
  folder: string,
  given: WorkerGiven = {},
  within: readonly string[] = [],
): WorkerProcess {
  const options = JSON.stringify({ jobs: 1, code: false, lock: 3000, keepEvery: 0.3, ...given });
  const [command, ...args] = [...within, process.execPath, program, url, folder, options];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const listeners = new Set<() => void>();
  createInterface({ input: child.stdout as Readable }).on('line', (line) => {
    lines.push(line);
    for (const each of listeners) each();
  });
  const ended = once(child, 'exit');
  return {
    process: child,
    lines,
    said: (pattern) =>
      new Promise((resolve) => {
        const look = () => {
          if (!lines.some((line) => pattern.test(line))) return;
          listeners.delete(look);
          resolve();
        };
        listeners.add(look);
        look();
      }),
    async end(signal) {
      child.kill(signal);
      await ended;
    },
  };
}
