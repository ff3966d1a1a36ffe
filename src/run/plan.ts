import * as v from 'valibot';
import { checkSeal, seal, unsealed } from '../../envs/recording/checksum.ts';
import { parseJson } from '../../envs/recording/json.ts';
import { oldestRunVersion, runVersion } from '../policy/file.ts';
import type { NetBackend } from '../policy/network/types.ts';
import { configureTraining, findBuiltIn } from '../train/config.ts';
import type { Limits } from '../train/train.ts';
import type { TrainConfig } from '../train/training.ts';
import {
  asConfigured,
  configSchema,
  index,
  limitsSchema,
  type Versions,
  versionsOf,
  versionsSchema,
} from './schema.ts';

/** Iterations from one checkpoint to the next, if nothing else is said. */
export const usualCheckpointEvery = 10;

/** All that determines the files of a run. */
export interface RunPlan {
  readonly config: TrainConfig;
  /** Where it stops before its steps are spent. */
  readonly limits: { readonly iterations: number | null; readonly untilSolved: boolean };
  /** Iterations from one checkpoint to the next. */
  readonly checkpointEvery: number;
  /** Where it began, if not at the beginning: the name of a run's folder, without where that is. */
  readonly fork: { readonly run: string; readonly iteration: number } | null;
}

/** Where a run stops, as training takes it. */
export function limitsOf({ limits }: Pick<RunPlan, 'limits'>): Limits {
  return { ...limits, iterations: limits.iterations ?? undefined };
}

const planSchema = v.strictObject({
  format: v.literal('armature.run'),
  version: v.pipe(index, v.minValue(oldestRunVersion), v.maxValue(runVersion)),
  checksum: v.string(),
  versions: versionsSchema,
  ...configSchema.entries,
  limits: limitsSchema,
  checkpointEvery: v.pipe(index, v.minValue(1)),
  fork: v.nullable(v.strictObject({ run: v.string(), iteration: index })),
});

/** A run's plan as config.json, with the versions of what it is run by. */
export function encodePlan({ config, ...rest }: RunPlan, backend: NetBackend): Promise<Uint8Array<ArrayBuffer>> {
  const own = { format: 'armature.run', version: runVersion, checksum: unsealed, versions: versionsOf(backend) };
  return seal(new TextEncoder().encode(`${JSON.stringify({ ...own, ...config, ...rest }, null, 2)}\n`));
}

/** What config.json says of a run. Its seal tells whether somebody changed the file since. */
export interface SavedPlan {
  readonly plan: RunPlan;
  readonly versions: Versions;
  readonly isSealed: boolean;
}

/**
 * @param find what the names in it stand for
 * @throws FileError unless the bytes are the plan of a run
 */
export async function decodePlan(bytes: Uint8Array, file: string, find = findBuiltIn): Promise<SavedPlan> {
  const document = parseJson(planSchema, new TextDecoder().decode(bytes), file, 'run');
  const { limits, checkpointEvery, fork, versions, format: _, version: __, checksum: ___, ...saved } = document;
  const config = asConfigured(saved, configureTraining, await find(saved), file);
  const isSealed = (await checkSeal(bytes)) === 'intact';
  return { plan: { config, limits, checkpointEvery, fork }, versions, isSealed };
}

/** So many differences tell enough; a robot has hundreds of numbers. */
const mostDifferences = 5;

/** What differs between two documents, in words: "options.gamma 0.9, not 0.95". */
export function differences(before: object, after: object): string[] {
  const [a, b] = [new Map(leaves(before)), new Map(leaves(after))];
  const all = [...new Set([...a.keys(), ...b.keys()])]
    .filter((name) => a.get(name) !== b.get(name))
    .map((name) => `${name} ${a.get(name) ?? 'none'}, not ${b.get(name) ?? 'none'}`);
  const more = all.length - mostDifferences;
  return more > 0 ? [...all.slice(0, mostDifferences), `and ${more} more`] : all;
}

/** The values in an object with their paths. */
function leaves(value: object, path = ''): [string, string][] {
  return Object.entries(value).flatMap(([name, inner]): [string, string][] =>
    typeof inner === 'object' && inner !== null
      ? leaves(inner, `${path}${name}.`)
      : [[`${path}${name}`, JSON.stringify(inner)]],
  );
}
