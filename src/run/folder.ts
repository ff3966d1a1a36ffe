import { join } from 'node:path';
import * as v from 'valibot';
import { checkSeal, seal, unsealed } from '../../envs/recording/checksum.ts';
import { parseJson } from '../../envs/recording/json.ts';
import { encodeRecording } from '../../envs/recording/recording.ts';
import type { Recording } from '../../envs/recording/types.ts';
import type { Env, Trajectory } from '../../envs/types.ts';
import type { NetBackend } from '../policy/network/types.ts';
import type { TrainConfig } from '../train/config.ts';
import type { Learner } from '../train/learner.ts';
import { decodePolicy, type SavedPolicy } from './checkpoint.ts';
import { Failure } from './failure.ts';
import { exists, isFolder, read, writeWhole } from './files.ts';
import { names } from './names.ts';
import { configSchema, configured, index, versionsSchema } from './schema.ts';
import { type Versions, versionsOf } from './versions.ts';

/** All that determines the files of a run. */
export interface RunPlan {
  readonly config: TrainConfig;
  /** Where it stops before its steps are spent. */
  readonly limits: { readonly iterations: number | null; readonly untilSolved: boolean };
  /** Iterations from one checkpoint to the next. */
  readonly checkpointEvery: number;
  /** Where it began, if not at the beginning. */
  readonly fork: { readonly run: string; readonly iteration: number } | null;
}

const version = 2;

const planSchema = v.strictObject({
  format: v.literal('armature.run'),
  version: v.literal(version),
  checksum: v.string(),
  versions: versionsSchema,
  ...configSchema.entries,
  limits: v.strictObject({ iterations: v.nullable(v.pipe(index, v.minValue(1))), untilSolved: v.boolean() }),
  checkpointEvery: v.pipe(index, v.minValue(1)),
  fork: v.nullable(v.strictObject({ run: v.string(), iteration: index })),
});

/** A run's plan as its folder keeps it, with the versions of what it is run by. */
export function encodePlan({ config, ...rest }: RunPlan, backend: NetBackend): Promise<Uint8Array<ArrayBuffer>> {
  const versions = versionsOf(backend);
  const document = { format: 'armature.run', version, checksum: unsealed, versions, ...config, ...rest };
  return seal(new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`));
}

/** What a run's folder says of itself. Its seal tells whether somebody changed it since. */
export interface SavedPlan {
  readonly plan: RunPlan;
  readonly versions: Versions;
  readonly isSealed: boolean;
}

/** @throws FileError unless it is the plan of a run */
export async function decodePlan(bytes: Uint8Array, file: string): Promise<SavedPlan> {
  const document = parseJson(planSchema, new TextDecoder().decode(bytes), file, 'run');
  const { limits, checkpointEvery, fork, env, algorithm, backend, seed, steps, options } = document;
  const config = configured({ env, algorithm, backend, seed, steps, options }, file);
  const isSealed = (await checkSeal(bytes)) === 'intact';
  return { plan: { config, limits, checkpointEvery, fork }, versions: document.versions, isSealed };
}

/** The policy of a run's folder, or of a file. */
export async function loadPolicy(path: string): Promise<SavedPolicy> {
  if (!exists(path)) throw new Failure(`cannot open the run ${path}: there is no such folder`);
  const file = isFolder(path) ? join(path, names.policy) : path;
  if (!exists(file)) throw new Failure(`cannot open the run ${path}: it holds no ${names.policy}`);
  return decodePolicy(await read(file), file);
}

/** What a recording says of who acted, and of how its advantages were estimated. */
export type Provenance = Pick<Recording['header'], 'policy' | 'gamma' | 'lambda'>;

/** A policy as its recordings name it: after its configuration, not its folder, so that equal runs give equal files. */
export function provenanceOf({ config, progress, policy }: Learner): Provenance {
  const { gamma, lambda, advantage } = config.options;
  return {
    policy: {
      name: runName(config),
      kind: config.algorithm,
      trainedSteps: progress.envSteps,
      squashed: policy.distribution.squashed || undefined,
    },
    gamma: gamma as number,
    // A return less its baseline is GAE with lambda 1.
    lambda: advantage === 'gae' ? (lambda as number) : advantage === 'td' ? 0 : 1,
  };
}

export function runName({ env, seed }: TrainConfig): string {
  return `${env.env}-s${seed}`;
}

/** Episodes with all that a replay needs, as a file. */
export function recordingOf(
  { config, spec, scene }: Env,
  episodes: readonly Trajectory[],
  { policy, gamma, lambda }: Provenance,
): Promise<Uint8Array<ArrayBuffer>> {
  return encodeRecording({ header: { env: config, spec, scene, gamma, lambda, policy }, episodes });
}

export async function saveRecording(
  file: string,
  env: Env,
  episodes: readonly Trajectory[],
  credit: Provenance,
): Promise<void> {
  writeWhole(file, await recordingOf(env, episodes, credit));
}
