import { parentPort, Worker, workerData } from 'node:worker_threads';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { bareCost, physicsOf, type Targets, wavering } from './arms.ts';
import { timed } from './measure.ts';

/** What the machine gives to two threads that share nothing: bare `world.step()` on each, at the same time. */
export interface Partner {
  /** Microseconds per arm and step on this thread alone, and with the partner at the same work. */
  alone(): number;
  together(): number;
  close(): void;
}

/** Worlds stepped in one measurement. */
const worlds = 10;
const [slots, horizon] = [10, 50];
const [asked, answered] = [0, 1];

export async function findPartner(): Promise<Partner> {
  const counters = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL(import.meta.url), { workerData: { counters } });
  await new Promise((resolve) => worker.once('message', resolve));
  const targets = wavering(slots, horizon);
  const perStep = (ms: number) => (ms * 1000) / (worlds * slots * horizon);
  return {
    alone: () => perStep(timed(() => work(targets))),
    together: () =>
      perStep(
        timed(() => {
          const turn = Atomics.add(counters, asked, 1);
          Atomics.notify(counters, asked);
          work(targets);
          Atomics.wait(counters, answered, turn);
        }),
      ) / 2,
    close: () => void worker.terminate(),
  };
}

function work(targets: Targets): void {
  const physics = physicsOf();
  for (let k = 0; k < worlds; k++) bareCost(physics, targets);
}

if (workerData?.counters) {
  const { counters } = workerData as { counters: Int32Array };
  await loadPhysics();
  const targets = wavering(slots, horizon);
  // Long enough for V8 to have optimised.
  for (let k = 0; k < 10; k++) work(targets);
  parentPort?.postMessage('ready');
  for (let turn = 0; ; turn++) {
    Atomics.wait(counters, asked, turn);
    work(targets);
    Atomics.store(counters, answered, turn + 1);
    Atomics.notify(counters, answered);
  }
}
