import { join } from 'node:path';
import { Failure } from '../run/failure.ts';
import { type ComparisonPlan, goalSeed, type Job, jobsOf, label } from './plan.ts';
import type { ProcessPool } from './processes.ts';

/** What became of a run. All but the wall time is determined by the plan. */
export interface Run extends Job {
  /** The policy on the held-out goals as it was trained. */
  readonly evaluations: readonly Evaluated[];
  /** Training steps until the task was solved; null if it never was. */
  readonly solvedAt: number | null;
  /** The trained policy on fresh goals: undiscounted return, and success where there are goals to reach. */
  readonly meanReturn: number;
  readonly successRate: number | null;
  /** Of the training, s. */
  readonly wall: number;
}

export interface Evaluated {
  readonly steps: number;
  readonly successRate: number | null;
  readonly meanReturn: number;
}

/** Told as the runs go on. */
export interface Watcher {
  started(job: Job): void;
  /** After every iteration; `last` is the latest evaluation. */
  progressed(job: Job, steps: number, last: Evaluated | undefined): void;
  finished(run: Run): void;
}

/** How a plan is carried out, none of which changes the results. */
export interface Means {
  readonly crew: ProcessPool;
  readonly jobs: number;
  /** Where the runs' folders go. */
  readonly folder: string;
  /** The plan's settings as `train` takes them. */
  readonly trainArgs: (algorithm: string) => readonly string[];
  readonly watcher: Watcher;
}

/**
 * Makes the runs of a plan, each in a process of its own.
 * @returns those that finished, which is all unless the crew was stopped, in the order of the plan's algorithms and seeds
 * @throws Failure that names the run that failed
 */
export async function makeRuns(plan: ComparisonPlan, means: Means): Promise<Run[]> {
  const runs: Run[] = [];
  await means.crew.work(jobsOf(plan), means.jobs, async (job) => {
    means.watcher.started(job);
    const run = await make(job, plan, means);
    runs.push(run);
    means.watcher.finished(run);
  });
  const place = ({ algorithm, seed }: Job) =>
    plan.algorithms.findIndex(({ name }) => name === algorithm) * plan.seeds.length + plan.seeds.indexOf(seed);
  return runs.sort((a, b) => place(a) - place(b));
}

/** The lines of `train --json` and `eval --json`, as far as they are read here. */
interface ProgressLine {
  readonly type: 'progress';
  readonly env_steps: number;
  readonly eval_success_rate: number | null;
  readonly eval_return: number | null;
}

interface ResultLine {
  readonly type: 'result';
  readonly solved_at: number | null;
  readonly wall_s: number;
  readonly success_rate: number | null;
  readonly mean_return: number;
}

async function make(job: Job, plan: ComparisonPlan, { crew, folder, trainArgs, watcher }: Means): Promise<Run> {
  const run = join(folder, `${job.algorithm}-s${job.seed}`);
  const evaluations: Evaluated[] = [];
  const own = ['--algorithm', job.algorithm, '--seed', String(job.seed), '--out', run];
  // There is a run on every core already.
  const train = ['train', plan.env.env, ...own, '--workers', '1'];
  const trained = await result(crew, job, [...train, ...trainArgs(job.algorithm), '--json'], (line) => {
    const { env_steps: steps, eval_success_rate: successRate, eval_return: meanReturn } = line;
    if (meanReturn !== null) evaluations.push({ steps, successRate, meanReturn });
    watcher.progressed(job, steps, evaluations.at(-1));
  });
  const judge = ['eval', run, '--episodes', String(plan.goals), '--seed', String(goalSeed), '--json'];
  const judged = await result(crew, job, judge, () => {});
  return {
    ...job,
    evaluations,
    solvedAt: trained.solved_at,
    meanReturn: judged.mean_return,
    successRate: judged.success_rate,
    wall: trained.wall_s,
  };
}

/** Runs a command for its last line. */
async function result(
  crew: ProcessPool,
  job: Job,
  args: readonly string[],
  onProgress: (line: ProgressLine) => void,
): Promise<ResultLine> {
  let last: ResultLine | null = null;
  try {
    await crew.run(args, (line) => {
      const read = line as unknown as ProgressLine | ResultLine;
      if (read.type === 'progress') onProgress(read);
      else last = read;
    });
  } catch (error) {
    throw new Failure(`${label(job)} failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { mean_return } = last ?? ({} as Partial<ResultLine>);
  // JSON has no word for what is not a number.
  if (typeof mean_return !== 'number') throw new Failure(`${label(job)} failed: its return is not a number`);
  return last as unknown as ResultLine;
}
