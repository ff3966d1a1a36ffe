import type { EnvConfig, ModuleIdentity } from '../../envs/env.ts';
import type { Arm } from '../../envs/model/types.ts';
import type { EnvRegistry } from '../../envs/tasks/index.ts';
import type { AlgorithmFactory } from '../algorithms/types.ts';

/** What the names of tasks, arms and algorithms stand for: those that ship, and those that a user's modules define. */
export interface Registry extends EnvRegistry {
  readonly algorithms: Readonly<Record<string, AlgorithmFactory>>;
  readonly modules: EnvRegistry['modules'] & { readonly algorithms: Readonly<Record<string, ModuleIdentity>> };
  /** What a thread imports to have the same definitions. */
  readonly sources: readonly ModuleSource[];
  /** Arms out of robot files, by the path that a command line has for them. */
  readonly robots: Readonly<Record<string, Arm>>;
}

/** What a module can define. */
export type ModuleKind = 'task' | 'arm' | 'algorithm';

/** A module with all that it imports of its own, ready to be imported by any thread. */
export interface ModuleSource {
  readonly kind: ModuleKind;
  readonly url: string;
  /** Where it lies, from the working directory; its identity says so only of what lies below that. */
  readonly path: string;
  readonly identity: ModuleIdentity;
}

/** The names in a file's configuration, and the modules that define some of them. */
export interface SavedNames {
  readonly env: Pick<EnvConfig, 'env' | 'arm' | 'modules' | 'robot'>;
  readonly algorithm?: string;
  readonly modules?: { readonly algorithm?: ModuleIdentity };
}

/** Finds what the names in a file stand for. */
export type FindRegistry = (saved: SavedNames) => Promise<Registry>;
