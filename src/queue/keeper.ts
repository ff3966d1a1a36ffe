import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure } from '../run/failure.ts';
import { removeAll } from '../run/files.ts';
import { names } from '../run/folder.ts';
import type { Warn } from '../run/load.ts';
import type { JobProgress } from './records.ts';
import { type KnownDigests, manifestOf, snapshot } from './snapshot.ts';
import type { Holder, Keeping, SweepStore } from './store.ts';
import { upload } from './transfer.ts';

/** How often a worker tells of a run, and keeps a checkpoint of it on the queue, s. */
export interface Rhythm {
  readonly tellEvery: number;
  readonly keepEvery: number;
}

export const usualRhythm: Rhythm = { tellEvery: 2, keepEvery: 10 };

/** A run that goes on in a folder, as the queue hears of it. */
export interface KeptRun {
  readonly store: SweepStore;
  readonly job: string;
  readonly folder: string;
  readonly holder: Holder;
  readonly progress: () => JobProgress;
  readonly warn: Warn;
}

/**
 * Tells the queue how far a run is, and keeps its latest checkpoint there, until the signal ends it.
 * @returns why the run is not to go on: its job is done, given to another worker or gone with its sweep; null once the signal came
 */
export async function keep(
  run: KeptRun,
  { tellEvery, keepEvery }: Rhythm,
  signal: AbortSignal,
): Promise<Exclude<Keeping, 'kept' | 'missing'> | null> {
  const checkpoints = new Checkpoints(run);
  let kept = performance.now();
  while (!signal.aborted) {
    const isDue = performance.now() - kept >= 1000 * keepEvery;
    const answer = isDue ? await checkpoints.keep() : await tell(run);
    if (isDue) kept = performance.now();
    if (answer !== 'kept' && answer !== 'missing') return answer;
    await sleep(1000 * tellEvery, undefined, { signal }).catch(() => {});
  }
  return null;
}

function tell({ store, job, holder, progress }: KeptRun): Promise<Keeping> {
  return store.keepProgress(job, progress(), holder);
}

/** Keeps a last checkpoint of a run that nothing writes to any more. */
export function keepLast(run: KeptRun): Promise<Keeping> {
  return new Checkpoints(run).keep();
}

/** The checkpoints of a run on the queue. */
class Checkpoints {
  private readonly run: KeptRun;
  private readonly known: KnownDigests = new Map();
  /** The time of the policy that was kept last. */
  private latest = -1;
  private isWarned = false;

  constructor(run: KeptRun) {
    this.run = run;
  }

  /** What cannot be kept, as on a disk that is full, is left for the next time. */
  async keep(): Promise<Keeping> {
    try {
      return await this.keepWhole();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (!this.isWarned) this.run.warn(`no checkpoint is kept on the queue: ${error.message}`);
      this.isWarned = true;
      return tell(this.run);
    }
  }

  private async keepWhole(): Promise<Keeping> {
    const { store, job, folder, holder, progress } = this.run;
    const time = timeOf(join(folder, names.policy));
    const aside = `${folder}.snapshot`;
    try {
      if (time === this.latest || time < 0 || !snapshot(folder, aside)) return await tell(this.run);
      const files = manifestOf(aside, this.known);
      await upload(store, job, aside, files);
      const answer = await store.keepProgress(job, progress(), holder, files);
      if (answer === 'kept') this.latest = time;
      return answer;
    } finally {
      removeAll(aside);
    }
  }
}

/** When a file was written, ms; less than 0 where there is none. */
function timeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}
