import { UsageError } from '../../envs/options.ts';
import { envOf } from '../../envs/tasks/index.ts';
import { configureTraining, ownOptions } from '../train/config.ts';
import { builtIn, type Registry } from '../train/registry.ts';
import type { ComparisonPlan } from './plan.ts';

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
    seeds: Array.from({ length: given.seeds }, (_, seed) => seed),
    steps: first.steps,
    goals: given.goals,
    hasGoals: envOf(first.env, registry).spec.hasSuccess,
  };
}

/** A comparison by name. */
interface Comparison {
  readonly env: string;
  readonly algorithms: readonly string[];
  readonly seeds: number;
  readonly goals: number;
  readonly steps?: number;
  readonly arm?: string;
  readonly backend?: string;
  readonly envOptions: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
}
