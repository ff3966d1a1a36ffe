import type { Queue } from 'bullmq';
import type { Connection } from './connection.ts';
import { codeQueueName, jobId, jobKey, prefix, queueName } from './names.ts';
import type { Payload } from './records.ts';

/** The queue, as a planner uses it. */
export interface Board {
  /** Puts jobs, by their digests; those that are there already stay as they are. */
  put(jobs: readonly (readonly [digest: string, payload: Payload])[]): Promise<void>;
  /** Those of the jobs that neither wait nor run. */
  absent(sweep: string, jobs: readonly string[]): Promise<string[]>;
  /** Takes those that wait from the queue. */
  remove(sweep: string, jobs: readonly string[]): Promise<void>;
  /** Workers that are there; null where the server does not tell. */
  workers(): Promise<number | null>;
  /** Whether neither a job waits nor one runs. */
  isEmpty(): Promise<boolean>;
  close(): Promise<void>;
}

/** What fails by no fault of a run is tried so often, by whichever worker. */
const attempts = 3;
/** Events that BullMQ keeps for listeners, of which there are none. */
const keptEvents = 100;

/** @param hasCode whether the jobs bring modules of the user's own */
export function openBoard({ packages, redis }: Connection, hasCode: boolean): Board {
  const name = hasCode ? codeQueueName : queueName;
  const queue: Queue = new packages.bullmq.Queue(name, {
    connection: redis,
    prefix,
    streams: { events: { maxLen: keptEvents } },
    defaultJobOptions: {
      attempts,
      backoff: { type: 'fixed', delay: 1000 },
      // What became of a job stands among the sweep's results.
      removeOnComplete: true,
      removeOnFail: true,
    },
  });
  queue.on('error', () => {});
  return {
    async put(jobs) {
      await queue.addBulk(
        jobs.map(([digest, data]) => ({ name: 'run', data, opts: { jobId: jobId(data.sweep, digest) } })),
      );
    },
    async absent(sweep, jobs) {
      const asked = redis.pipeline();
      for (const job of jobs) asked.exists(jobKey(name, jobId(sweep, job)));
      const found = (await asked.exec()) ?? [];
      return jobs.filter((_, i) => found[i]?.[1] === 0);
    },
    async remove(sweep, jobs) {
      // One that runs stays: its worker finds the sweep gone.
      await Promise.all(jobs.map((job) => queue.remove(jobId(sweep, job)).catch(() => 0)));
    },
    workers: () => queue.getWorkersCount().catch(() => null),
    async isEmpty() {
      const counts = await queue.getJobCounts('wait', 'active', 'delayed');
      return Object.values(counts).every((count) => count === 0);
    },
    close: () => queue.close(),
  };
}
