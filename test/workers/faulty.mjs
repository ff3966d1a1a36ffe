// A worker thread that runs some episodes, begins another, and then dies or hangs with nothing said; or one that sums a part
// of a network's gradient and hangs in the middle; a given number of times. After that it works.
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';

const { fault, times, tally, dist } = JSON.parse(process.env.ARMATURE_TEST_FAULT);
const of = (module) => import(`${dist}/${module}.js`);
const { loadPhysics } = await of('envs/sim/physics');
const { collectShare } = await of('src/rollout/collect');
const { actorOf, createLearner } = await of('src/train/learner');
const { planOf } = await of('src/rollout/episodes');
const { partsOf, restore, states } = await of('src/rollout/workers/messages');
const { createEpisodeQueue } = await of('src/rollout/episode-queue');

const done = existsSync(tally) ? readFileSync(tally, 'utf8').length : 0;
if (done >= times) {
  await of('src/rollout/workers/worker');
} else if (fault === 'hangs at the desk') {
  const { helpAt } = await of('src/rollout/workers/desk');
  const { ownKernels } = await of('src/rollout/workers/hands');
  const kernelFor = ownKernels();
  parentPort.on('message', ({ invitation }) => {
    if (!invitation) return;
    helpAt(invitation, (network, capacity) => {
      const kernel = kernelFor(network, capacity, invitation);
      const sum = (unit, start, end, fresh) => {
        kernel.sum(unit, start, fresh ? end : start + 2 * kernel.CHUNK.value, fresh);
        if (!fresh) hang();
      };
      return { ...kernel, sum };
    });
  });
} else {
  await loadPhysics();
  const learner = createLearner(workerData.config);
  const { horizon } = learner.env.spec;
  parentPort.on('message', ({ job: { snapshot, episodes, sharers, shared, thread } }) => {
    const { counters, state } = partsOf(shared);
    if (Atomics.compareExchange(state, thread, states.offered, states.joined) !== states.offered) return;
    restore(learner, snapshot);
    const tickets = createEpisodeQueue(episodes.until, horizon, counters);
    let taken = 0;
    const some = { take: () => (++taken > 8 ? null : tickets.take()), end: tickets.end, wait: () => false };
    collectShare(learner.env, actorOf(learner), planOf(episodes, horizon, sharers), some);
    tickets.take();
    hang();
  });
}

function hang() {
  appendFileSync(tally, 'x');
  if (fault === 'dies') process.exit(3);
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
