// A worker thread that runs some episodes, begins another, and then dies or hangs with nothing said, a given number of times.
// After that it works.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const { fault, times, tally, dist } = JSON.parse(process.env.ARMATURE_TEST_FAULT);
const of = (module) => import(`${dist}/${module}.js`);
const { loadPhysics } = await of('envs/sim/rapier');
const { actorOf, applySnapshot, createActingPolicy } = await of('src/rollout/acting-policy');
const { collectFrom } = await of('src/rollout/collect');
const { createEpisodeQueue } = await of('src/rollout/episode-queue');
const { partsOfConfig } = await of('src/rollout/policy-config');
const { planOf } = await of('src/rollout/rollout');
const { sharedViews, workerStates } = await of('src/rollout/workers/messages');

const done = existsSync(tally) ? readFileSync(tally, 'utf8').length : 0;
if (done >= times) {
  await of('src/rollout/workers/worker');
} else {
  await loadPhysics();
  const policy = createActingPolicy(partsOfConfig(workerData.config));
  const { env } = policy;
  const { horizon } = env.spec;
  parentPort.on('message', ({ snapshot, requests, threads, shared, worker }) => {
    const [request] = requests;
    const { counters, state } = sharedViews(shared, threads - 1, requests);
    if (Atomics.compareExchange(state, worker, workerStates.asked, workerStates.running) !== workerStates.asked) return;
    applySnapshot(policy, snapshot);
    const queue = createEpisodeQueue(request.until, horizon, counters[0]);
    let taken = 0;
    const take = () => (++taken > 8 ? null : queue.take());
    const some = { ...queue, take, guess: () => null, wait: () => false };
    collectFrom(some, env, actorOf(policy), planOf(request, horizon, threads));
    queue.take();
    appendFileSync(tally, 'x');
    if (fault === 'dies') process.exit(3);
    for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
}
