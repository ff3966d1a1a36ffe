import { join } from 'node:path';
import { addressFrom, addressVariable } from '../queue/address.ts';
import type { Connection } from '../queue/connection.ts';
import { forgetSweep, nameOfSweep, nameSweep } from '../queue/sweep-name.ts';
import { Failure } from '../run/failure.ts';
import type { Executor } from '../sweep/executor.ts';
import { warn } from './output.ts';
import { sweepFiles } from './sweep-files.ts';

/** Days that what nobody uses stays on a queue. */
export const usualKeepDays = 7;
export const secondsInDay = 86_400;

/** Where the runs of a sweep are made. */
export interface PlaceFlags {
  /** Runs at a time, on this machine. */
  readonly jobs: number;
  readonly tensorboard?: boolean;
  /** On the workers of a queue: its address, or that of the environment. */
  readonly queue?: string | true;
  readonly keepDays?: number;
}

export interface Place {
  readonly executor: Executor;
  /** What becomes of the sweep once its command was stopped. */
  readonly afterwards: string;
  /** Ends what is going on. @param isDone whether the sweep is, and nothing of it is needed on a queue any more */
  leave(isDone: boolean): Promise<void>;
}

/**
 * @param out the folder of the sweep, which may be on a queue already
 * @param connection to the queue, where the runs are made on one
 * @throws Failure where it is on a queue, and none is named
 */
export async function placeFor(
  out: string,
  { jobs, tensorboard, keepDays = usualKeepDays }: PlaceFlags,
  connection: Connection | null,
): Promise<Place> {
  const folder = join(out, sweepFiles.runs);
  const again = `npx armature sweep --attach ${out}`;
  if (!connection) {
    if ((await nameOfSweep(out)) !== null) throw onQueue(out);
    const { localExecutor } = await import('../sweep/local.ts');
    const executor = localExecutor({ jobs, folder, tensorboard, warn });
    return { executor, afterwards: `${again} goes on`, leave: () => executor.close() };
  }
  if (tensorboard) warn('runs of a queue come without files for TensorBoard');
  const [{ queueExecutor }, { SweepStore }] = await Promise.all([
    import('../queue/executor.ts'),
    import('../queue/store.ts'),
  ]);
  const sweep = await nameSweep(out);
  const keepFor = keepDays * secondsInDay;
  const executor = queueExecutor({ connection, sweep, folder, keepFor, warn });
  return {
    executor,
    afterwards: `The queue goes on; ${again} --queue comes back, and npx armature sweep cancel ${out} --queue gives it up`,
    async leave(isDone) {
      await executor.close();
      if (isDone) {
        // In this order whoever asks for its status meanwhile finds it done, and not lost.
        forgetSweep(out);
        await new SweepStore(connection.redis, sweep, keepFor).clear();
      }
    },
  };
}

export async function connectTo(queue: string | true): Promise<Connection> {
  const { connectQueue } = await import('../queue/connection.ts');
  return connectQueue(addressFrom(queue === true ? undefined : queue, process.env[addressVariable]), warn);
}

function onQueue(out: string): Failure {
  const remedy = `--queue with its address goes on there, and \`armature sweep cancel ${out}\` takes it from there`;
  return new Failure(`the sweep in ${out} is on a queue: ${remedy}`);
}

/** How a title says where the runs are made. */
export function placeName({ queue, jobs }: Pick<PlaceFlags, 'queue' | 'jobs'>): string {
  return queue === undefined ? `${jobs} at a time` : 'on a queue';
}
