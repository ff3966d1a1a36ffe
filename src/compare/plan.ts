import type { EnvConfig } from '../../envs/env.ts';
import type { OptionValue } from '../../envs/options.ts';

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

/** Seed of the goals that the trained policies are evaluated on: fresh ones, those of `eval --seed 11`. */
export const goalSeed = 11;

/** The runs of a plan, seed by seed, so that what is done when a comparison is stopped early is a fair part of the whole. */
export function runsOf({ algorithms, seeds }: ComparisonPlan): RunKey[] {
  return seeds.flatMap((seed) => algorithms.map(({ name }) => ({ algorithm: name, seed })));
}

/** How messages call a run. */
export function label({ algorithm, seed }: RunKey): string {
  return `${algorithm} seed ${seed}`;
}
