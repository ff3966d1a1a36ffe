/** Opens policies, and says in words why one cannot be played with. */
import * as v from 'valibot';
import { FileError } from '../../../envs/recording/errors.ts';
import { parseJson } from '../../../envs/recording/json.ts';
import { decodeSealed } from '../../../envs/recording/sealed.ts';
import { tasks } from '../../../envs/tasks/index.ts';
import { policyFormat } from '../../../src/policy/file.ts';
import type { NetBackend } from '../../../src/policy/network/types.ts';
import { decodePolicy } from '../../../src/run/checkpoint.ts';
import { ownModulesIn } from '../../../src/run/own-modules.ts';
import type { Learner } from '../../../src/train/learner.ts';

/**
 * @param backend to go on training with; to act, it needs none
 * @throws Error in words for a reader of the page
 */
export async function openPolicy(bytes: Uint8Array, name: string, backend?: NetBackend): Promise<Learner> {
  try {
    const { metadata } = await decodeSealed(policyFormat, bytes, name);
    refuseStrangers(metadata.config ?? '', name);
    return (await decodePolicy(bytes, name, { backend })).learner;
  } catch (error) {
    if (error instanceof FileError && error.kind === 'too-new') {
      const { expected, found } = error.complaint;
      throw new Error(`A later version of Armature wrote it (${found}; this page reads ${expected}).`, {
        cause: error,
      });
    }
    throw error;
  }
}

/** Of a policy's configuration what has to ship. */
const taskSchema = v.looseObject({ env: v.looseObject({ env: v.string() }) });

export function refuseStrangers(config: string, file: string): void {
  const strange = ownModulesIn(config, file);
  if (strange.length) {
    throw new Error(
      `Its ${strange.join(' and ')} ${strange.length > 1 ? 'are' : 'is'} defined in a module of its author’s, and this page runs no code but its own.`,
    );
  }
  const { env } = parseJson(taskSchema, config, file, 'config');
  if (!Object.hasOwn(tasks, env.env)) {
    throw new Error(`Its task “${env.env}” is not among those of this version: ${Object.keys(tasks).join(', ')}.`);
  }
}
