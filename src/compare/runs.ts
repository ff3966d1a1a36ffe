import { Failure } from '../run/failure.ts';
import type { ProcessPool } from '../run/processes.ts';
import { type ComparisonPlan, firstGoalSeed, label, type RunKey, runName, runsOf } from './plan.ts';

/** What became of a run. All but the wall time is determined by the plan. */
export interface Run extends RunKey {
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

/** The policy on the held-out goals after so many training steps, named as results.json has it. */
export interface Evaluated {
  readonly steps: number;
  readonly success_rate: number | null;
  readonly return: number;
  /** What each term of the reward adds to the return, where there are several. */
  readonly terms?: Readonly<Record<string, number>>;
}

/** Told as the runs go on. */
export interface RunListener {
  started(run: RunKey): void;
  /** After every iteration; `last` is the latest evaluation. */
  progressed(run: RunKey, steps: number, last: Evaluated | undefined): void;
  finished(run: Run): void;
}

/** How the runs are made, none of which changes the results. */
export interface RunOptions {
  readonly pool: ProcessPool;
  /** Runs at a time. */
  readonly jobs: number;
  /** Where the runs' folders go. */
  readonly folder: string;
  /** The plan's environment, an algorithm and its settings, as `train` takes them. */
  readonly trainArgs: (algorithm: string) => readonly string[];
  /** What `eval` has to be told of such a run: its modules, as a run does not say where they lie, and its world; nothing if not given. */
  readonly evalArgs?: (algorithm: string) => readonly string[];
  readonly listener: RunListener;
}

/**
 * Makes the runs of a plan, each in a process of its own.
 * @returns those that finished, which is all unless the pool was stopped, in the order of the plan's algorithms and seeds
 * @throws Failure that names the run that failed
 */
export async function makeRuns(plan: ComparisonPlan, options: RunOptions): Promise<Run[]> {
  const runs: Run[] = [];
  await options.pool.work(runsOf(plan), options.jobs, async (key) => {
    options.listener.started(key);
    const run = await make(key, plan, options);
    runs.push(run);
    options.listener.finished(run);
  });
  const place = ({ algorithm, seed }: RunKey) =>
    plan.algorithms.findIndex(({ name }) => name === algorithm) * plan.seeds.length + plan.seeds.indexOf(seed);
  return runs.sort((a, b) => place(a) - place(b));
}

/** The lines of `train --json` and `eval --json`, as far as they are read here. */
interface ProgressLine {
  readonly type: 'progress';
  readonly env_steps: number;
  readonly eval_success_rate: number | null;
  readonly eval_return: number | null;
  /** And what each term adds to the return. */
  readonly [term: `eval_term_${string}`]: number | null;
}

interface ResultLine {
  readonly type: 'result';
  readonly solved_at: number | null;
  readonly wall_s: number;
  readonly success_rate: number | null;
  readonly mean_return: number;
}

async function make(
  key: RunKey,
  plan: ComparisonPlan,
  { pool, folder, trainArgs, evalArgs = () => [], listener }: RunOptions,
): Promise<Run> {
  const run = `${folder}/${runName(key)}`;
  const evaluations: Evaluated[] = [];
  const own = ['--seed', String(key.seed), '--out', run];
  // There is a run on every core already.
  const train = ['train', ...trainArgs(key.algorithm), ...own, '--workers', '1', '--json'];
  const trained = await result(pool, key, train, (line) => {
    const { env_steps: steps, eval_success_rate: success_rate, eval_return: mean } = line;
    if (mean !== null) evaluations.push({ steps, success_rate, return: mean, ...termsIn(line) });
    listener.progressed(key, steps, evaluations.at(-1));
  });
  const goals = ['--episodes', String(plan.goals), '--seed', String(firstGoalSeed + key.seed)];
  const evaluate = ['eval', run, ...goals, ...evalArgs(key.algorithm), '--json'];
  const evaluated = await result(pool, key, evaluate, () => {});
  return {
    ...key,
    evaluations,
    solvedAt: trained.solved_at,
    meanReturn: evaluated.mean_return,
    successRate: evaluated.success_rate,
    wall: trained.wall_s,
  };
}

/** The terms of the reward in a line; none where there is but one, which is the return. */
function termsIn(line: ProgressLine): Pick<Evaluated, 'terms'> {
  const found = Object.entries(line).flatMap(([key, value]): [string, number][] =>
    key.startsWith('eval_term_') && typeof value === 'number' ? [[key.slice('eval_term_'.length), value]] : [],
  );
  return found.length > 1 ? { terms: Object.fromEntries(found) } : {};
}

/** Runs a command for its last line. */
async function result(
  pool: ProcessPool,
  key: RunKey,
  args: readonly string[],
  onProgress: (line: ProgressLine) => void,
): Promise<ResultLine> {
  const results: ResultLine[] = [];
  try {
    await pool.run(args, (line) => {
      const read = line as unknown as ProgressLine | ResultLine;
      if (read.type === 'progress') onProgress(read);
      else results.push(read);
    });
  } catch (error) {
    throw new Failure(`${label(key)} failed: ${error instanceof Error ? error.message : String(error)}`);
  }
  const last = results.at(-1);
  // JSON has no word for what is not a number.
  if (typeof last?.mean_return === 'number') return last;
  throw new Failure(`${label(key)} failed: its return is not a number`);
}
