import { UsageError } from '../../envs/options.ts';
import type { TrainConfig } from '../train/training.ts';
import type { Executor, NamedJob, Outcome, Tally } from './executor.ts';
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
    const tally = { stage, stages: plan.stages, runs: alive.length * plan.seeds.length, done: 0, failed: 0, steps: 1 };
    listener.stage(stage, tally.runs);
    const record = recorder(plan, found, alive, tally);
    function* jobs(): Generator<SweepRun> {
      const refused = ({ index }: Variant, seed: number, failure: string) => record(index, seed, { failure });
      for (const run of jobsAt(plan, variants, stage, { alive, refused })) {
        tally.steps = stepsOf(run);
        yield { ...run, material: materialOf(run.variant) };
      }
    }
    const ended = (run: SweepRun, outcome: Outcome) => {
      record(run.variant.index, run.seed, outcome);
      listener.ended(run, outcome);
    };
    const told = {
      started: (run: NamedJob) => listener.started(run as SweepRun),
      progressed: (run: NamedJob, progress: RunProgress) => listener.progressed(run as SweepRun, progress),
      ended: (run: NamedJob, outcome: Outcome) => ended(run as SweepRun, outcome),
    };
    await executor.run(jobs(), told, tally);
    const order = ranked(alive.map((index) => ({ ...found[index], failed: found[index].failures.length })));
    alive = order
      .slice(0, survivors(alive.length))
      .map((place) => alive[place])
      .sort((a, b) => a - b);
  }
  return found;
}

/** Training steps at which a run ends, at its stage. */
export function stepsOf({ job }: Pick<SweepRun, 'job'>): number {
  return job.pauseAt ?? job.plan.config.steps;
}

export interface Conduct {
  readonly executor: Executor;
  readonly materialOf: (variant: Variant) => Material;
  readonly listener: SweepListener;
}

/** Which runs there are at a stage. */
interface Chosen {
  /** Places of the variants that come to the stage; all if not given. */
  readonly alive?: readonly number[];
  /** Told of a variant whose values do not go together, for each seed. */
  readonly refused?: (variant: Variant, seed: number, reason: string) => void;
}

/** The runs of a stage, seed by seed, without those of variants whose values do not go together. */
export function* jobsAt(
  { seeds, goals, stages }: SweepPlan,
  variants: Variants,
  stage: number,
  { alive = Array.from({ length: variants.count }, (_, i) => i), refused }: Chosen = {},
): Generator<Omit<SweepRun, 'material'>> {
  for (const seed of seeds) {
    for (const index of alive) {
      const variant = variants.at(index);
      const config = configIn(variants, variant, (reason) => refused?.(variant, seed, reason));
      if (!config) continue;
      const job = jobOf(config, seed, goals, pauseAt(stage, stages, config.steps));
      yield { name: runName(variant, seed), job, variant, seed };
    }
  }
}

/** The configuration of a variant's runs; null where its values do not go together. @param refused told why */
export function configIn(
  variants: Variants,
  variant: Variant,
  refused: (reason: string) => void = () => {},
): TrainConfig | null {
  try {
    return variants.configOf(variant);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    refused(error.message);
    return null;
  }
}

/** Takes in what the runs of a stage come to. What those of the stage before came to is what they were chosen by, and is needed no more. */
function recorder(
  { seeds }: SweepPlan,
  found: FoundVariant[],
  alive: readonly number[],
  tally: { -readonly [K in keyof Tally]: Tally[K] },
): (index: number, seed: number, outcome: Outcome) => void {
  const { stage } = tally;
  for (const index of alive) found[index] = { index, stage, runs: [], failures: [] };
  const bySeed = (a: { readonly seed: number }, b: { readonly seed: number }) =>
    seeds.indexOf(a.seed) - seeds.indexOf(b.seed);
  return (index, seed, outcome) => {
    const { runs, failures } = found[index];
    if ('failure' in outcome) {
      tally.failed++;
      const all = [...failures, { seed, reason: outcome.failure }].sort(bySeed);
      found[index] = { index, stage, runs, failures: all };
      return;
    }
    tally.done++;
    const { result, timing } = outcome;
    const { steps, solvedAt, meanReturn, successRate } = result;
    const run = { seed, steps, solvedAt, meanReturn, successRate, ...timing };
    found[index] = { index, stage, runs: [...runs, run].sort(bySeed), failures };
  };
}
