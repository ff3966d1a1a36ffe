import * as v from 'valibot';
import { defaultBackend } from '../policy/network/index.ts';
import { digestOf } from '../run/digest.ts';
import type { RunPlan } from '../run/plan.ts';
import { configSchema, index, limitsSchema, versionsOf } from '../run/schema.ts';
import type { TrainConfig } from '../train/training.ts';

/** A training run and how it is judged: all that determines both, as plain data. */
export interface Job {
  /** Begun anew, as its fork says. */
  readonly plan: RunPlan & { readonly fork: null };
  /** Episodes that the trained policy is evaluated on. */
  readonly goals: number;
  /** Training steps at which it is judged and stands still, to be gone on with by another job of the same plan; null for those of the plan. */
  readonly pauseAt: number | null;
}

/** Seed of the goals that a trained policy is evaluated on, fresh ones: 11 and the run's. Every run has goals of its own, so that what differs between runs is goals and seeds. */
export const firstGoalSeed = 11;

const count = v.pipe(index, v.minValue(1));

/** A job out of a file or a message. Its names and numbers are of the right kinds; whether they make a training run, `configureTraining` says. */
export const jobSchema: v.GenericSchema<unknown, Job> = v.strictObject({
  plan: v.strictObject({
    config: configSchema,
    limits: limitsSchema,
    checkpointEvery: count,
    fork: v.null(),
  }),
  goals: v.pipe(count, v.maxValue(100_000)),
  pauseAt: v.nullable(count),
});

/** Iterations between checkpoints, as `train` has them. */
const checkpointEvery = 10;

/**
 * A run of a configuration that is trained to the end.
 * @param pauseAt where it is to stand still on the way
 */
export function jobOf(config: TrainConfig, seed: number, goals: number, pauseAt: number | null = null): Job {
  const limits = { iterations: null, untilSolved: false };
  return { plan: { config: { ...config, seed }, limits, checkpointEvery, fork: null }, goals, pauseAt };
}

/** The folder of a run within those of a sweep. */
export function runName({ name }: { readonly name: string }, seed: number): string {
  return `${name}-s${seed}`;
}

/**
 * SHA-256, in hex, of the job and of the versions of everything that could change a bit of its result: the job's name wherever it goes.
 * Jobs of equal content have equal names, in whatever order their keys were written.
 */
export function jobDigest(job: Job): string {
  return digestOf(canonical({ ...job, versions: versionsFor(job) }));
}

/** Those of a TensorFlow are known only where it is loaded. */
function versionsFor({ plan: { config } }: Job) {
  const network = config.backend === defaultBackend.name ? defaultBackend.version : '';
  return versionsOf({ name: config.backend, version: network });
}

/** JSON with its keys in order, and without spaces. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
