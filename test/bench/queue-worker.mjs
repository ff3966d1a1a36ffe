// A worker whose runs are nothing but time that goes by, which says when the first of them began.
import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { addressFrom } from '../../dist/src/queue/address.js';
import { connectQueue } from '../../dist/src/queue/connection.js';
import { QueueWorker } from '../../dist/src/queue/worker.js';
import { jobDigest } from '../../dist/src/sweep/job.js';
import { keep } from '../../dist/src/sweep/kept.js';

const [url, folder, jobs, ms] = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const result = { steps: 1, evaluations: [], solvedAt: null, meanReturn: 0, successRate: null };
let isFirst = true;
const children = {
  async perform({ job, folder: own }) {
    if (isFirst) process.stdout.write(`${Date.now()}\n`);
    isFirst = false;
    await sleep(Number(ms));
    mkdirSync(own, { recursive: true });
    const timing = { seconds: 1, host: 'bench' };
    await keep(own, job, { result: { job: jobDigest(job), ...result }, timing });
  },
  close: async () => {},
};
const connection = await connectQueue(addressFrom(url, undefined), () => {});
new QueueWorker(connection, {
  jobs: Number(jobs),
  folder,
  children,
  allowance: { code: false, steps: 1e9 },
  keepFor: 3600,
  listener: { started() {}, progressed() {}, ended() {}, warned() {} },
});
