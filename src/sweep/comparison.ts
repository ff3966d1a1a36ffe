import type { EnvConfig } from '../../envs/env.ts';
import type { OptionValue } from '../../envs/options.ts';
import { envOf } from '../../envs/tasks/index.ts';
import type { Registry } from '../train/registry.ts';
import type { SweepPlan } from './plan.ts';
import type { RunResult } from './result.ts';
import type { Variants } from './variants.ts';

/** A sweep over algorithms alone, as its report tells of it: every algorithm on every seed, all else equal. */
export interface Comparison {
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

/** A run of a comparison. */
export interface RunKey {
  readonly algorithm: string;
  readonly seed: number;
}

/** What became of it. All but the wall time is determined by the plan. */
export interface Run extends RunKey, Pick<RunResult, 'evaluations' | 'solvedAt' | 'meanReturn' | 'successRate'> {
  /** Of the training, s. */
  readonly wall: number;
}

/** @param registry what the names in the plan stand for */
export function comparisonOf({ seeds, goals }: SweepPlan, variants: Variants, registry: Registry): Comparison {
  const configs = Array.from({ length: variants.count }, (_, i) => variants.configOf(variants.at(i)));
  const [{ env, steps }] = configs;
  return {
    env,
    algorithms: configs.map(({ algorithm, options }) => ({ name: algorithm, options })),
    seeds,
    steps,
    goals,
    hasGoals: envOf(env, registry).spec.hasSuccess,
  };
}
