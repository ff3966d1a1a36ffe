import type { OptionValue } from '../../envs/options.ts';
import { software } from '../../envs/recording/sealed.ts';
import { envOf } from '../../envs/tasks/index.ts';
import { interquartileMean, runsInterval } from '../statistics/intervals.ts';
import type { Registry } from '../train/registry.ts';
import { configIn, type FoundVariant } from './conduct.ts';
import { type Curve, commonGrid, curveOf } from './curves.ts';
import { pauseAt, ranked } from './halving.ts';
import { firstGoalSeed, runName } from './job.ts';
import type { SweepPlan } from './plan.ts';
import type { Evaluated } from './result.ts';
import { curveOfRun, type Estimate, figures } from './results.ts';
import type { Axis } from './values.ts';
import type { Variants } from './variants.ts';

/** What a sweep found, determined by its plan to the last bit. Field names are those of results.json. */
export interface SweepResults {
  readonly software: string;
  readonly axes: readonly Axis[];
  readonly seeds: readonly number[];
  readonly has_goals: boolean;
  readonly goals: { readonly episodes: number; readonly first_seed: number };
  readonly bootstrap: { readonly resamples: number; readonly seed: number; readonly level: number };
  /** How often runs were chosen among; 1 where all were made to the end. */
  readonly stages: number;
  /** The best first. */
  readonly variants: readonly VariantResults[];
  /** Of the best variants that came to their end. */
  readonly curves: { readonly grid: readonly number[]; readonly variants: readonly VariantCurves[] };
  readonly failed: readonly { readonly run: string; readonly reason: string }[];
}

/** The address at which a run of a variant opens; null where there is none. */
export type RunPage = (variant: string, seed: number) => string | null;

export interface VariantResults {
  readonly name: string;
  readonly label: string;
  readonly values: Readonly<Record<string, OptionValue>>;
  /** Training steps of each run; 0 where the values make no run. */
  readonly steps: number;
  /** Training steps after which the variant was stopped, since others did better; null where it was not. */
  readonly stopped_at: number | null;
  /** Seeds on which the task was solved. */
  readonly solved: number;
  /** Interquartile means over the seeds; of steps, one that was not solved counts as the budget. Null where there is no run, or no goal. */
  readonly steps_to_solved: Estimate | null;
  readonly return: Estimate | null;
  readonly success_rate: Estimate | null;
  readonly runs: readonly {
    readonly seed: number;
    readonly steps: number;
    readonly solved_at: number | null;
    readonly return: number;
    readonly success_rate: number | null;
  }[];
}

export interface VariantCurves {
  readonly name: string;
  readonly success_rate: Curve | null;
  readonly return: Curve;
  /** Single runs, of the seeds in order. */
  readonly runs: readonly { readonly seed: number; readonly evaluations: readonly Evaluated[] }[];
}

/** Fewer than a comparison's, as there may be many variants; a figure's edges are good to its second digit. */
const resamples = 2000;
const bootstrapSeed = 1;

/** More lines than so many nobody tells apart. */
export const mostCurves = 10;

/** @param evaluationsOf the evaluations of a run in its folder */
export async function sweepResults(
  plan: SweepPlan,
  variants: Variants,
  found: readonly FoundVariant[],
  hasGoals: boolean,
  evaluationsOf: (variant: FoundVariant, seed: number) => Promise<readonly Evaluated[]>,
): Promise<SweepResults> {
  const ordered = inOrder(found);
  const best = ordered.filter(({ stage, runs }) => stage === plan.stages - 1 && runs.length).slice(0, mostCurves);
  const shown: VariantCurves[] = [];
  const loaded = [];
  for (const variant of best) {
    const runs = [];
    for (const { seed } of variant.runs) runs.push({ seed, evaluations: await evaluationsOf(variant, seed) });
    loaded.push({ name: variants.at(variant.index).name, runs });
  }
  const all = loaded.flatMap(({ runs }) => runs.map((run) => curveOfRun(run, figures.return)));
  const grid = all.length ? commonGrid(all) : [];
  for (const { name, runs } of loaded) {
    const curve = (figure: (evaluated: Evaluated) => number | null | undefined) =>
      curveOf(
        runs.map((run) => curveOfRun(run, figure)),
        grid,
        bootstrapSeed,
      );
    shown.push({
      name,
      success_rate: hasGoals ? curve(figures.successRate) : null,
      return: curve(figures.return),
      runs,
    });
  }
  return {
    software,
    axes: plan.axes,
    seeds: plan.seeds,
    has_goals: hasGoals,
    goals: { episodes: plan.goals, first_seed: firstGoalSeed },
    bootstrap: { resamples, seed: bootstrapSeed, level: 0.95 },
    stages: plan.stages,
    variants: ordered.map((variant) => variantResults(plan, variants, variant, hasGoals)),
    curves: { grid, variants: shown },
    failed: found.flatMap(({ index, failures }) =>
      failures.map(({ seed, reason }) => ({ run: runName(variants.at(index), seed), reason })),
    ),
  };
}

/**
 * Whether the environments of a sweep all have goals to reach, whatever its runs came to.
 * @param registry what the names in the plan stand for
 */
export function haveGoals({ axes, base }: SweepPlan, variants: Variants, registry: Registry): boolean {
  const unseen = new Set<OptionValue | undefined>(axes.find(({ key }) => key === 'env')?.values ?? [base.env]);
  for (let i = 0; unseen.size && i < variants.count; i++) {
    const variant = variants.at(i);
    const name = variant.values.env ?? base.env;
    const config = unseen.has(name) ? configIn(variants, variant) : null;
    if (!config) continue;
    if (!envOf(config.env, registry).spec.hasSuccess) return false;
    unseen.delete(name);
  }
  return true;
}

/** Those that came further before those that were stopped, each by rank. */
function inOrder(found: readonly FoundVariant[]): FoundVariant[] {
  const order = ranked(found.map(({ runs, failures }) => ({ runs, failed: failures.length })));
  return order.map((place) => found[place]).sort((a, b) => b.stage - a.stage);
}

function variantResults(
  plan: SweepPlan,
  variants: Variants,
  { index, stage, runs }: FoundVariant,
  hasGoals: boolean,
): VariantResults {
  const variant = variants.at(index);
  const steps = runs.length ? variants.configOf(variant).steps : 0;
  const estimate = (values: readonly number[], possible?: readonly [number, number]): Estimate | null =>
    values.length
      ? {
          value: interquartileMean(values),
          interval: runsInterval(values, interquartileMean, resamples, bootstrapSeed, possible),
        }
      : null;
  const rates = runs.map(({ successRate }) => successRate ?? 0);
  const last = Math.max(0, ...runs.map((run) => run.steps));
  return {
    name: variant.name,
    label: variant.label,
    values: variant.values,
    steps,
    stopped_at: stage < plan.stages - 1 && runs.length ? (pauseAt(stage, plan.stages, steps) ?? last) : null,
    solved: runs.filter(({ solvedAt }) => solvedAt !== null).length,
    steps_to_solved: hasGoals
      ? estimate(
          runs.map(({ solvedAt }) => solvedAt ?? steps),
          [0, steps],
        )
      : null,
    return: estimate(runs.map(({ meanReturn }) => meanReturn)),
    success_rate: hasGoals ? estimate(rates, [0, 1]) : null,
    runs: runs.map(({ seed, steps: done, solvedAt, meanReturn, successRate }) => ({
      seed,
      steps: done,
      solved_at: solvedAt,
      return: meanReturn,
      success_rate: successRate,
    })),
  };
}
