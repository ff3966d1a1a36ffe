import type { Job } from './job.ts';
import type { Material } from './messages.ts';
import type { Performed, RunProgress } from './result.ts';

/** A job with the folder of its run, within that of the sweep, by which messages call it. */
export interface NamedJob {
  readonly name: string;
  readonly job: Job;
  readonly material: Material;
}

/** What became of a job: its result, whose run lies in the folder of its name, or why there is none. */
export type Outcome = Performed | { readonly failure: string };

/** Told as jobs go on. What one of them calls is not waited for. */
export interface ExecutorListener {
  started(job: NamedJob): void;
  progressed(job: NamedJob, progress: RunProgress): void;
  ended(job: NamedJob, outcome: Outcome): void;
}

/** How far runs are that are made together, at any moment. */
export interface Tally {
  /** From 0 on, of how many. */
  readonly stage: number;
  readonly stages: number;
  /** Of the stage. */
  readonly runs: number;
  readonly done: number;
  readonly failed: number;
  /** Training steps at which a run of the stage ends. */
  readonly steps: number;
}

/** Where jobs are made: by the processes of this machine, or by those of many. */
export interface Executor {
  /**
   * Makes the runs of jobs, which are asked for as there is room, each once; a job that fails is an outcome like another.
   * @param tally how far they are, for whoever asks elsewhere
   * @throws Stopped once `close` was called, when all that was begun is saved
   */
  run(jobs: Iterable<NamedJob>, listener: ExecutorListener, tally: Tally): Promise<void>;
  /** Ends what is going on. */
  close(): Promise<void>;
}
