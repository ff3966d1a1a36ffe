// A planner in a process of its own, for its memory: puts so many jobs, and says when the first began and how large it grew.
import { rmSync } from 'node:fs';
import { addressFrom } from '../../dist/src/queue/address.js';
import { connectQueue } from '../../dist/src/queue/connection.js';
import { queueExecutor } from '../../dist/src/queue/executor.js';
import { jobOf } from '../../dist/src/sweep/job.js';
import { configureTraining } from '../../dist/src/train/config.js';

const [url, folder, many, wanted] = process.argv.slice(2);
const variants = [0.9, 0.95].map((gamma) =>
  configureTraining({ env: 'reacher', algorithm: 'ppo', options: { gamma } }),
);
const material = { sources: [] };
function* jobs() {
  for (let i = 0; i < Number(many); i++) {
    yield { name: `v${i % 2}-s${i >> 1}`, job: jobOf(variants[i % 2], i >> 1, 10), material };
  }
}
const connection = await connectQueue(addressFrom(url, undefined), () => {});
const executor = queueExecutor({ connection, sweep: '0123456789abcdef', folder, keepFor: 3600, warn() {} });
const begun = performance.now();
let [first, last, ended] = [0, 0, 0];
const listener = {
  started() {},
  progressed() {},
  ended() {
    last = performance.now();
    first ||= last;
    if (++ended === Number(wanted)) void executor.close();
  },
};
const tally = { stage: 0, stages: 1, runs: Number(many), done: 0, failed: 0, steps: 1 };
await executor.run(jobs(), listener, tally).catch(() => {});
connection.close();
rmSync(folder, { recursive: true, force: true });
const seconds = (time) => (time - begun) / 1000;
const megabytes = process.resourceUsage().maxRSS / 1000;
process.stdout.write(`${JSON.stringify({ first: seconds(first), last: seconds(last), megabytes })}\n`);
process.exit();
