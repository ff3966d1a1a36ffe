import { UsageError } from '../../envs/options.ts';
import { createEnv } from '../../envs/sim/env.ts';
import type { EnvConfig, OptionValue } from '../../envs/types.ts';
import { algorithms } from '../algorithms/index.ts';
import { configureTraining, trainOptions } from '../train/config.ts';

/** What is compared: every algorithm on every seed, all else equal. It determines the results. */
export interface ComparisonPlan {
  readonly env: EnvConfig;
  readonly algorithms: readonly Contender[];
  readonly seeds: readonly number[];
  /** Training steps of each run. */
  readonly steps: number;
  /** Episodes that judge each run when it is done. */
  readonly goals: number;
  /** Whether the task has goals to reach; without them nothing is ever solved. */
  readonly hasGoals: boolean;
}

export interface Contender {
  readonly name: string;
  /** All its training options, with the defaults that hold in this environment. */
  readonly options: Readonly<Record<string, OptionValue>>;
}

/** One run to make. */
export interface Job {
  readonly algorithm: string;
  readonly seed: number;
}

/** Seed of the goals that judge the runs: fresh ones, those of `eval --seed 11`. */
export const goalSeed = 11;

/**
 * A checked plan.
 * @param given `options` are those of training; one that only some of the algorithms have is set for these
 * @throws UsageError for an unknown name or a value out of range
 */
export function planComparison(given: {
  readonly env: string;
  readonly algorithms: readonly string[];
  readonly seeds: number;
  readonly goals: number;
  readonly steps?: number;
  readonly arm?: string;
  readonly backend?: string;
  readonly envOptions: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
}): ComparisonPlan {
  const { env, arm, backend, envOptions, steps } = given;
  if (new Set(given.algorithms).size < given.algorithms.length) {
    throw new UsageError(`--algorithms names one twice: ${given.algorithms.join(', ')}`);
  }
  const configs = given.algorithms.map((algorithm) =>
    configureTraining({
      env,
      arm,
      backend,
      envOptions,
      algorithm,
      steps,
      options: ownOptions(algorithm, given.options),
    }),
  );
  for (const option of Object.keys(given.options)) {
    if (configs.some((config) => Object.hasOwn(config.options, option))) continue;
    throw new UsageError(`none of ${given.algorithms.join(', ')} has the training option "${option}"`);
  }
  const [first] = configs;
  return {
    env: first.env,
    algorithms: configs.map(({ algorithm, options }) => ({ name: algorithm, options })),
    seeds: Array.from({ length: given.seeds }, (_, seed) => seed),
    steps: first.steps,
    goals: given.goals,
    hasGoals: createEnv(first.env).scene.goalRadius > 0,
  };
}

/** The jobs of a plan, seed by seed, so that what is done when one stops early is a fair part of the whole. */
export function jobsOf({ algorithms, seeds }: ComparisonPlan): Job[] {
  return seeds.flatMap((seed) => algorithms.map(({ name }) => ({ algorithm: name, seed })));
}

/** How messages call a run. */
export function label({ algorithm, seed }: Job): string {
  return `${algorithm} seed ${seed}`;
}

/** Those among the options that the algorithm has. */
function ownOptions(algorithm: string, options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const own = [...trainOptions, ...(Object.hasOwn(algorithms, algorithm) ? algorithms[algorithm].options : [])];
  return Object.fromEntries(Object.entries(options).filter(([name]) => own.some((option) => option.name === name)));
}
