import { DefinitionError } from '../../envs/model/definition-error.ts';
import { builtIn } from './config.ts';
import { definitionOf } from './definitions.ts';
import type { ModuleSource, Registry } from './registry.ts';

/** The part of a registry that has what a module defines. */
export const lists = { task: 'tasks', arm: 'arms', algorithm: 'algorithms' } as const;

/**
 * What ships, and what the modules define; imports them.
 * @throws DefinitionError for a module whose default export is none of the kind, or has a name that is taken
 */
export async function registryOf(sources: readonly ModuleSource[]): Promise<Registry> {
  let registry = builtIn;
  for (const source of sources) {
    const { url } = source;
    const exports: object = await import(/* @vite-ignore */ url);
    registry = withDefinition(registry, source, definitionOf(source.kind, exports, source.path));
  }
  return { ...registry, sources };
}

function withDefinition(
  registry: Registry,
  { kind, path, identity }: ModuleSource,
  definition: { readonly name: string },
): Registry {
  const { name } = definition;
  const list = lists[kind];
  if (Object.hasOwn(registry[list], name)) {
    throw new DefinitionError(`${path}: name: expected one that is free, found that of the ${kind} ${name}`);
  }
  return {
    ...registry,
    [list]: { ...registry[list], [name]: definition },
    modules: { ...registry.modules, [list]: { ...registry.modules[list], [name]: identity } },
  };
}
