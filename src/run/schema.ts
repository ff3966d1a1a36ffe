/** What files say of a training run; strict, because it comes from outside. */
import * as v from 'valibot';
import { UsageError } from '../../envs/options.ts';
import { FileError } from '../../envs/recording/errors.ts';
import { configureTraining, type TrainConfig } from '../train/config.ts';
import type { Progress } from '../train/learner.ts';
import type { Versions } from './versions.ts';

const text = v.pipe(v.string(), v.maxLength(1000));
export const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const real = v.pipe(v.number(), v.finite());
const options = v.record(text, v.union([real, v.boolean(), text]));

export const configSchema = v.strictObject({
  env: v.strictObject({ env: text, arm: text, options }),
  algorithm: text,
  // What was written before there were several names none.
  backend: v.optional(text, 'wasm'),
  seed: index,
  steps: v.pipe(index, v.minValue(1)),
  options,
});

export const standingSchema: v.GenericSchema<unknown, Progress> = v.strictObject({
  iteration: index,
  envSteps: index,
  evalSteps: index,
  lastEvaluated: index,
  solvedInARow: index,
  solvedAt: v.nullable(index),
  best: v.nullable(v.strictObject({ iteration: index, successRate: real, meanReturn: real })),
});

export const versionsSchema: v.GenericSchema<unknown, Versions> = v.strictObject({
  software: text,
  physics: text,
  math: text,
  network: text,
});

/** @throws FileError unless it is a configuration that this version can train with */
export function configured({ env, ...rest }: v.InferOutput<typeof configSchema>, file: string): TrainConfig {
  try {
    return configureTraining({ ...rest, env: env.env, arm: env.arm, envOptions: env.options });
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new FileError('inconsistent', file, { place: 'config', expected: 'a training run', found: error.message });
  }
}
