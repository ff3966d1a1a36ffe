import { UsageError } from '../../envs/options.ts';
import type { Executor, NamedJob, Outcome } from './executor.ts';
import { pauseAt, ranked, survivors } from './halving.ts';
import { jobOf, runName } from './job.ts';
import type { Material } from './messages.ts';
import type { SweepPlan } from './plan.ts';
import type { RunProgress } from './result.ts';
import type { Variant, Variants } from './variants.ts';

/** A run as far as every report needs it; its evaluations are in its folder. */
export interface FoundRun {
  readonly seed: number;
  /** Training steps done. */
  readonly steps: number;
  readonly solvedAt: number | null;
  readonly meanReturn: number;
  readonly successRate: number | null;
  /** Where and how long it was trained. */
  readonly seconds: number;
  readonly host: string;
}

/** What a sweep found of a variant. */
export interface FoundVariant {
  readonly index: number;
  /** The last stage that it was at, from 0 on: of the last one it is to the end. */
  readonly stage: number;
  /** In the order of the seeds. */
  readonly runs: readonly FoundRun[];
  readonly failures: readonly { readonly seed: number; readonly reason: string }[];
}

/** Told as a sweep goes on. */
export interface SweepListener {
  /** A stage begins, from 0 on, with so many runs. */
  stage(stage: number, runs: number): void;
  started(run: SweepRun): void;
  progressed(run: SweepRun, progress: RunProgress): void;
  ended(run: SweepRun, outcome: Outcome): void;
}

/** A run of a sweep. */
export interface SweepRun extends NamedJob {
  readonly variant: Variant;
  readonly seed: number;
}

/**
 * Makes the runs of a plan, stage by stage, seed by seed, so that what is done when a sweep is stopped is a fair part of it.
 * @param materialOf what the runs of a variant need beside their plans
 * @returns all variants, in their order
 * @throws whatever the executor throws
 */
export async function conduct(
  plan: SweepPlan,
  variants: Variants,
  { executor, materialOf, listener }: Conduct,
): Promise<FoundVariant[]> {
  const found: FoundVariant[] = Array.from({ length: variants.count }, (_, index) => ({
    index,
    stage: 0,
    runs: [],
    failures: [],
  }));
  let alive = found.map(({ index }) => index);
  for (let stage = 0; stage < plan.stages; stage++) {
    listener.stage(stage, alive.length * plan.seeds.length);
    const record = recorder(plan, found, { stage, alive });
    function* jobs(): Generator<SweepRun> {
      for (const seed of plan.seeds) {
        for (const index of alive) {
          const variant = variants.at(index);
          const run = jobIn(plan, variants, { variant, seed, stage, material: materialOf(variant) });
          if ('failure' in run) record(index, seed, run);
          else yield run;
        }
      }
    }
    await executor.run(jobs(), {
      started: (run) => listener.started(run as SweepRun),
      progressed: (run, progress) => listener.progressed(run as SweepRun, progress),
      ended(job, outcome) {
        const run = job as SweepRun;
        record(run.variant.index, run.seed, outcome);
        listener.ended(run, outcome);
      },
    });
    const order = ranked(alive.map((index) => ({ ...found[index], failed: found[index].failures.length })));
    alive = order
      .slice(0, survivors(alive.length))
      .map((place) => alive[place])
      .sort((a, b) => a - b);
  }
  return found;
}

export interface Conduct {
  readonly executor: Executor;
  readonly materialOf: (variant: Variant) => Material;
  readonly listener: SweepListener;
}

interface Place {
  readonly variant: Variant;
  readonly seed: number;
  readonly stage: number;
  readonly material: Material;
}

/** A run at a stage; of a variant whose values do not go together, the reason why there is none. */
function jobIn(
  plan: SweepPlan,
  variants: Variants,
  { variant, seed, stage, material }: Place,
): SweepRun | { readonly failure: string } {
  try {
    const config = variants.configOf(variant);
    const job = jobOf(config, seed, plan.goals, pauseAt(stage, plan.stages, config.steps));
    return { name: runName(variant, seed), job, material, variant, seed };
  } catch (error) {
    if (error instanceof UsageError) return { failure: error.message };
    throw error;
  }
}

/** Takes in what the runs of a stage come to. What those of the stage before came to is what they were chosen by, and is needed no more. */
function recorder(
  { seeds }: SweepPlan,
  found: FoundVariant[],
  { stage, alive }: { readonly stage: number; readonly alive: readonly number[] },
): (index: number, seed: number, outcome: Outcome) => void {
  for (const index of alive) found[index] = { index, stage, runs: [], failures: [] };
  const bySeed = (a: { readonly seed: number }, b: { readonly seed: number }) =>
    seeds.indexOf(a.seed) - seeds.indexOf(b.seed);
  return (index, seed, outcome) => {
    const { runs, failures } = found[index];
    if ('failure' in outcome) {
      const all = [...failures, { seed, reason: outcome.failure }].sort(bySeed);
      found[index] = { index, stage, runs, failures: all };
      return;
    }
    const { result, timing } = outcome;
    const { steps, solvedAt, meanReturn, successRate } = result;
    const run = { seed, steps, solvedAt, meanReturn, successRate, ...timing };
    found[index] = { index, stage, runs: [...runs, run].sort(bySeed), failures };
  };
}
