/**
 * A trained policy that acts without a simulator:
 *
 *     import { loadPolicy } from '@armature-rl/armature/policy';
 *
 *     const policy = await loadPolicy(await readFile('policy.safetensors'));
 *     const action = policy.act(observation);
 */

import * as v from 'valibot';
import { FileError } from '../../envs/recording/errors.ts';
import { parseJson } from '../../envs/recording/json.ts';
import type { Tensor } from '../../envs/recording/safetensors.ts';
import { decodeSealed } from '../../envs/recording/sealed.ts';
import { field, index, real } from '../../envs/schema.ts';
import { type Field, width } from '../../envs/spec.ts';
import { distributions } from './distributions/index.ts';
import { policyFormat } from './file.ts';
import { defaultBackend } from './network/wasm.ts';
import { type Normalizer, normalize } from './normalizer.ts';
import { createPolicy, type Policy } from './policy.ts';

export { FileError } from '../../envs/recording/errors.ts';
export type { Field } from '../../envs/spec.ts';

/** A policy out of a file. */
export interface LoadedPolicy {
  /** What an observation [O] consists of. */
  readonly observation: readonly Field[];
  /** What an action [A] consists of. */
  readonly action: readonly Field[];
  /**
   * The mean action [A] for an observation [O], within the bounds [-1, 1] that a controller clips it to.
   * @throws RangeError for an observation of another length
   */
  act(observation: ArrayLike<number>): Float32Array;
}

/** What of a run's configuration makes the policy. */
const configSchema = v.looseObject({
  options: v.looseObject({
    policy: v.picklist(Object.keys(distributions)),
    initialLogSigma: real,
    hiddenWidth: v.pipe(index, v.minValue(1), v.maxValue(4096)),
    hiddenLayers: v.pipe(index, v.maxValue(16)),
  }),
});

const fields = v.pipe(v.array(field), v.minLength(1));
const specSchema = v.looseObject({ obs: fields, act: fields });

/**
 * @param bytes of a policy.safetensors, as a run's folder has it
 * @param file the file's name, for messages
 * @throws FileError when it is not a whole and consistent policy file
 */
export async function loadPolicy(bytes: Uint8Array, file = 'policy'): Promise<LoadedPolicy> {
  const { metadata, tensors } = await decodeSealed(policyFormat, bytes, file);
  const numbers = (name: string) => numbersOf(tensors, name, file);
  const { options } = parseJson(configSchema, metadata.config ?? '', file, 'config');
  const mean = numbers('observations.mean');
  const theta = numbers('theta');
  const create = (actions: number): Policy => {
    const hidden = new Array<number>(options.hiddenLayers).fill(options.hiddenWidth);
    const distribution = distributions[options.policy].create(actions, options.initialLogSigma);
    return createPolicy(defaultBackend, mean.length, hidden, distribution);
  };
  const spec = metadata.spec
    ? parseJson(specSchema, metadata.spec, file, 'spec')
    : unnamed(mean.length, actionsOf(create, theta.length));
  const policy = create(width(spec.act));
  expectLength(file, 'observations.mean', width(spec.obs), mean.length);
  expectLength(file, 'theta', policy.size, theta.length);
  const [squares, count] = [numbers('observations.squares'), Number(tensors['observations.count']?.data[0] ?? 0)];
  expectLength(file, 'observations.squares', mean.length, squares.length);
  return {
    observation: spec.obs,
    action: spec.act,
    act: actor(policy, theta, { count, mean, squares }),
  };
}

function actor(policy: Policy, theta: Float64Array, normalizer: Normalizer): LoadedPolicy['act'] {
  const size = normalizer.mean.length;
  const obs = new Float32Array(size);
  const x = new Float64Array(size);
  return (observation) => {
    if (observation.length !== size) {
      throw new RangeError(`the observation has ${observation.length} numbers; the policy expects ${size}`);
    }
    obs.set(observation);
    const { y } = policy.outputs(theta, normalize(normalizer, obs, x), 1);
    return Float32Array.from(policy.distribution.mode(y, 1), (value) => Math.min(Math.max(value, -1), 1));
  };
}

/** Files from before there were specs in them tell the number of actions by that of the parameters. */
function actionsOf(create: (actions: number) => Policy, size: number): number {
  for (let actions = 1; ; actions++) if (create(actions).size >= size) return actions;
}

function unnamed(obs: number, act: number) {
  const one = (name: string, size: number): Field => ({ name, size, unit: '', description: '' });
  return { obs: [one('observation', obs)], act: [one('action', act)] };
}

function numbersOf(tensors: Readonly<Record<string, Tensor>>, name: string, file: string): Float64Array {
  const found: Tensor | undefined = tensors[name];
  if (found?.dtype === 'F64') return found.data as Float64Array;
  throw new FileError('inconsistent', file, {
    place: `tensor ${name}`,
    expected: 'F64',
    found: found?.dtype ?? 'none',
  });
}

function expectLength(file: string, name: string, expected: number, found: number): void {
  if (expected === found) return;
  throw new FileError('inconsistent', file, {
    place: `tensor ${name}`,
    expected: `${expected} numbers`,
    found: String(found),
  });
}
