import { arms } from '../arms/index.ts';
import { applicableDynamics } from '../dynamics/applicable.ts';
import type { DynamicsName } from '../dynamics/fields.ts';
import { checkRanges, type DynamicsRanges, parseRanges } from '../dynamics/ranges.ts';
import type { Env, EnvConfig, ModuleIdentity } from '../env.ts';
import { DefinitionError } from '../model/definition-error.ts';
import { meshesIn } from '../model/meshes.ts';
import type { Arm, Meshes } from '../model/types.ts';
import { resolveOptions, UsageError } from '../options.ts';
import type { Engine } from '../sim/engine.ts';
import { createEnv } from '../sim/env.ts';
import { defaultsOf, makeTask, type Task, type TaskDefinition } from '../task.ts';
import { reacherEasy, reacherHard } from './dm-control-reacher.ts';
import { pandaPickAndPlace } from './panda-pick-and-place.ts';
import { pandaPush } from './panda-push.ts';
import { pandaReach, pandaReachJoints } from './panda-reach.ts';
import { pandaReachObstacles } from './panda-reach-obstacles.ts';
import { pandaSlide } from './panda-slide.ts';
import { reach } from './reach.ts';
import { reachPose } from './reach-pose.ts';
import { reacher } from './reacher.ts';
import { robotData } from './robot.ts';
import { track } from './track.ts';

/** Every task. A new one is a file and a line here. */
export const tasks: Readonly<Record<string, TaskDefinition>> = Object.fromEntries(
  [
    ...[pandaReach, pandaReachJoints, reacher, reacherEasy, reacherHard, reach, reachPose, track],
    ...[pandaPush, pandaPickAndPlace, pandaSlide, pandaReachObstacles],
  ].map((task) => [task.name, task]),
);

/** What the names of tasks and arms stand for. */
export interface EnvRegistry {
  readonly tasks: Readonly<Record<string, TaskDefinition>>;
  readonly arms: Readonly<Record<string, Arm>>;
  /** The modules that some of them are defined in, by name. */
  readonly modules: {
    readonly tasks: Readonly<Record<string, ModuleIdentity>>;
    readonly arms: Readonly<Record<string, ModuleIdentity>>;
  };
  /** What the names of meshes in arms stand for, as far as it is at hand. */
  readonly meshes?: Meshes;
  /** What simulates in place of Rapier. */
  readonly engine?: Engine;
}

const builtIn: EnvRegistry = { tasks, arms, modules: { tasks: {}, arms: {} } };

/** Names of the arms that a task runs on, the default first. */
export function armsOf(task: TaskDefinition, { arms }: Pick<EnvRegistry, 'arms'> = builtIn): readonly string[] {
  return task.arms ?? Object.keys(arms);
}

/** What an environment is given beside its name. */
export interface EnvGiven {
  readonly arm?: string | Arm;
  readonly options?: Readonly<Record<string, unknown>>;
  /** What the dynamics of its episodes are drawn from, or how a command line has that: `transfer`, `mass=0.8:1.2`. */
  readonly dynamics?: DynamicsRanges | string;
}

/** What a configuration was given beside its name: enough to make it again. */
export function givenIn({ arm, robot, options, dynamics }: EnvConfig): EnvGiven {
  return { arm: robot ?? arm, options, dynamics };
}

/**
 * The configuration of an environment by name, with its arm and options checked and filled in.
 * @param given an arm that is no name travels in the configuration
 * @throws UsageError for an unknown task, an arm it does not run on, a bad option, or dynamics that it does not have
 * @throws DefinitionError for an arm that is not whole
 */
export function configureEnv(name: string, given: EnvGiven = {}, registry: EnvRegistry = builtIn): EnvConfig {
  const { tasks, arms, modules } = registry;
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (!task) throw new UsageError(`unknown environment "${name}"; there are: ${Object.keys(tasks).join(', ')}`);
  const names = armsOf(task, registry);
  const robot = typeof given.arm === 'object' ? robotData(given.arm, arms) : undefined;
  const arm = typeof given.arm === 'object' ? given.arm.name : (given.arm ?? names[0]);
  const isKnown = robot !== undefined || Object.hasOwn(arms, arm);
  if (!isKnown || (task.arms && !task.arms.includes(arm))) {
    const known = isKnown ? `${name} does not run on arm "${arm}"` : `unknown arm "${arm}"`;
    throw new UsageError(`${known}; ${name} runs on: ${names.join(', ')}`);
  }
  const [ofTask, ofArm] = [modules.tasks[name], modules.arms[arm]];
  const options = resolveOptions(task.options, given.options ?? {}, name);
  const dynamics = rangesFor(given.dynamics ?? {}, () => makeTask(task, robot ?? arms[arm], options));
  return {
    env: name,
    arm,
    options,
    ...(Object.keys(dynamics).length && { dynamics }),
    ...(robot && { robot }),
    ...((ofTask || ofArm) && { modules: { ...(ofTask && { task: ofTask }), ...(ofArm && { arm: ofArm }) } }),
  };
}

/** What of the dynamics an environment has to vary. */
export function dynamicsOf(
  { env, arm, options, robot }: EnvConfig,
  { tasks, arms }: EnvRegistry = builtIn,
): DynamicsName[] {
  return applicableDynamics(makeTask(tasks[env], robot ?? arms[arm], options));
}

function rangesFor(given: DynamicsRanges | string, make: () => Task): DynamicsRanges {
  if (typeof given !== 'string') return checkRanges(given);
  const task = make();
  return parseRanges(given, applicableDynamics(task), task.name);
}

/** The environment that a checked configuration names. Await `loadPhysics` before opening a batch of it. */
export function envOf(config: EnvConfig, { tasks, arms, modules, meshes, engine }: EnvRegistry = builtIn): Env {
  const { env, arm, options, robot, dynamics } = config;
  try {
    const made = createEnv(makeTask(tasks[env], robot ?? arms[arm], options), config, { engine });
    const defaults = defaultsOf(tasks[env], options, dynamics !== undefined);
    return withMeshes(defaults ? { ...made, defaults } : made, meshes);
  } catch (error) {
    const module = modules.tasks[env];
    throw error instanceof DefinitionError && module
      ? new DefinitionError(`${module.path}: ${error.message}`, { cause: error })
      : error;
  }
}

/** What an environment is made of beside its task. */
export interface EnvParts extends EnvGiven {
  /** Those of the arm, as `loadRobot` gives them: recordings draw it with them, and by its other shapes without. */
  readonly meshes?: Meshes;
  /** What simulates in place of Rapier, as `loadMujoco` gives it. */
  readonly engine?: Engine;
}

function withMeshes(env: Env, meshes: Meshes = {}): Env {
  const named = meshesIn(env.scene).filter((name) => Object.hasOwn(meshes, name));
  return named.length ? { ...env, meshes: Object.fromEntries(named.map((name) => [name, meshes[name]])) } : env;
}

/**
 * An environment from a task, by the name of one that ships or as a definition, with the rest checked and filled in. Await
 * `loadPhysics` before opening a batch of it.
 * @throws UsageError for an unknown name, an arm that the task does not run on, a bad option, or dynamics that it does not have
 */
export function makeEnv(task: string | TaskDefinition, { meshes, engine, ...given }: EnvParts = {}): Env {
  const named = typeof task === 'string' ? {} : { [task.name]: task };
  const registry = { ...builtIn, tasks: { ...tasks, ...named }, meshes, engine };
  return envOf(configureEnv(typeof task === 'string' ? task : task.name, given, registry), registry);
}
