import type { Command } from 'commander';
import type { Arm } from '../../envs/model/types.ts';
import { UsageError } from '../../envs/options.ts';
import { configureEnv, tasks } from '../../envs/tasks/index.ts';
import type { Acceptance, NamedModules } from '../modules/open.ts';
import type { RobotReading } from '../robots/load.ts';
import { isRobotFile } from '../robots/robot-path.ts';
import { exists, fromHere } from '../run/files.ts';
import type { EnvByName } from '../run/policy.ts';
import { builtIn } from '../train/config.ts';
import type { FindRegistry, ModuleKind, Registry } from '../train/registry.ts';
import { warn } from './output.ts';
import { addRobotFlags, checkRobotFlags, openRobot, type RobotFlags } from './robot-flags.ts';

/** Where a command line names a task, an arm or an algorithm, the path of a module may stand as well. */

/** Options of commands that open what a run or a file was made with. */
export interface ModuleFlags extends RobotFlags {
  readonly task?: string;
  readonly arm?: string;
  readonly algorithm?: string;
}

export function addModuleFlags(command: Command): Command {
  command
    .option('--task <file>', 'module of the task, in place of the one that is kept with it')
    .option('--arm <file>', 'the same of the arm')
    .option('--algorithm <file>', 'the same of the algorithm');
  return addRobotFlags(command);
}

/** Names have neither dots nor slashes. */
export function isModulePath(text: string | undefined): text is string {
  return typeof text === 'string' && /[./\\]/.test(text);
}

/** Whether what may be a run or an environment is an environment. */
export function isEnvironment(text: string): boolean {
  return /\.[cm]?[jt]s$/.test(text) || (Object.hasOwn(tasks, text) && !exists(text));
}

/** Whether an arm is named by the path of a robot file. */
export function isRobotPath(text: string | undefined): text is string {
  return isModulePath(text) && isRobotFile(text);
}

/** The options that are paths of modules. */
export function namedModules({ task, arm, algorithm }: ModuleFlags): NamedModules {
  const path = (text: string | undefined) => (isModulePath(text) && !isRobotFile(text) ? text : undefined);
  return { task: path(task), arm: path(arm), algorithm: path(algorithm) };
}

const opened = new Map<string, Promise<Registry>>();

/** What ships, what those of the names that are paths of modules define, and the arm of a robot file. */
export async function openNames(
  task: string | undefined,
  flags: RobotFlags & { readonly arm?: string },
  algorithms: readonly string[] = [],
): Promise<Registry> {
  const { arm } = flags;
  if (isRobotPath(task)) {
    throw new UsageError(
      `${task} is a robot file, and no task: a task takes it by --arm, as in \`train reach --arm ${task}\``,
    );
  }
  const modules = await openModuleNames([task], isRobotPath(arm) ? [] : [arm], algorithms);
  return { ...modules, ...(await openRobots(flags, modules)) };
}

/** What a command line names of a kind, in several places. */
export interface NamedLists {
  readonly tasks: readonly string[];
  readonly arms: readonly string[];
  readonly algorithms: readonly string[];
}

/** The same of several tasks, arms and algorithms. */
export async function openLists({ tasks, arms, algorithms }: NamedLists, flags: RobotFlags): Promise<Registry> {
  const task = tasks.find(isRobotPath);
  if (task !== undefined) await openNames(task, flags);
  const robots = arms.filter(isRobotPath);
  const others = arms.filter((arm) => !isRobotPath(arm));
  let registry = await openModuleNames(tasks, others, algorithms);
  if (!robots.length) checkRobotFlags(flags, others[0]);
  for (const arm of flags.home ? arms : robots) {
    const named = isRobotPath(arm) ? { ...flags, arm } : { arm, home: flags.home };
    const { robots: own, meshes } = await openRobots(named, registry);
    registry = { ...registry, robots: { ...registry.robots, ...own }, meshes: { ...registry.meshes, ...meshes } };
  }
  return registry;
}

const robots = new Map<string, Promise<RobotReading>>();

/** What the robot file was read as that the line names; null where it names none. */
export async function robotNamed(flags: RobotFlags & { readonly arm?: string }): Promise<RobotReading | null> {
  const { arm } = flags;
  if (!isRobotPath(arm)) {
    checkRobotFlags(flags, arm);
    return null;
  }
  // Once: a file that changes meanwhile changes nothing.
  const known = robots.get(arm) ?? openRobot(arm, flags);
  robots.set(arm, known);
  return known;
}

/**
 * The arm out of the robot file that the line names, or another one with a home of its own.
 * @param registry what the names of arms stand for
 */
async function openRobots(
  flags: RobotFlags & { readonly arm?: string },
  registry: Registry,
): Promise<Pick<Registry, 'robots' | 'meshes'>> {
  const { arm, home } = flags;
  const reading = await robotNamed(flags);
  if (arm === undefined) return { robots: {} };
  if (reading) return { robots: { [arm]: reading.arm }, meshes: reading.meshes };
  const name = nameIn('arms', arm, registry);
  // What is no arm is said where it is looked up.
  if (!home || !Object.hasOwn(registry.arms, name)) return { robots: {} };
  const { withHome } = await import('../robots/own-home.ts');
  return { robots: { [arm]: withHome(registry.arms[name], home) } };
}

async function openModuleNames(
  tasks: readonly (string | undefined)[],
  arms: readonly (string | undefined)[],
  algorithms: readonly string[],
): Promise<Registry> {
  const of = (kind: ModuleKind, texts: readonly (string | undefined)[]) =>
    texts.map((text): [ModuleKind, string | undefined] => [kind, text]);
  const named = [...of('task', tasks), ...of('arm', arms), ...of('algorithm', algorithms)];
  const paths = named.filter((each): each is [ModuleKind, string] => isModulePath(each[1]));
  if (!paths.length) return builtIn;
  const key = JSON.stringify(paths);
  const known = opened.get(key) ?? import('../modules/open.ts').then(({ openModules }) => openModules(paths));
  opened.set(key, known);
  return known;
}

/** The name that a module defines; of what is no path, itself. */
export function nameIn(list: keyof Registry['modules'], text: string, { modules, sources }: Registry): string {
  if (!isModulePath(text)) return text;
  const source = sources.find((each) => each.path === fromHere(text));
  const found = Object.entries(modules[list]).find(([, identity]) => identity === source?.identity);
  // A module that takes the place of a run's goes by the path that the run has for it.
  return found?.[0] ?? Object.keys(modules[list])[0] ?? text;
}

/** The name of the arm that a module defines; of a robot file, the arm itself; of what is no path, itself. */
export function armIn(text: string | undefined, registry: Registry): string | Arm | undefined {
  if (text === undefined) return undefined;
  return Object.hasOwn(registry.robots, text) ? registry.robots[text] : nameIn('arms', text, registry);
}

/**
 * How the modules are found that a run or a file was made with.
 * @param accept in place of one that has changed, one that is named on the command line, or any; a warning says so
 * @param remedy what to do about one that is not taken
 */
export function finderFor(owner: string, flags: ModuleFlags, accept: Acceptance, remedy?: string): FindRegistry {
  let known: Promise<Registry> | undefined;
  return (saved) => {
    known ??= import('../modules/open.ts').then(async ({ findModules }) => {
      const registry = await findModules({ owner, saved, named: namedModules(flags), accept, remedy, warn });
      return { ...registry, ...(await openRobots(flags, registry)) };
    });
    return known;
  };
}

/** The same with the meshes that a run keeps, for what records. */
export function finderWithMeshes(run: string, find: FindRegistry): FindRegistry {
  let known: Promise<Registry> | undefined;
  return (saved) => {
    known ??= import('../run/meshes.ts').then(async ({ meshesBeside }) => {
      const registry = await find(saved);
      const { meshes = {} } = registry;
      return { ...registry, meshes: { ...(await meshesBeside(run, saved, meshes, warn)), ...meshes } };
    });
    return known;
  };
}

/** The environment that the line names in the place of a run; null where it names a run. */
export async function environmentNamed(runOrEnv: string, flags: ModuleFlags): Promise<EnvByName | null> {
  if (!isEnvironment(runOrEnv)) {
    if (flags.home) checkRobotFlags({ home: flags.home }, flags.arm);
    if (!isRobotPath(flags.arm) && !flags.home) return null;
    const what = isRobotPath(flags.arm) ? `a robot file, as --arm ${flags.arm}` : `another home, by --home`;
    throw new UsageError(`${runOrEnv} has its arm in it: ${what}, is for an environment by name`);
  }
  const registry = await openNames(runOrEnv, flags);
  const given = { arm: armIn(flags.arm, registry) };
  return { config: configureEnv(nameIn('tasks', runOrEnv, registry), given, registry), registry };
}

const flagsOf: Readonly<Record<string, ModuleKind>> = {
  '--task': 'task',
  '--env': 'task',
  '--arm': 'arm',
  '--algorithm': 'algorithm',
  '--algorithms': 'algorithm',
};

/** The modules on a command line, before it is parsed: the options that it can have follow from them. */
export function openNamesOn(args: readonly string[]): Promise<Registry> {
  const found: Record<ModuleKind, string[]> = { task: [], arm: [], algorithm: [] };
  args.forEach((arg, i) => {
    const [flag, value = args[i + 1] ?? ''] = arg.split('=', 2);
    if (Object.hasOwn(flagsOf, flag)) found[flagsOf[flag]].push(...value.split(',').filter(isModulePath));
    else if (i === 1 && isEnvironment(arg)) found.task.push(arg);
  });
  const exist = (paths: readonly string[]) => paths.filter((path) => exists(path) && !isRobotFile(path));
  return openModuleNames(exist(found.task).slice(0, 1), exist(found.arm).slice(0, 1), exist(found.algorithm));
}
