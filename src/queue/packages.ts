import type * as BullMQ from 'bullmq';
import type { Redis } from 'ioredis';
import { Failure } from '../run/failure.ts';

/** The packages of the queue, which who trains on one machine does without; a test holds the versions to package.json. */
export const queuePackages = { bullmq: '6.7.0', ioredis: '5.11.1' } as const;

export interface QueuePackages {
  readonly bullmq: typeof BullMQ;
  readonly Redis: typeof Redis;
}

/** @throws Failure that says how they are installed, where they are not */
export async function loadQueuePackages(
  load = (name: string): Promise<object> => import(name),
): Promise<QueuePackages> {
  try {
    const [bullmq, ioredis] = await Promise.all(Object.keys(queuePackages).map(load));
    return { bullmq: bullmq as typeof BullMQ, Redis: (ioredis as { readonly Redis: typeof Redis }).Redis };
  } catch (error) {
    const names = Object.entries(queuePackages).map(([name, version]) => `${name}@${version}`);
    throw new Failure(`a queue needs two packages: npm install ${names.join(' ')}`, { cause: error });
  }
}
