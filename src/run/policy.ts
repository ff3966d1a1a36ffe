import { join } from 'node:path';
import type { Env, EnvConfig } from '../../envs/env.ts';
import { UsageError } from '../../envs/options.ts';
import type { Engine } from '../../envs/sim/engine.ts';
import type { EnvRegistry } from '../../envs/tasks/index.ts';
import type { Actor } from '../policy/actor.ts';
import { actorOf } from '../rollout/acting-policy.ts';
import { controllers } from '../rollout/controllers.ts';
import type { FindRegistry } from '../train/registry.ts';
import { decodePolicy, type SavedPolicy } from './checkpoint.ts';
import { Failure } from './failure.ts';
import { exists, isFolder, read } from './files.ts';
import { names } from './folder.ts';
import { type Provenance, provenanceOf } from './recording.ts';

/**
 * The policy of a run's folder, or of a file.
 * @param find what the names in it stand for; what ships if not given
 */
export async function loadPolicy(path: string, find?: FindRegistry): Promise<SavedPolicy> {
  if (!exists(path)) throw new Failure(`cannot open the run ${path}: there is no such folder`);
  const file = isFolder(path) ? join(path, names.policy) : path;
  if (!exists(file)) throw new Failure(`cannot open the run ${path}: it holds no ${names.policy}`);
  return decodePolicy(await read(file), file, { find });
}

/** An actor in its environment, with what a recording says of it. */
export interface ActorInEnv {
  readonly env: Env;
  readonly actor: Actor;
  readonly provenance: Provenance;
}

/** An environment by name, and what its names stand for. */
export interface EnvByName {
  readonly config: EnvConfig;
  readonly registry: EnvRegistry;
}

/**
 * The trained policy of a run; or, with the name of a controller, that controller in the run's environment, or in another.
 * @param find what the names in the run's files stand for
 * @param env of a controller, which needs no run; null for that of the run
 * @param engine that the environment is to be simulated in; Rapier if not given
 * @throws UsageError for an unknown controller, or one that cannot drive the environment
 */
export async function openActor(
  run: string,
  controller: string | undefined,
  find: FindRegistry,
  env: EnvByName | null,
  engine?: Engine,
): Promise<ActorInEnv> {
  if (controller === undefined) {
    const { learner } = await loadPolicy(run, async (saved) => ({ ...(await find(saved)), engine }));
    return { env: learner.env, actor: actorOf(learner), provenance: provenanceOf(learner) };
  }
  if (!Object.hasOwn(controllers, controller)) {
    throw new UsageError(`unknown policy "${controller}"; there are: ${Object.keys(controllers).join(', ')}`);
  }
  const { config, registry } = env ?? (await envOfRun(run, find));
  const policy = { name: controller, kind: 'controller', trainedSteps: 0 };
  return { ...controllers[controller](config, { ...registry, engine }), provenance: { policy, gamma: 1, lambda: 1 } };
}

async function envOfRun(run: string, find: FindRegistry): Promise<EnvByName> {
  const { config } = (await loadPolicy(run, find)).learner.env;
  return { config, registry: await find({ env: config }) };
}
