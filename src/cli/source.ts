import { UsageError } from '../../envs/options.ts';
import { configureEnv } from '../../envs/sim/env.ts';
import { tasks } from '../../envs/tasks/index.ts';
import type { Env } from '../../envs/types.ts';
import type { Actor } from '../policy/actor.ts';
import { controllers } from '../rollout/controllers.ts';
import { exists } from '../run/files.ts';
import { loadPolicy, type Provenance, provenanceOf } from '../run/folder.ts';
import { actorOf } from '../train/learner.ts';

/** Who is to act, and where. */
export interface Source {
  readonly env: Env;
  readonly actor: Actor;
  readonly credit: Provenance;
}

/**
 * The trained policy of a run; or, with the name of a controller, that controller in the run's environment. A controller
 * needs no run: the name of an environment will do.
 */
export async function openSource(runOrEnv: string, controller: string | undefined): Promise<Source> {
  if (controller === undefined) {
    const { learner } = await loadPolicy(runOrEnv);
    return { env: learner.env, actor: actorOf(learner), credit: provenanceOf(learner) };
  }
  if (!Object.hasOwn(controllers, controller)) {
    throw new UsageError(`unknown policy "${controller}"; there are: ${Object.keys(controllers).join(', ')}`);
  }
  const isEnv = Object.hasOwn(tasks, runOrEnv) && !exists(runOrEnv);
  const config = isEnv ? configureEnv(runOrEnv) : (await loadPolicy(runOrEnv)).learner.config.env;
  const policy = { name: controller, kind: 'controller', trainedSteps: 0 };
  return { ...controllers[controller](config), credit: { policy, gamma: 1, lambda: 1 } };
}
