// A worker thread that takes episodes and then dies or hangs, a given number of times; after that it works.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const { fault, times, tally, dist } = JSON.parse(process.env.ARMATURE_TEST_FAULT);
const { partsOf, states } = await import(`${dist}/src/threads/job.js`);
const { ticketsOf } = await import(`${dist}/src/tickets.js`);

const done = existsSync(tally) ? readFileSync(tally, 'utf8').length : 0;
if (done >= times) {
  await import(`${dist}/src/threads/worker.js`);
} else {
  parentPort.once('message', ({ episodes, shared, thread }) => {
    const { counters, state } = partsOf(shared);
    if (Atomics.compareExchange(state, thread, states.offered, states.joined) !== states.offered) return;
    const tickets = ticketsOf(episodes.until, workerData.config.env.options.horizon, counters);
    if (tickets.take() !== null) tickets.take();
    appendFileSync(tally, 'x');
    if (fault === 'dies') process.exit(3);
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
}
