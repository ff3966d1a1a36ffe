import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { expect, it } from 'vitest';
import { codeQueueName, jobId, prefix, queueName } from '../../src/queue/names.ts';
import { QueueWorker } from '../../src/queue/worker.ts';
import { digestOf } from '../../src/run/digest.ts';
import { jobDigest } from '../../src/sweep/job.ts';
import { hasRedis, startRedis } from './redis.ts';
import { newFolder, openStore, pretend, shortRuns, sweepName } from './rig.ts';

it.skipIf(!hasRedis)(
  'a worker of two queues makes no more runs at a time than it was told, and all of them',
  async () => {
    const redis = await startRedis();
    const folder = newFolder('places');
    const { connection, store } = await openStore(redis.url);
    for (const [i, { job }] of shortRuns(6).entries()) {
      const text = JSON.stringify({ job, modules: [], meshes: null });
      await store.putInput(text);
      const queue = new Queue(i % 2 ? codeQueueName : queueName, { connection: redis.client, prefix });
      const data = { sweep: sweepName, variant: digestOf(text), seed: job.plan.config.seed, pauseAt: null };
      await queue.add('run', data, { jobId: jobId(sweepName, jobDigest(job)), removeOnComplete: true });
      await queue.close();
    }
    let [now, most, started, done] = [0, 0, 0, 0];
    const worker = new QueueWorker(connection, {
      jobs: 2,
      folder,
      children: {
        async perform(task) {
          most = Math.max(most, ++now);
          await sleep(300);
          now--;
          return pretend(task);
        },
        close: async () => {},
      },
      allowance: { code: true, steps: 1e6 },
      keepFor: 600,
      listener: {
        started: () => void started++,
        progressed() {},
        ended: (_, how) => void (how === 'done' && done++),
        warned() {},
      },
    });
    while (done < 6) await sleep(20);
    await worker.stop();
    connection.close();
    await redis.stop();
    rmSync(folder, { recursive: true });
    expect([most, started, done]).toEqual([2, 6, 6]);
  },
);
