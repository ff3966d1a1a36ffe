/**
 * A trained policy that acts without a simulator:
 *
 *     import { loadPolicy } from '@armature-rl/armature/policy';
 *
 *     const policy = await loadPolicy(await readFile('policy.safetensors'));
 *     const action = policy.act(observation);
 */

import * as v from 'valibot';
import { parseJson } from '../../envs/recording/json.ts';
import { decodeSealed } from '../../envs/recording/sealed.ts';
import { field, index, real } from '../../envs/schema.ts';
import { type Field, width } from '../../envs/spec.ts';
import { distributions } from './distributions/index.ts';
import { checkNumbers, checkSpread, dataOf, policyFormat } from './file.ts';
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
  const numbers = (name: string, length?: number) => dataOf(tensors, name, 'F64', file, length);
  const { options } = parseJson(configSchema, metadata.config ?? '', file, 'config');
  const [mean, theta] = [numbers('observations.mean'), numbers('theta')];
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
  numbers('observations.mean', width(spec.obs));
  const squares = numbers('observations.squares', mean.length);
  numbers('theta', sizeFor(width(spec.act)));
  const policy = createPolicy(defaultBackend, mean.length, hidden, distributionOf(width(spec.act)));
  checkSpread(policy.distribution, theta, file);
  const [count] = dataOf(tensors, 'observations.count', 'I64', file, 1);
  return {
    observation: spec.obs,
    action: spec.act,
    act: actor(policy, theta, { count: Number(count), mean, squares }),
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
