import { parentPort, workerData } from 'node:worker_threads';
import { loadPhysics } from '../../../envs/sim/physics.ts';
import type { Actor } from '../../policy/actor.ts';
import { actorOf, createLearner } from '../../train/learner.ts';
import { collectShare } from '../collect.ts';
import { createEpisodeQueue } from '../episode-queue.ts';
import { planOf } from '../episodes.ts';
import { helpAt } from './desk.ts';
import { ownKernels } from './hands.ts';
import { type Job, type Message, partsOf, type Result, restore, states, type ThreadData } from './messages.ts';
import { pack } from './transfer.ts';

/** A thread that runs its share of a learner's episodes, and helps with its gradients. */

const { config, results } = workerData as ThreadData;
await loadPhysics();
const learner = createLearner(config);
const { spec } = learner.env;

/** Says that the job is done with, well or not. */
let leave = () => {};
process.on('exit', () => leave());

const kernelFor = ownKernels();

parentPort?.on('message', (message: Message) => {
  if ('job' in message) return run(message.job);
  helpAt(message.invitation, kernelFor);
});

function run({ snapshot, episodes, sharers, shared, thread }: Job): void {
  const { counters, state, beat } = partsOf(shared);
  // A thread that comes too late, because it was still loading, is not waited for.
  if (Atomics.compareExchange(state, thread, states.offered, states.joined) !== states.offered) return;
  leave = () => {
    Atomics.store(state, thread, states.finished);
    Atomics.notify(state, thread);
  };
  let result: Result;
  try {
    restore(learner, snapshot);
    const actor = beating(actorOf(learner), () => Atomics.add(beat, thread, 1));
    const tickets = createEpisodeQueue(episodes.until, spec.horizon, counters);
    const collected = collectShare(learner.env, actor, planOf(episodes, spec.horizon, sharers), tickets);
    result = { parcel: pack(collected, spec, actor.scaleSize) };
  } catch (error) {
    result = { error };
  }
  const transfer = 'parcel' in result ? [result.parcel.doubles.buffer, result.parcel.floats.buffer] : [];
  results.postMessage(result, transfer as ArrayBuffer[]);
  leave();
}

/** Shows a sign of life whenever the actor looks, which is once a control step. */
function beating(actor: Actor, beat: () => void): Actor {
  return {
    ...actor,
    forward(obs, n) {
      beat();
      return actor.forward(obs, n);
    },
  };
}
