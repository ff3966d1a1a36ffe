import {
  type Interval,
  interquartileMean,
  mean,
  median,
  ratesInterval,
  runsInterval,
} from '../statistics/intervals.ts';
import type { Comparison, Run } from './comparison.ts';
import { type Curve, commonGrid, curveOf, type RunCurve } from './curves.ts';
import { firstGoalSeed } from './job.ts';
import type { Evaluated } from './result.ts';

/** What a comparison found, determined by its plan to the last bit. Field names are those of results.json. */
export interface Results {
  readonly env: Comparison['env'];
  readonly steps: number;
  readonly seeds: readonly number[];
  readonly has_goals: boolean;
  /** The goals that the final policies were evaluated on: those of the policy of seed s have the seed `first_seed` + s. */
  readonly goals: { readonly episodes: number; readonly first_seed: number };
  readonly bootstrap: { readonly resamples: number; readonly seed: number; readonly level: number };
  /** The steps at which the curves are given. */
  readonly grid: readonly number[];
  readonly algorithms: readonly AlgorithmResults[];
}

export interface AlgorithmResults {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Seeds on which the task was solved. */
  readonly solved: number;
  /** Interquartile mean over the seeds; one that was not solved counts as the budget. Null without goals. */
  readonly steps_to_solved: Estimate | null;
  /** Interquartile mean over the seeds, of the final policy on the goals. */
  readonly return: Estimate;
  /** Mean over the seeds, of the final policy on the goals: an interquartile mean would hide a seed that failed. */
  readonly success_rate: Estimate | null;
  readonly curves: {
    readonly success_rate: Curve | null;
    readonly return: Curve;
    /** What each term of the reward adds to the return, where there are several. */
    readonly terms?: Readonly<Record<string, Curve>>;
  };
  readonly runs: readonly RunResults[];
}

export interface Estimate {
  readonly value: number;
  /** 95 %, over seeds and goals together, as every seed has goals of its own; null of a single seed. */
  readonly interval: Interval | null;
}

export interface RunResults {
  readonly seed: number;
  readonly solved_at: number | null;
  readonly return: number;
  readonly success_rate: number | null;
  /** On the goals held out during training, which are the same for every run. */
  readonly evaluations: readonly Evaluated[];
}

/** Wall times, s: what another day or another machine would not give again. */
export interface WallTimes {
  readonly total: number;
  readonly algorithms: readonly { readonly name: string; readonly median: number; readonly runs: readonly number[] }[];
}

const resamples = 10_000;

/** Any seed would do; the intervals depend on it by less than their last digit shown. */
const bootstrapSeed = 1;

export function resultsOf(plan: Comparison, runs: readonly Run[]): Results {
  const grid = commonGrid(runs.map((run) => curveOfRun(run, figures.return)));
  return {
    env: plan.env,
    steps: plan.steps,
    seeds: plan.seeds,
    has_goals: plan.hasGoals,
    goals: { episodes: plan.goals, first_seed: firstGoalSeed },
    bootstrap: { resamples, seed: bootstrapSeed, level: 0.95 },
    grid,
    algorithms: plan.algorithms.map(({ name, options }) => ({
      name,
      options,
      ...summary(plan, grid, ofAlgorithm(runs, name)),
    })),
  };
}

export function wallTimesOf(plan: Comparison, runs: readonly Run[], total: number): WallTimes {
  const algorithms = plan.algorithms.map(({ name }) => {
    const times = ofAlgorithm(runs, name).map((run) => run.wall);
    return { name, median: median(times), runs: times };
  });
  return { total, algorithms };
}

function ofAlgorithm(runs: readonly Run[], name: string): Run[] {
  return runs.filter(({ algorithm }) => algorithm === name);
}

function summary(
  plan: Comparison,
  grid: readonly number[],
  runs: readonly Run[],
): Omit<AlgorithmResults, 'name' | 'options'> {
  const stepsToSolved = runs.map(({ solvedAt }) => solvedAt ?? plan.steps);
  const successes = runs.map(({ successRate }) => successRate ?? 0);
  const curve = (figure: Figure, possible?: Interval) => {
    const own = runs.map((run) => curveOfRun(run, figure));
    return curveOf(own, grid, bootstrapSeed, possible);
  };
  const terms = termsOf(runs);
  return {
    solved: runs.filter(({ solvedAt }) => solvedAt !== null).length,
    steps_to_solved: plan.hasGoals ? estimate(stepsToSolved, interquartileMean, [0, plan.steps]) : null,
    return: estimate(
      runs.map(({ meanReturn }) => meanReturn),
      interquartileMean,
    ),
    success_rate: plan.hasGoals
      ? { value: mean(successes), interval: ratesInterval(successes, plan.goals, resamples, bootstrapSeed) }
      : null,
    curves: {
      success_rate: plan.hasGoals ? curve(figures.successRate, [0, 1]) : null,
      return: curve(figures.return),
      ...(terms.length && { terms: Object.fromEntries(terms.map((name) => [name, curve(figures.term(name))])) }),
    },
    runs: runs.map(({ seed, solvedAt, meanReturn, successRate, evaluations }) => ({
      seed,
      solved_at: solvedAt,
      return: meanReturn,
      success_rate: successRate,
      evaluations,
    })),
  };
}

function estimate(
  values: readonly number[],
  statistic: (values: readonly number[]) => number,
  possible?: Interval,
): Estimate {
  const interval = runsInterval(values, statistic, resamples, bootstrapSeed, possible);
  return { value: statistic(values), interval };
}

/** Names of the reward's terms that the runs tell of. */
export function termsOf(runs: readonly Pick<Run, 'evaluations'>[]): string[] {
  return Object.keys(runs[0]?.evaluations[0]?.terms ?? {});
}

/** What evaluations tell of a policy. */
export type Figure = (evaluated: Evaluated) => number | null | undefined;

export const figures = {
  successRate: (evaluated: Evaluated) => evaluated.success_rate,
  return: (evaluated: Evaluated) => evaluated.return,
  term: (name: string) => (evaluated: Evaluated) => evaluated.terms?.[name],
} as const;

/** A figure of a run's evaluations over its training steps. */
export function curveOfRun({ evaluations }: Pick<Run, 'evaluations'>, figure: Figure): RunCurve {
  return { steps: evaluations.map(({ steps }) => steps), values: evaluations.map((each) => figure(each) ?? 0) };
}
