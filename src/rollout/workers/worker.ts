import { parentPort, workerData } from 'node:worker_threads';
import { loadPhysics } from '../../../envs/sim/rapier.ts';
import { actorOf, applySnapshot, createActingPolicy } from '../acting-policy.ts';
import { collectFrom } from '../collect.ts';
import { createEpisodeQueue } from '../episode-queue.ts';
import { partsOfConfig } from '../policy-config.ts';
import { beforeEachStep, envFor, planOf } from '../rollout.ts';
import { compilingInPlace } from './compile-in-place.ts';
import { sharedViews, type WorkerOptions, type WorkerRequest, type WorkerResult, workerStates } from './messages.ts';
import { pack } from './transfer.ts';

/** A thread that runs its share of the episodes of rollouts. */

const { config, sources, results } = workerData as WorkerOptions;
await compilingInPlace(loadPhysics);
const registry = sources.length ? await (await import('../../train/modules.ts')).registryOf(sources) : undefined;
const policy = createActingPolicy(partsOfConfig(config, registry));

/** Says that this worker is done with what it was asked for, well or not. */
let leave = () => {};
process.on('exit', () => leave());

parentPort?.on('message', ({ snapshot, requests, threads, shared, worker }: WorkerRequest) => {
  const { counters, state, heartbeat } = sharedViews(shared, threads - 1, requests);
  // A worker that comes too late, because it was still loading, is not waited for.
  if (Atomics.compareExchange(state, worker, workerStates.asked, workerStates.running) !== workerStates.asked) return;
  leave = () => {
    Atomics.store(state, worker, workerStates.done);
    Atomics.notify(state, worker);
  };
  let result: WorkerResult;
  try {
    applySnapshot(policy, snapshot);
    const actor = beforeEachStep(actorOf(policy), () => Atomics.add(heartbeat, worker, 1));
    const packed = requests.map((request, i) => {
      const env = envFor(policy, request);
      const queue = createEpisodeQueue(request.until, env.spec.horizon, counters[i]);
      const episodes = collectFrom(queue, env, actor, planOf(request, env.spec.horizon, threads));
      return pack(episodes, env.spec, actor);
    });
    result = { packed };
  } catch (error) {
    result = { error };
  }
  const arrays =
    'packed' in result ? result.packed.flatMap(({ arrays: { F64, F32 } }) => [F64.buffer, F32.buffer]) : [];
  results.postMessage(result, arrays);
  leave();
});
