import type { Command } from 'commander';
import { configureEnv, tasks } from '../../envs/tasks/index.ts';
import type { Acceptance, NamedModules } from '../modules/open.ts';
import { exists, fromHere } from '../run/files.ts';
import type { EnvByName } from '../run/policy.ts';
import { builtIn } from '../train/config.ts';
import type { FindRegistry, ModuleKind, Registry } from '../train/registry.ts';
import { warn } from './output.ts';

/** Where a command line names a task, an arm or an algorithm, the path of a module may stand as well. */

/** Options of commands that open what a run or a file was made with. */
export interface ModuleFlags {
  readonly task?: string;
  readonly arm?: string;
  readonly algorithm?: string;
}

export function addModuleFlags(command: Command): Command {
  return command
    .option('--task <file>', 'module of the task, in place of the one that is kept with it')
    .option('--arm <file>', 'the same of the arm')
    .option('--algorithm <file>', 'the same of the algorithm');
}

/** Names have neither dots nor slashes. */
export function isModulePath(text: string | undefined): text is string {
  return typeof text === 'string' && /[./\\]/.test(text);
}

/** Whether what may be a run or an environment is an environment. */
export function isEnvironment(text: string): boolean {
  return /\.[cm]?[jt]s$/.test(text) || (Object.hasOwn(tasks, text) && !exists(text));
}

/** The options that are paths. */
export function namedModules({ task, arm, algorithm }: ModuleFlags): NamedModules {
  const path = (text: string | undefined) => (isModulePath(text) ? text : undefined);
  return { task: path(task), arm: path(arm), algorithm: path(algorithm) };
}

const opened = new Map<string, Promise<Registry>>();

/** What ships, and what those of the names that are paths of modules define. */
export async function openNames(
  task: string | undefined,
  arm: string | undefined,
  algorithms: readonly string[] = [],
): Promise<Registry> {
  const named: [ModuleKind, string | undefined][] = [
    ['task', task],
    ['arm', arm],
    ...algorithms.map((algorithm): [ModuleKind, string] => ['algorithm', algorithm]),
  ];
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

/**
 * How the modules are found that a run or a file was made with.
 * @param accept in place of one that has changed, one that is named on the command line, or any; a warning says so
 * @param remedy what to do about one that is not taken
 */
export function finderFor(owner: string, flags: ModuleFlags, accept: Acceptance, remedy?: string): FindRegistry {
  let known: Promise<Registry> | undefined;
  return (saved) => {
    known ??= import('../modules/open.ts').then(({ findModules }) =>
      findModules({ owner, saved, named: namedModules(flags), accept, remedy, warn }),
    );
    return known;
  };
}

/** The environment that the line names in the place of a run; null where it names a run. */
export async function environmentNamed(runOrEnv: string, { arm }: ModuleFlags): Promise<EnvByName | null> {
  if (!isEnvironment(runOrEnv)) return null;
  const registry = await openNames(runOrEnv, arm);
  const given = { arm: arm && nameIn('arms', arm, registry) };
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
  const exist = (paths: readonly string[]) => paths.filter(exists);
  return openNames(exist(found.task)[0], exist(found.arm)[0], exist(found.algorithm));
}
