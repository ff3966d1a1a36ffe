/** What a run's files have in common; strict, because files come from outside. */

import * as v from 'valibot';
import { kernelsVersion } from '../../envs/math/kernels.ts';
import { DefinitionError } from '../../envs/model/definition-error.ts';
import { UsageError } from '../../envs/options.ts';
import { FileError } from '../../envs/recording/errors.ts';
import { envConfig, moduleIdentity } from '../../envs/recording/schema.ts';
import { software } from '../../envs/recording/sealed.ts';
import { physicsVersion } from '../../envs/sim/rapier.ts';
import { givenIn } from '../../envs/tasks/index.ts';
import type { NetBackend } from '../policy/network/types.ts';
import type { configureTraining } from '../train/config.ts';
import type { Registry } from '../train/registry.ts';
import type { TrainConfig } from '../train/training.ts';

const text = v.pipe(v.string(), v.maxLength(1000));
export const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const real = v.pipe(v.number(), v.finite());
/** A SHA-256, in hex. */
export const digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/, '64 hex digits'));

/** A configuration as files hold it. */
export const configSchema = v.strictObject({
  env: envConfig,
  algorithm: text,
  // Where a file names no backend, there was no other one yet.
  backend: v.optional(text, 'wasm'),
  seed: index,
  steps: v.pipe(index, v.minValue(1)),
  options: v.record(text, v.union([real, v.boolean(), text])),
  modules: v.optional(v.strictObject({ algorithm: v.optional(moduleIdentity) })),
});

/** Where a run stops before its steps are spent. */
export const limitsSchema = v.strictObject({
  iterations: v.nullable(v.pipe(index, v.minValue(1))),
  untilSolved: v.boolean(),
});

export const versionsSchema = v.strictObject({ software: text, physics: text, math: text, network: text });

/** Everything whose version could change a bit of a training run. */
export type Versions = Readonly<v.InferOutput<typeof versionsSchema>>;

export function versionsOf({ name, version }: Pick<NetBackend, 'name' | 'version'>): Versions {
  return { software, physics: `rapier ${physicsVersion}`, math: kernelsVersion, network: `${name} ${version}` };
}

/**
 * A file's configuration as this version has it.
 * @param configure an argument, so that what reads files need not load all that trains
 * @param registry what its names stand for
 * @throws FileError unless this version can train with it
 */
export function asConfigured(
  { env, modules: _, ...rest }: v.InferOutput<typeof configSchema>,
  configure: typeof configureTraining,
  registry: Registry,
  file: string,
): TrainConfig {
  try {
    const { options: envOptions, ...given } = givenIn(env);
    return configure({ ...rest, env: env.env, ...given, envOptions }, registry);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof DefinitionError)) throw error;
    throw new FileError('inconsistent', file, { place: 'config', expected: 'a training run', found: error.message });
  }
}
