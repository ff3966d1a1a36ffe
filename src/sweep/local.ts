import { join } from 'node:path';
import { Failure } from '../run/failure.ts';
import { type ChildrenOptions, createChildren } from './children.ts';
import type { Executor, ExecutorListener, NamedJob, Outcome } from './executor.ts';
import { performedIn } from './kept.ts';

export interface LocalOptions extends ChildrenOptions {
  /** Runs at a time. */
  readonly jobs: number;
  /** Where the runs' folders go. */
  readonly folder: string;
  readonly tensorboard?: boolean;
  readonly warn?: (message: string) => void;
}

/** Makes runs in processes of this machine. Those whose result lies in their folders already are not made again. */
export function localExecutor({ jobs, folder, tensorboard, warn, ...limits }: LocalOptions): Executor {
  const children = createChildren(jobs, limits);

  async function outcomeOf(named: NamedJob, { progressed }: ExecutorListener): Promise<Outcome> {
    const { name, job, material } = named;
    const own = join(folder, name);
    try {
      const known = await performedIn(own, job);
      if (known) return known;
      return await children.perform(
        { job, folder: own, material, tensorboard },
        { onProgress: (progress) => progressed(named, progress), warn: (text) => warn?.(`${name}: ${text}`) },
      );
    } catch (error) {
      // A report says the same wherever the folder of the sweep is.
      if (error instanceof Failure) return { failure: error.message.replaceAll(own, name) };
      throw error;
    }
  }

  return {
    async run(list, listener) {
      const queue = list[Symbol.iterator]();
      const worker = async () => {
        for (let next = queue.next(); !next.done; next = queue.next()) {
          listener.started(next.value);
          listener.ended(next.value, await outcomeOf(next.value, listener));
        }
      };
      await Promise.all(Array.from({ length: jobs }, worker));
    },
    close: () => children.close(),
  };
}
