import type { Meshes } from '../../envs/model/types.ts';
import { decodeSealed } from '../../envs/recording/sealed.ts';
import { policyFormat } from '../policy/file.ts';
import type { Learner } from '../train/learner.ts';
import { decodePolicy } from './checkpoint.ts';
import { Failure } from './failure.ts';
import { read } from './files.ts';
import { meshesBeside } from './meshes.ts';
import { ownModulesIn } from './own-modules.ts';
import { policyFileOf } from './policy-file.ts';
import { isPretrained, pretrainedFile } from './pretrained.ts';

/** A policy with all that it takes to see it act. */
export interface PolicyToAct {
  readonly learner: Learner;
  readonly meshes: Meshes;
}

/**
 * The policy of a run's folder, of a file, or that ships by a name, for a page, which runs no code but its own.
 * @param warn told where the robot has meshes, and they are not there or damaged
 * @throws Failure where there is none, or where a part of it is defined in a module of its author's
 */
export async function policyToAct(path: string, warn: (message: string) => void): Promise<PolicyToAct> {
  const file = isPretrained(path) ? pretrainedFile(path) : policyFileOf(path);
  const bytes = await read(file);
  const { metadata } = await decodeSealed(policyFormat, bytes, file);
  const own = ownModulesIn(metadata.config ?? '', file);
  if (own.length) {
    throw new Failure(
      `${path} cannot act in a page: its ${own.join(' and ')} ${own.length > 1 ? 'are' : 'is'} defined in a module of its author's, and a page runs no code but its own; \`share\` without --live writes its rollouts`,
    );
  }
  const { learner } = await decodePolicy(bytes, file);
  return { learner, meshes: await meshesBeside(file, learner.training.config, {}, warn) };
}
