import { defaultBackend } from '../policy/network/index.ts';
import { digestOf } from '../run/digest.ts';
import { versionsOf } from '../run/schema.ts';
import { expectedDigests } from './golden.ts';

/** What stands in a Redis, by name. A sweep is named by 16 hex digits, a job of it by the 64 of its digest. */

export const prefix = 'armature';

const versions = versionsOf(defaultBackend);

/** One queue for everything whose runs have the same bits: its name tells the version, and what else could change them. */
export const queueName = `${versions.software.replace(' ', '-')}-${digestOf(
  JSON.stringify([versions, expectedDigests]),
).slice(0, 12)}`;

/** Jobs with modules of a user's own: only workers that may run those look there. */
export const codeQueueName = `${queueName}-code`;

/** A job's name on the queue: the same job of the same sweep is there once. */
export function jobId(sweep: string, job: string): string {
  return `${sweep}-${job}`;
}

/** The token of the worker that has a job, where BullMQ keeps it. */
export function lockKey(queue: string, id: string): string {
  return `${prefix}:${queue}:${id}:lock`;
}

/** What stands there of a job as long as it waits or runs, where BullMQ keeps it. */
export function jobKey(queue: string, id: string): string {
  return `${prefix}:${queue}:${id}`;
}

/** The keys of a sweep. */
export function keysOf(sweep: string) {
  const own = `${prefix}:sweep:${sweep}`;
  return {
    /** What its jobs have in common, by digest: their plans, the modules of the user's, and the meshes of robots. */
    inputs: `${own}:inputs`,
    /** What became of its jobs, by job. */
    results: `${own}:results`,
    /** A stream of the jobs that are done, and of what was found wrong. */
    news: `${own}:news`,
    /** How far its jobs are, by job. */
    running: `${own}:running`,
    /** How far it is as a whole, as its planner says. */
    tally: `${own}:tally`,
    /** There once the sweep was cancelled. */
    cancelled: `${own}:cancelled`,
    /** The files of a job's run, in chunks by their file's digest, and its latest checkpoint. */
    run: (job: string) => `${own}:run:${job}`,
  };
}
