import { episodesOf, tensorsOf } from '../../envs/recording/episodes.ts';
import { FileError } from '../../envs/recording/errors.ts';
import { checked, parseJson } from '../../envs/recording/json.ts';
import { allocate, type DataOf, type DType, type Tensor } from '../../envs/recording/safetensors.ts';
import { decodeSealed, encodeSealed, type Format } from '../../envs/recording/sealed.ts';
import { createEnv } from '../../envs/sim/env.ts';
import type { Trajectory } from '../../envs/types.ts';
import type { NetBackend } from '../policy/network/types.ts';
import type { TrainConfig } from '../train/config.ts';
import { arraysOf, type Learner, learnerFor, policyFor } from '../train/learner.ts';
import { configSchema, configured, index, standingSchema, versionsSchema } from './schema.ts';
import { type Versions, versionsOf } from './versions.ts';

/** A learner out of a file, and what wrote it. */
export interface SavedPolicy {
  readonly learner: Learner;
  readonly versions: Versions;
  /** SHA-256 of the table of metrics that goes with it, in hex; null where there is none. */
  readonly metrics: string | null;
}

export const policyFormat: Format = { name: 'armature.policy', version: 2, noun: 'a policy file' };

type Tensors = Readonly<Record<string, Tensor>>;

/** Names of the tensors that hold earlier batches. */
const past = 'history.';
const batches = 'history.batches';

/**
 * A learner as a file: the parameters with the observation statistics, the baseline, and everything else that training
 * goes on from. The same learner gives the same bytes.
 */
export function encodePolicy(learner: Learner, metrics: string | null = null): Promise<Uint8Array<ArrayBuffer>> {
  const tensors = Object.fromEntries(
    Object.entries(arraysOf(learner)).map(([name, data]): [string, Tensor] => [
      name,
      { dtype: 'F64', shape: [data.length], data: Float64Array.from(data) },
    ]),
  );
  const count: Tensor = { dtype: 'I64', shape: [1], data: allocate('I64', 1).fill(BigInt(learner.normalizer.count)) };
  return encodeSealed(
    policyFormat,
    { ...tensors, 'observations.count': count, ...historyTensors(learner) },
    {
      versions: JSON.stringify(versionsOf(learner.backend)),
      config: JSON.stringify(learner.config),
      standing: JSON.stringify(learner.progress),
      ...(metrics && { metrics }),
    },
  );
}

/**
 * @param file the file's name, for messages
 * @param backend the one that it was trained on, to go on with; to act, it needs none
 * @throws FileError when it is not a whole and consistent policy file
 */
export async function decodePolicy(bytes: Uint8Array, file: string, backend?: NetBackend): Promise<SavedPolicy> {
  const { metadata, tensors } = await decodeSealed(policyFormat, bytes, file);
  const config = configured(parseJson(configSchema, metadata.config ?? '', file, 'config'), file);
  const learner = sizedLearner(config, tensors, file, backend);
  for (const [name, data] of Object.entries(arraysOf(learner))) {
    data.set(dataOf(tensors, name, 'F64', data.length, file));
  }
  const [count] = dataOf(tensors, 'observations.count', 'I64', 1, file);
  learner.normalizer.count = checked(index, Number(count), file, 'observations.count');
  Object.assign(learner.progress, parseJson(standingSchema, metadata.standing ?? '', file, 'standing'));
  learner.history.push(...historyOf(learner, tensors, file));
  const madeBy = parseJson(versionsSchema, metadata.versions ?? '', file, 'versions');
  return { learner, versions: madeBy, metrics: metadata.metrics ?? null };
}

/** A new learner, made only once its size is known to be the file's: a configuration can claim gigabytes. */
function sizedLearner(config: TrainConfig, tensors: Tensors, file: string, backend?: NetBackend): Learner {
  const env = createEnv(config.env);
  dataOf(tensors, 'theta', 'F64', policyFor(env, config).size, file);
  return learnerFor(env, config, { backend });
}

/** The episodes of all batches end to end, and how many there are in each; no tensors where there are none. */
function historyTensors({ env, history }: Learner): Record<string, Tensor> {
  if (!history.length) return {};
  const sizes = Int32Array.from(history, (episodes) => episodes.length);
  const columns = Object.entries(tensorsOf(env.spec, history.flat()));
  return {
    ...Object.fromEntries(columns.map(([name, tensor]) => [`${past}${name}`, tensor])),
    [batches]: { dtype: 'I32', shape: [sizes.length], data: sizes },
  };
}

function historyOf({ env, config }: Learner, tensors: Tensors, file: string): Trajectory[][] {
  if (!tensors[batches]) return [];
  const most = config.options.reuse as number;
  const sizes = Array.from(dataOf(tensors, batches, 'I32', Math.min(most, tensors[batches].data.length), file));
  const columns = Object.entries(tensors).filter(([name]) => name.startsWith(past) && name !== batches);
  const own = Object.fromEntries(columns.map(([name, tensor]) => [name.slice(past.length), tensor]));
  const episodes = episodesOf(env.spec, own, file);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  if (total !== episodes.length || sizes.some((size) => size < 1)) {
    const [expected, found] = [`batches of ${episodes.length} episodes in all`, sizes.join(', ')];
    throw new FileError('inconsistent', file, { place: `tensor ${batches}`, expected, found });
  }
  return sizes.map((size) => episodes.splice(0, size));
}

/** The numbers of a tensor that has to be there, of this type and length. */
function dataOf<D extends DType>(tensors: Tensors, name: string, dtype: D, length: number, file: string): DataOf<D> {
  const found: Tensor | undefined = tensors[name];
  if (found?.dtype === dtype && found.data.length === length) return found.data as DataOf<D>;
  throw new FileError('inconsistent', file, {
    place: `tensor ${name}`,
    expected: `${dtype} [${length}]`,
    found: found ? `${found.dtype} [${found.shape.join(', ')}]` : 'none',
  });
}
