import type { Tally } from '../sweep/executor.ts';
import type { JobProgress, Told } from './records.ts';
import type { SweepStore } from './store.ts';

/** How far a sweep is, over all machines. */
export interface SweepStatus {
  /** From 0 on, of how many. */
  readonly stage: number;
  readonly stages: number;
  /** Runs of the stage. */
  readonly all: number;
  readonly done: number;
  readonly running: number;
  readonly waiting: number;
  readonly failed: number;
  /** Training steps in a second. */
  readonly rate: number;
  /** Of the stage; null where nothing runs that says. */
  readonly secondsLeft: number | null;
  /** Whether somebody is there who takes in what is done, and puts what is next. */
  readonly isAttended: boolean;
}

/** Told of at least every other second, a run or a planner that nobody has told of for so long does not go on, s. */
const silence = 60;
const plannerSilence = 15;

/** What a queue knows of a sweep. */
export interface Known {
  readonly tally: Told<Tally>;
  readonly progress: ReadonlyMap<string, Told<JobProgress>>;
  /** Runs that are done whose planner does not know it yet. */
  readonly delivered: number;
  /** The time, s. */
  readonly now: number;
}

export function statusFrom({ tally: { told, at }, progress, delivered, now }: Known): SweepStatus {
  const { stage, stages, runs: all, failed, steps } = told;
  const done = Math.min(all - failed, told.done + delivered);
  const heard = [...progress.values()].filter((one) => now - one.at < silence);
  const running = Math.min(heard.length, all - failed - done);
  const waiting = all - failed - done - running;
  const rate = heard.reduce((sum, one) => sum + one.told.rate, 0);
  // Of a stage that is not the first one, the first half of a run is done.
  const each = stage ? steps / 2 : steps;
  const left = heard.reduce((sum, one) => sum + Math.min(each, Math.max(0, steps - one.told.steps)), waiting * each);
  return {
    stage,
    stages,
    all,
    done,
    running,
    waiting,
    failed,
    rate: Math.round(rate),
    secondsLeft: rate > 0 ? Math.round(left / rate) : null,
    isAttended: now - at < plannerSilence,
  };
}

/** Null where nothing is there of the sweep, or it was cancelled: `isCancelled` tells. */
export async function statusIn(store: SweepStore): Promise<SweepStatus | null> {
  const tally = await store.tally();
  if (!tally) return null;
  const [progress, delivered, now] = [await store.progress(), await store.delivered(), await store.now()];
  return statusFrom({ tally, progress, delivered, now });
}
