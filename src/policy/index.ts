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
import type { DataOf, Tensor } from '../../envs/recording/safetensors.ts';
import { decodeSealed } from '../../envs/recording/sealed.ts';
import { field, index, real } from '../../envs/schema.ts';
import { type Field, width } from '../../envs/spec.ts';
import { distributions } from './distributions/index.ts';
import { checkNumbers, checkSpread, policyFormat } from './file.ts';
import { sizeOf } from './network/types.ts';
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
  checkNumbers(tensors, file);
  const numbers = (name: string) => numbersOf(tensors, name, 'F64', file);
  const { options } = parseJson(configSchema, metadata.config ?? '', file, 'config');
  const [mean, squares, theta] = [numbers('observations.mean'), numbers('observations.squares'), numbers('theta')];
  const hidden = new Array<number>(options.hiddenLayers).fill(options.hiddenWidth);
  const distributionOf = (actions: number) => distributions[options.policy].create(actions, options.initialLogSigma);
  /** Parameters that go with so many actions: a network is made only once they are known to be those of the file. */
  const sizeFor = (actions: number) => {
    const { outputs, shared } = distributionOf(actions);
    return sizeOf([mean.length, ...hidden, outputs]) + shared;
  };
  const spec = metadata.spec
    ? parseJson(specSchema, metadata.spec, file, 'spec')
    : unnamed(mean.length, actionsOf(sizeFor, theta.length));
  expectLength(file, 'observations.mean', width(spec.obs), mean.length);
  expectLength(file, 'observations.squares', mean.length, squares.length);
  expectLength(file, 'theta', sizeFor(width(spec.act)), theta.length);
  const policy = createPolicy(defaultBackend, mean.length, hidden, distributionOf(width(spec.act)));
  checkSpread(policy.distribution, theta, file);
  const counts = numbersOf(tensors, 'observations.count', 'I64', file);
  expectLength(file, 'observations.count', 1, counts.length);
  return {
    observation: spec.obs,
    action: spec.act,
    act: actor(policy, theta, { count: Number(counts[0]), mean, squares }),
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

/** More than any arm has. */
const mostActions = 1000;

/** Files from before there were specs in them tell the number of actions by that of the parameters. */
function actionsOf(sizeFor: (actions: number) => number, size: number): number {
  let actions = 1;
  while (actions < mostActions && sizeFor(actions) < size) actions++;
  return actions;
}

function unnamed(obs: number, act: number) {
  const one = (name: string, size: number): Field => ({ name, size, unit: '', description: '' });
  return { obs: [one('observation', obs)], act: [one('action', act)] };
}

function numbersOf<D extends 'F64' | 'I64'>(
  tensors: Readonly<Record<string, Tensor>>,
  name: string,
  dtype: D,
  file: string,
): DataOf<D> {
  const found: Tensor | undefined = tensors[name];
  if (found?.dtype === dtype) return found.data as DataOf<D>;
  throw new FileError('inconsistent', file, {
    place: `tensor ${name}`,
    expected: dtype,
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
