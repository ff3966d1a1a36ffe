import type { ModuleIdentity } from '../../envs/env.ts';
import { DefinitionError } from '../../envs/model/definition-error.ts';
import { builtIn } from './config.ts';
import { definitionOf } from './definitions.ts';
import type { ModuleKind, ModuleSource, Registry } from './registry.ts';

/** The part of a registry that has what a module defines. */
export const lists = { task: 'tasks', arm: 'arms', algorithm: 'algorithms' } as const;

/**
 * What ships, and what the modules define; imports them.
 * @throws DefinitionError for a module whose default export is none of the kind, or has a name that is taken
 */
export async function registryOf(sources: readonly ModuleSource[]): Promise<Registry> {
  let registry = builtIn;
  for (const source of sources) {
    const { kind, url, identity } = source;
    const exports: object = await import(/* @vite-ignore */ url);
    registry = withDefinition(registry, kind, definitionOf(kind, exports, identity.path), identity);
  }
  return { ...registry, sources };
}

function withDefinition(
  registry: Registry,
  kind: ModuleKind,
  definition: { readonly name: string },
  identity: ModuleIdentity,
): Registry {
  const { name } = definition;
  const list = lists[kind];
  if (Object.hasOwn(registry[list], name)) {
    throw new DefinitionError(`${identity.path}: name: expected one that is free, found that of the ${kind} ${name}`);
  }
  return {
    ...registry,
    [list]: { ...registry[list], [name]: definition },
    modules: { ...registry.modules, [list]: { ...registry.modules[list], [name]: identity } },
  };
}
