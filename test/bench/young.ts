import { availableParallelism } from 'node:os';
import { isMainThread, Worker, workerData } from 'node:worker_threads';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { loadPhysicsFor } from '../../src/run/engine.ts';
import { bareCost, physicsOf, wavering } from './arms.ts';

/**
 * Bare `world.step()` as a training run has it: in a process that has just begun, whose code is still being compiled, on every
 * core as soon as its thread has loaded. Prints the seconds that so many steps take.
 */

/** Arms of a world and steps of an episode: what a thread takes at a time. */
const [slots, horizon] = [10, 50];

const steps = isMainThread ? Number(process.argv[2]) : workerData.steps;
/** Episodes taken, and episodes done. */
const counters: Int32Array = isMainThread ? new Int32Array(new SharedArrayBuffer(8)) : workerData.counters;
const rounds = Math.ceil(steps / (slots * horizon));

if (isMainThread) {
  for (let k = 1; k < availableParallelism(); k++) {
    new Worker(new URL(import.meta.url), { workerData: { steps, counters } }).unref();
  }
  await loadPhysicsFor(steps);
} else {
  await loadPhysics();
}

const [physics, targets] = [physicsOf(), wavering(slots, horizon)];
const start = performance.now();
while (Atomics.add(counters, 0, 1) < rounds) {
  bareCost(physics, targets);
  Atomics.add(counters, 1, 1);
  Atomics.notify(counters, 1);
}
if (isMainThread) {
  for (let done = Atomics.load(counters, 1); done < rounds; done = Atomics.load(counters, 1)) {
    Atomics.wait(counters, 1, done);
  }
  process.stdout.write(`${(performance.now() - start) / 1000}\n`, () => process.exit());
}
