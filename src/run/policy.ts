import { join } from 'node:path';
import type { Env } from '../../envs/env.ts';
import { UsageError } from '../../envs/options.ts';
import { configureEnv, tasks } from '../../envs/tasks/index.ts';
import type { Actor } from '../policy/actor.ts';
import { actorOf } from '../rollout/acting-policy.ts';
import { controllers } from '../rollout/controllers.ts';
import { decodePolicy, type SavedPolicy } from './checkpoint.ts';
import { Failure } from './failure.ts';
import { exists, isFolder, read } from './files.ts';
import { names } from './folder.ts';
import { type Provenance, provenanceOf } from './recording.ts';

/** The policy of a run's folder, or of a file. */
export async function loadPolicy(path: string): Promise<SavedPolicy> {
  if (!exists(path)) throw new Failure(`cannot open the run ${path}: there is no such folder`);
  const file = isFolder(path) ? join(path, names.policy) : path;
  if (!exists(file)) throw new Failure(`cannot open the run ${path}: it holds no ${names.policy}`);
  return decodePolicy(await read(file), file);
}

/** An actor in its environment, with what a recording says of it. */
export interface ActorInEnv {
  readonly env: Env;
  readonly actor: Actor;
  readonly provenance: Provenance;
}

/**
 * The trained policy of a run; or, with the name of a controller, that controller in the run's environment. A controller
 * needs no run: the name of an environment will do.
 * @throws UsageError for an unknown controller, or one that cannot drive the environment
 */
export async function openActor(runOrEnv: string, controller: string | undefined): Promise<ActorInEnv> {
  if (controller === undefined) {
    const { learner } = await loadPolicy(runOrEnv);
    return { env: learner.env, actor: actorOf(learner), provenance: provenanceOf(learner) };
  }
  if (!Object.hasOwn(controllers, controller)) {
    throw new UsageError(`unknown policy "${controller}"; there are: ${Object.keys(controllers).join(', ')}`);
  }
  const isEnv = Object.hasOwn(tasks, runOrEnv) && !exists(runOrEnv);
  const config = isEnv ? configureEnv(runOrEnv) : (await loadPolicy(runOrEnv)).learner.env.config;
  const policy = { name: controller, kind: 'controller', trainedSteps: 0 };
  return { ...controllers[controller](config), provenance: { policy, gamma: 1, lambda: 1 } };
}
