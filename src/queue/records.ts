import * as v from 'valibot';
import { digest, index, real } from '../run/schema.ts';
import type { Tally } from '../sweep/executor.ts';
import { manifestSchema } from './manifest.ts';

/** What stands in a Redis as JSON. All of it comes from outside to whoever reads it. */

const text = v.pipe(v.string(), v.maxLength(4000));

export const sweepName = v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/, '16 hex digits'));

/** A job on the queue, which is small: what it has in common with others is among the inputs of its sweep. */
export const payloadSchema = v.strictObject({
  sweep: sweepName,
  /** The input that says all of the job but what follows. */
  variant: digest,
  seed: index,
  pauseAt: v.nullable(v.pipe(index, v.minValue(1))),
});

export type Payload = Readonly<v.InferOutput<typeof payloadSchema>>;

/** What became of a job. */
export const recordSchema = v.variant('type', [
  v.strictObject({
    type: v.literal('run'),
    /** See `digestOfRun`. */
    run: digest,
    files: manifestSchema,
    host: text,
  }),
  v.strictObject({ type: v.literal('failure'), reason: text, host: text }),
  /** What is left of a run that its planner has. */
  v.strictObject({ type: v.literal('fetched'), run: digest }),
]);

export type JobRecord = Readonly<v.InferOutput<typeof recordSchema>>;

export const checkpointSchema = manifestSchema;

/** How far a job is. */
export const progressSchema = v.strictObject({
  steps: index,
  /** Of its steps, how many it makes in a second. */
  rate: v.pipe(real, v.minValue(0)),
  host: text,
});

export type JobProgress = Readonly<v.InferOutput<typeof progressSchema>>;

/** How far a sweep is as a whole. */
export const tallySchema = v.strictObject({
  stage: index,
  stages: index,
  runs: index,
  done: index,
  failed: index,
  steps: index,
}) satisfies v.GenericSchema<unknown, Tally>;

/** What somebody told, and when, by the server's clock, s. */
export interface Told<T> {
  readonly at: number;
  readonly told: T;
}

export function toldSchema<T>(told: v.GenericSchema<unknown, T>): v.GenericSchema<unknown, Told<T>> {
  return v.strictObject({ at: index, told });
}
