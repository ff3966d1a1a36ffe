import { trained } from '../../envs/dynamics/ranges.ts';
import type { Env, EnvConfig } from '../../envs/env.ts';
import { UsageError } from '../../envs/options.ts';
import type { Engine } from '../../envs/sim/engine.ts';
import { configureEnv, type EnvRegistry, envOf, givenIn } from '../../envs/tasks/index.ts';
import type { Actor } from '../policy/actor.ts';
import { actorOf } from '../rollout/acting-policy.ts';
import { controllers } from '../rollout/controllers.ts';
import type { FindRegistry } from '../train/registry.ts';
import { decodePolicy, type SavedPolicy } from './checkpoint.ts';
import { read } from './files.ts';
import { policyFileOf } from './policy-file.ts';
import { type Provenance, provenanceOf } from './recording.ts';

/**
 * The policy of a run's folder, or of a file.
 * @param find what the names in it stand for; what ships if not given
 */
export async function loadPolicy(path: string, find?: FindRegistry): Promise<SavedPolicy> {
  const file = policyFileOf(path);
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

/** Who is to act, and in what kind of world. */
export interface Choice {
  /** The name of a controller in place of the policy. */
  readonly controller?: string;
  /** What the dynamics are drawn from, as a command line has that, or `trained`; nothing is drawn if not given. */
  readonly dynamics?: string;
  /** What simulates in place of Rapier. */
  readonly engine?: Engine;
}

/**
 * The trained policy of a run; or, with the name of a controller, that controller in the run's environment, or in another.
 * @param findNames what the names in the run's files stand for
 * @param env of a controller, which needs no run; null for that of the run
 * @throws UsageError for an unknown controller, one that cannot drive the environment, or dynamics that this does not have
 */
export async function openActor(
  run: string,
  { controller, dynamics, engine }: Choice,
  findNames: FindRegistry,
  env: EnvByName | null,
): Promise<ActorInEnv> {
  const find: FindRegistry = async (saved) => ({ ...(await findNames(saved)), engine });
  if (controller === undefined) {
    const { learner } = await loadPolicy(run, find);
    const made = await inDynamics(learner.env, dynamics, find);
    return { env: made, actor: actorOf(learner), provenance: provenanceOf(learner) };
  }
  if (!Object.hasOwn(controllers, controller)) {
    throw new UsageError(`unknown policy "${controller}"; there are: ${Object.keys(controllers).join(', ')}`);
  }
  const { config: own, registry } = env ?? (await envOfRun(run, find));
  const config = redrawn(own, dynamics, registry);
  const policy = { name: controller, kind: 'controller', trainedSteps: 0 };
  return { ...controllers[controller](config, { ...registry, engine }), provenance: { policy, gamma: 1, lambda: 1 } };
}

/** An environment with other dynamics; itself where they are its own. */
async function inDynamics(env: Env, dynamics: string | undefined, find: FindRegistry): Promise<Env> {
  if (dynamics === undefined && !env.config.dynamics) return env;
  const registry = await find({ env: env.config });
  return envOf(redrawn(env.config, dynamics, registry), registry);
}

function redrawn(config: EnvConfig, dynamics: string | undefined, registry: EnvRegistry): EnvConfig {
  if (dynamics === trained) {
    if (config.dynamics) return config;
    throw new UsageError(`--randomize ${trained} is for a run that was trained with --randomize, which this was not`);
  }
  const { dynamics: ranges } = configureEnv(config.env, { ...givenIn(config), dynamics }, registry);
  const { dynamics: _, ...rest } = config;
  return ranges ? { ...rest, dynamics: ranges } : rest;
}

async function envOfRun(run: string, find: FindRegistry): Promise<EnvByName> {
  const { config } = (await loadPolicy(run, find)).learner.env;
  return { config, registry: await find({ env: config }) };
}
