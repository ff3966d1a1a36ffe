import type { EnvConfig } from '../../envs/env.ts';
import type { Arm } from '../../envs/model/types.ts';
import { type OptionValue, UsageError } from '../../envs/options.ts';
import { envOf } from '../../envs/tasks/index.ts';
import { builtIn, configureTraining, ownOptions } from '../train/config.ts';
import type { Registry } from '../train/registry.ts';

/** What is compared: every algorithm on every seed, all else equal. It determines the results. */
export interface ComparisonPlan {
  readonly env: EnvConfig;
  readonly algorithms: readonly Contender[];
  readonly seeds: readonly number[];
  /** Training steps of each run. */
  readonly steps: number;
  /** Episodes that each trained policy is evaluated on. */
  readonly goals: number;
  /** Whether the task has goals to reach; without them nothing is ever solved. */
  readonly hasGoals: boolean;
}

export interface Contender {
  readonly name: string;
  /** All its training options, with the defaults that hold in this environment. */
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** A run of a plan. */
export interface RunKey {
  readonly algorithm: string;
  readonly seed: number;
}

/** Seed of the goals that a trained policy is evaluated on, fresh ones: 11 and the run's. Every run has goals of its own, so that what differs between runs is goals and seeds. */
export const firstGoalSeed = 11;

/**
 * A checked plan.
 * @param given `options` are those of training; one that only some of the algorithms have is set for these
 * @param registry what its names stand for
 * @throws UsageError for an unknown name or a value out of range
 */
export function planComparison(given: Comparison, registry: Registry = builtIn): ComparisonPlan {
  if (new Set(given.algorithms).size < given.algorithms.length) {
    throw new UsageError(`--algorithms names one twice: ${given.algorithms.join(', ')}`);
  }
  const configs = given.algorithms.map((algorithm) =>
    configureTraining({ ...given, algorithm, options: ownOptions(algorithm, given.options, registry) }, registry),
  );
  for (const option of Object.keys(given.options)) {
    if (configs.some((config) => Object.hasOwn(config.options, option))) continue;
    throw new UsageError(`none of ${given.algorithms.join(', ')} has the training option "${option}"`);
  }
  const [first] = configs;
  return {
    env: first.env,
    algorithms: configs.map(({ algorithm, options }) => ({ name: algorithm, options })),
    seeds: given.seeds,
    steps: first.steps,
    goals: given.goals,
    hasGoals: envOf(first.env, registry).spec.hasSuccess,
  };
}

/** A comparison by name. */
interface Comparison {
  readonly env: string;
  readonly algorithms: readonly string[];
  readonly seeds: readonly number[];
  readonly goals: number;
  readonly steps?: number;
  readonly arm?: string | Arm;
  readonly backend?: string;
  readonly envOptions: Readonly<Record<string, unknown>>;
  readonly dynamics?: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** The runs of a plan, seed by seed, so that what is done when a comparison is stopped early is a fair part of the whole. */
export function runsOf({ algorithms, seeds }: ComparisonPlan): RunKey[] {
  return seeds.flatMap((seed) => algorithms.map(({ name }) => ({ algorithm: name, seed })));
}

/** The name of a run's folder. */
export function runName({ algorithm, seed }: RunKey): string {
  return `${algorithm}-s${seed}`;
}

/** How messages call a run. */
export function label({ algorithm, seed }: RunKey): string {
  return `${algorithm} seed ${seed}`;
}
