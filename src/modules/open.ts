import { realpathSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import type { ModuleIdentity } from '../../envs/env.ts';
import { UsageError } from '../../envs/options.ts';
import { Failure } from '../run/failure.ts';
import { exists, isFolder, isWithin } from '../run/files.ts';
import { builtIn } from '../train/config.ts';
import { lists, registryOf } from '../train/modules.ts';
import type { ModuleKind, ModuleSource, Registry, SavedNames } from '../train/registry.ts';
import { type Bundle, bundle } from './bundle.ts';
import { tryModule } from './try-module.ts';

/** Paths of modules that a command line names. */
export type NamedModules = { readonly [Kind in ModuleKind]?: string };

const kinds: readonly ModuleKind[] = ['task', 'arm', 'algorithm'];

/**
 * What ships, and what the modules define.
 * @param paths of modules by kind; there may be several algorithms
 * @throws Failure or DefinitionError that names the module, for one that cannot be loaded or defines something else
 */
export async function openModules(paths: readonly (readonly [ModuleKind, string])[]): Promise<Registry> {
  const sources: ModuleSource[] = [];
  for (const [kind, path] of paths) sources.push(await open(kind, await bundle(path)));
  return registryOf(sources);
}

async function open(kind: ModuleKind, { url, path, identity }: Bundle): Promise<ModuleSource> {
  await tryModule(url, path);
  return { kind, url, path, identity };
}

/** Which modules are taken that have changed since: none, those that the command line names, or any. */
export type Acceptance = 'same' | 'named' | 'any';

/** What a run's folder or a policy file was made with, and what of it the command line says. */
export interface Search {
  /** The run, or the file. */
  readonly owner: string;
  readonly saved: SavedNames;
  /** They take the place of those that the owner names. */
  readonly named: NamedModules;
  readonly accept: Acceptance;
  /** What to do about one that has changed and is not taken. */
  readonly remedy?: string;
  /** Told of a changed module that is taken. */
  readonly warn: (message: string) => void;
}

/**
 * Finds the modules of what was saved: those that the command line names, and for the others the files that it was made with, if
 * they lie below the working directory and outside of the run.
 * @throws Failure for a module that is not there, may not be opened unasked, or has changed and is not accepted
 * @throws UsageError for one that is named and defines something else
 */
export async function findModules(search: Search): Promise<Registry> {
  const { saved, named } = search;
  const sources: ModuleSource[] = [];
  for (const kind of kinds) {
    const identity = identityOf(saved, kind);
    const path = named[kind] ?? identity?.path;
    if (path !== undefined) sources.push(await openSaved(kind, path, identity, search));
  }
  const registry = await registryOf(sources);
  for (const kind of kinds) checkName(kind, search, registry);
  return registry;
}

async function openSaved(
  kind: ModuleKind,
  path: string,
  identity: ModuleIdentity | undefined,
  { owner, named, accept, remedy, warn }: Search,
): Promise<ModuleSource> {
  const isNamed = named[kind] !== undefined;
  if (!isNamed && !exists(path)) {
    throw new Failure(`${owner} needs the module ${path}, which is not there: --${kind} FILE says where it is`);
  }
  if (!isNamed) checkOpenTo(path, kind, path, owner);
  const found = await bundle(path);
  if (!isNamed) for (const file of found.files) checkOpenTo(relative('', file), kind, path, owner);
  const change = identity && changeOf(identity, found);
  if (change && (accept === 'same' || (accept === 'named' && !isNamed))) {
    const instead = remedy ?? (accept === 'named' ? `\`--${kind} ${path}\` takes it as it is now` : undefined);
    throw new Failure(`${change} since ${owner} was made${instead ? `; ${instead}` : ''}`);
  }
  if (change) warn(`${change} since ${owner} was made`);
  const source = await open(kind, found);
  return { ...source, identity: change || !identity ? source.identity : identity };
}

function identityOf({ env, modules }: SavedNames, kind: ModuleKind): ModuleIdentity | undefined {
  return kind === 'algorithm' ? modules?.algorithm : env.modules?.[kind];
}

/** A file that came with a run is not run because the run says so. */
function checkOpenTo(file: string, kind: ModuleKind, module: string, owner: string): void {
  const [path, here] = [realpathSync(file), realpathSync('.')];
  const isRun = isFolder(owner);
  const folder = realpathSync(isRun ? owner : dirname(resolve(owner)));
  const mayBeBeside = !isRun && isWithin(folder, here);
  if (isWithin(here, path) && (mayBeBeside || !isWithin(folder, path))) return;
  const where = 'which is only opened unasked below the working directory and outside of the run';
  throw new Failure(`${owner} needs ${file}, ${where}: \`--${kind} ${module}\` opens it there`);
}

/** What is another in a module, in words; undefined where nothing is. */
function changeOf(before: ModuleIdentity, { path, identity: now }: Bundle): string | undefined {
  const file = differing(before.files, now.files);
  if (file !== undefined) {
    const what = !now.files[file]
      ? 'is no longer part of it'
      : before.files[file]
        ? 'has changed'
        : 'has become part of it';
    return `the module ${path} is another: ${file} ${what}`;
  }
  const name = differing(before.packages, now.packages);
  if (name === undefined) return undefined;
  const [old, current] = [before.packages[name] ?? 'none', now.packages[name] ?? 'none'];
  return `the module ${path} is another: the package ${name} was ${old} and is ${current}`;
}

function differing(a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): string | undefined {
  return [...Object.keys(a), ...Object.keys(b)].find((key) => a[key] !== b[key]);
}

/** A module that is named has to define what the owner is of. */
function checkName(kind: ModuleKind, { owner, named, saved }: Search, { modules }: Registry): void {
  const path = named[kind];
  const expected = { task: saved.env.env, arm: saved.env.arm, algorithm: saved.algorithm }[kind];
  const [found] = Object.keys(modules[lists[kind]]);
  if (path === undefined || expected === undefined || expected === found) return;
  // A fork may go on by another algorithm.
  if (kind === 'algorithm' && Object.hasOwn(builtIn.algorithms, expected)) return;
  throw new UsageError(`${path} defines the ${kind} "${found}"; ${owner} is of "${expected}"`);
}
