import { hostname } from 'node:os';
import { join } from 'node:path';
import { Failure } from '../run/failure.ts';
import { removeAll } from '../run/files.ts';
import type { Warn } from '../run/load.ts';
import { Stopped } from '../run/stop.ts';
import type { Children } from '../sweep/children.ts';
import type { Job } from '../sweep/job.ts';
import type { RunProgress } from '../sweep/result.ts';
import { type KeptRun, keep, keepLast, type Rhythm } from './keeper.ts';
import { digestOfRun } from './manifest.ts';
import { type Allowance, type Prepared, prepare, Refused } from './prepare.ts';
import type { JobProgress, JobRecord, Payload } from './records.ts';
import { manifestOf } from './snapshot.ts';
import type { Holder, SweepStore } from './store.ts';
import { download, upload } from './transfer.ts';

/** What makes the runs, and what it may. */
export interface Making {
  readonly children: Pick<Children, 'perform'>;
  /** Where the runs' folders go while they are made. */
  readonly folder: string;
  readonly allowance: Allowance;
  readonly rhythm: Rhythm;
  /** Whether the disk has no room: what fails there says nothing of the job. */
  readonly isFull: () => boolean;
  /** Puts the job back. */
  readonly signal: AbortSignal;
  readonly onStart: (job: string, plan: Job) => void;
  readonly onProgress: (job: string, steps: number) => void;
  readonly warn: Warn;
}

/** What became of a job that was taken: it is done, which an other worker may have seen to, or is to go back. */
export type Taken = 'done' | 'refused' | 'failed' | 'elsewhere' | 'back';

/**
 * Makes the run of a job, and delivers what it comes to. A job goes on from the checkpoint that is on the queue.
 * @param job its digest
 */
export async function take(
  store: SweepStore,
  job: string,
  payload: Payload,
  holder: Holder,
  making: Making,
): Promise<Taken> {
  if (await store.record(job)) return 'elsewhere';
  let prepared: Prepared | null;
  try {
    prepared = await prepare(store, payload, job, making.allowance);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await fail(store, job, `refused: ${error.message}`);
    return 'refused';
  }
  if (!prepared) return 'elsewhere';
  const folder = join(making.folder, `${store.name}-${job}`);
  try {
    return await make(store, job, { ...prepared, folder, holder }, making);
  } finally {
    removeAll(folder);
  }
}

interface Run extends Prepared {
  readonly folder: string;
  readonly holder: Holder;
}

async function make(
  store: SweepStore,
  name: string,
  { job, material, folder, holder }: Run,
  making: Making,
): Promise<Taken> {
  making.onStart(name, job);
  await restore(store, name, folder, making.warn);
  const pace = new Pace();
  const run: KeptRun = { store, job: name, folder, holder, progress: () => pace.progress(), warn: making.warn };
  const [elsewhere, ended] = [new AbortController(), new AbortController()];
  const signal = AbortSignal.any([elsewhere.signal, making.signal]);
  const kept = keep(run, making.rhythm, ended.signal).then((why) => {
    if (why !== null) elsewhere.abort();
  });
  const onProgress = (progress: RunProgress) => {
    pace.at(progress.steps);
    making.onProgress(name, progress.steps);
  };
  try {
    await making.children.perform(
      { job, folder, material },
      { onProgress, warn: (text) => making.warn(`${name.slice(0, 12)}: ${text}`), signal },
    );
  } catch (error) {
    ended.abort();
    await kept;
    if (elsewhere.signal.aborted) return 'elsewhere';
    if (error instanceof Stopped) {
      await keepLast(run);
      return 'back';
    }
    if (!(error instanceof Failure)) throw error;
    if (making.isFull()) return 'back';
    // The planner calls a run by its name, whose folder here is nobody's affair.
    return fail(store, name, error.message.replaceAll(folder, name));
  }
  ended.abort();
  await kept;
  return deliver(store, name, folder);
}

/** The checkpoint that another worker left of a run; one that is not whole is left alone, and the run begins anew. */
async function restore(store: SweepStore, job: string, folder: string, warn: Warn): Promise<void> {
  removeAll(folder);
  try {
    const files = await store.checkpoint(job);
    if (files) await download(store, job, files, folder);
  } catch (error) {
    removeAll(folder);
    warn(`the checkpoint on the queue cannot be used (${(error as Error).message}): the run begins anew`);
  }
}

async function deliver(store: SweepStore, job: string, folder: string): Promise<Taken> {
  const files = manifestOf(folder);
  const record = { type: 'run', run: digestOfRun(files), files: [...files], host: hostname() } satisfies JobRecord;
  for (;;) {
    if (!(await store.record(job))) await upload(store, job, folder, files);
    const answer = await store.deliver(job, record);
    // Another worker's checkpoint took the place of what was there of it.
    if (answer === 'missing') continue;
    if (answer === 'delivered') return 'done';
    if (typeof answer === 'object' && answer.type !== 'failure' && answer.run !== record.run) {
      const what = `job ${job.slice(0, 12)}: ${hostname()} came to other bytes than the worker before`;
      await store.tell(`${what}: one of the two machines is at fault`);
    }
    return 'elsewhere';
  }
}

/** Delivers why a job has no result. */
export async function fail(store: SweepStore, job: string, reason: string): Promise<Taken> {
  await store.deliver(job, { type: 'failure', reason: reason.slice(0, 2000), host: hostname() });
  return 'failed';
}

/** How fast a run goes. */
class Pace {
  private first: { readonly steps: number; readonly at: number } | null = null;
  private steps = 0;

  at(steps: number): void {
    this.steps = steps;
    // What was done before, by this worker or another, took another time.
    this.first ??= { steps, at: performance.now() };
  }

  progress(): JobProgress {
    const { steps, at } = this.first ?? { steps: 0, at: 0 };
    const seconds = (performance.now() - at) / 1000;
    const rate = this.steps > steps ? (this.steps - steps) / seconds : 0;
    return { steps: this.steps, rate, host: hostname() };
  }
}
