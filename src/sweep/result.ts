import * as v from 'valibot';
import type { Format } from '../../envs/recording/sealed.ts';
import { digest, index, real } from '../run/schema.ts';

/** What becomes of a job. */

const rate = v.pipe(real, v.minValue(0), v.maxValue(1));
const terms = v.optional(v.record(v.string(), real));

const evaluated = v.strictObject({
  /** Training steps so far. */
  steps: index,
  /** Null where the task has no goals to reach. */
  success_rate: v.nullable(rate),
  /** Undiscounted. */
  return: real,
  /** What each term of the reward adds to the return, where there are several. */
  terms,
});

/** A policy in training on the held-out goals, which are the same for every run; named as results.json has it. */
export type Evaluated = Readonly<v.InferOutput<typeof evaluated>>;

/** What a job determines, to the last bit. A result that comes from outside has to be of this shape. */
export const resultSchema = v.strictObject({
  /** The job's digest. */
  job: digest,
  /** Training steps done. */
  steps: index,
  /** The policy as it was trained. */
  evaluations: v.pipe(v.array(evaluated), v.readonly()),
  /** Training steps until the task was solved; null if it never was. */
  solvedAt: v.nullable(index),
  /** The trained policy on fresh goals: undiscounted return, success where there are goals to reach, and the terms of the reward. */
  meanReturn: real,
  successRate: v.nullable(rate),
  terms,
});

export type RunResult = Readonly<v.InferOutput<typeof resultSchema>>;

export const resultFormat: Format = { name: 'armature.result', version: 1, noun: 'the result of a run' };

/** What another day or another machine would not give again. */
export const timingSchema = v.strictObject({
  /** Of the training, over all the processes that went on with it; what one that was killed did after its last checkpoint is not in it. */
  seconds: v.pipe(real, v.minValue(0)),
  /** The machine that finished it. */
  host: v.string(),
});

export type RunTiming = Readonly<v.InferOutput<typeof timingSchema>>;

export const timingFormat: Format = { name: 'armature.timing', version: 1, noun: 'the times of a run' };

/** What a job comes to, and how long that took. */
export interface Performed {
  readonly result: RunResult;
  readonly timing: RunTiming;
}

/** What is told of a run as it goes on. */
export interface RunProgress {
  /** Training steps done. */
  readonly steps: number;
  /** The latest evaluation, once there is one. */
  readonly last?: Evaluated;
}
