/**
 * A trained policy that acts without a simulator:
 *
 *     import { loadPolicy } from '@armature-rl/armature/policy';
 *
 *     const policy = await loadPolicy(await readFile('policy.safetensors'));
 *     const action = policy.act(observation);
 */

import type { Field } from '../../envs/spec.ts';
import { normalize } from './normalizer.ts';
import { type OpenedPolicy, openPolicy } from './open.ts';

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

/**
 * @param bytes of a policy.safetensors, as a run's folder has it
 * @param file the file's name, for messages
 * @throws FileError when it is not a whole and consistent policy file
 */
export async function loadPolicy(bytes: Uint8Array, file = 'policy'): Promise<LoadedPolicy> {
  const opened = await openPolicy(bytes, file);
  return { observation: opened.observation, action: opened.action, act: actor(opened) };
}

function actor({ policy, theta, normalizer }: OpenedPolicy): LoadedPolicy['act'] {
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
