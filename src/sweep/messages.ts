import type { Meshes } from '../../envs/model/types.ts';
import type { ModuleSource } from '../train/registry.ts';
import type { Job } from './job.ts';
import type { Performed, RunProgress } from './result.ts';

/** What a job needs beside its plan: modules that define some of its names, and what its robot is drawn with. */
export interface Material {
  readonly sources: readonly ModuleSource[];
  readonly meshes?: Meshes;
}

/** A job with where it is made. */
export interface ChildTask {
  readonly job: Job;
  readonly folder: string;
  readonly material: Material;
  readonly tensorboard?: boolean;
}

/** To a child process: a task, once it has none, or to save and to end. */
export type ToChild = { readonly type: 'task'; readonly task: ChildTask } | { readonly type: 'stop' };

/** From a child process, of the task that it has. After `stopped` it ends, and after a failure that is its last. */
export type FromChild =
  | ({ readonly type: 'progress' } & RunProgress)
  | { readonly type: 'warning'; readonly message: string }
  | ({ readonly type: 'done' } & Performed)
  | { readonly type: 'failed'; readonly reason: string; readonly isLast?: boolean }
  | { readonly type: 'stopped' };
