// A worker whose locks are short, so that a test need not wait long until a dead one's jobs are another's: for the tests of the queue.
import { mkdirSync } from 'node:fs';
import { addressFrom } from '../../dist/src/queue/address.js';
import { connectQueue } from '../../dist/src/queue/connection.js';
import { QueueWorker } from '../../dist/src/queue/worker.js';
import { createChildren } from '../../dist/src/sweep/children.js';

const [url, folder, given] = process.argv.slice(2);
const { jobs, code, lock, keepEvery, steps = 1e8, megabytes = 2000, minutes = 10 } = JSON.parse(given);
mkdirSync(folder, { recursive: true });
const say = (...words) => process.stdout.write(`${words.join(' ')}\n`);
const connection = await connectQueue(addressFrom(url, undefined), (text) => say('warning', text));
const worker = new QueueWorker(connection, {
  jobs,
  folder,
  children: createChildren(jobs, { megabytes, minutes }),
  allowance: { code, steps },
  keepFor: 600,
  listener: {
    started: (job) => say('started', job),
    progressed: () => {},
    ended: (job, how) => say(how, job),
    warned: (text) => say('warning', text),
  },
  timing: { lock, tellEvery: 0.2, keepEvery },
});
say('ready');
process.once('SIGTERM', async () => {
  await worker.stop();
  connection.close();
  say('stopped');
});
