import { arms } from '../arms/index.ts';
import type { Env, EnvConfig } from '../env.ts';
import { resolveOptions, UsageError } from '../options.ts';
import { createEnv } from '../sim/env.ts';
import type { TaskDefinition } from '../task.ts';
import { pandaReach, pandaReachJoints } from './reach.ts';
import { reacher } from './reacher.ts';

/** Every task. A new one is a file and a line here. */
export const tasks: Readonly<Record<string, TaskDefinition>> = Object.fromEntries(
  [pandaReach, pandaReachJoints, reacher].map((task) => [task.name, task]),
);

/**
 * The configuration of an environment by name, with its arm and options checked and filled in.
 * @throws UsageError for an unknown task, an arm it does not run on, or a bad option
 */
export function configureEnv(
  name: string,
  given: { readonly arm?: string; readonly options?: Readonly<Record<string, unknown>> } = {},
): EnvConfig {
  const task = Object.hasOwn(tasks, name) ? tasks[name] : undefined;
  if (!task) throw new UsageError(`unknown environment "${name}"; there are: ${Object.keys(tasks).join(', ')}`);
  const arm = given.arm ?? task.arms[0];
  if (!task.arms.includes(arm)) {
    const known = Object.hasOwn(arms, arm) ? `${name} does not run on arm "${arm}"` : `unknown arm "${arm}"`;
    throw new UsageError(`${known}; ${name} runs on: ${task.arms.join(', ')}`);
  }
  return { env: name, arm, options: resolveOptions(task.options, given.options ?? {}, name) };
}

/** The environment that a checked configuration names. Await `loadPhysics` before opening a batch of it. */
export function envOf(config: EnvConfig): Env {
  const { env, arm, options } = config;
  return createEnv(tasks[env].create(arms[arm], options), config);
}
