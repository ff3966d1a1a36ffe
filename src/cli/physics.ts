import { configureEnv, createEnv } from '../../envs/sim/env.ts';
import { loadPhysics } from '../../envs/sim/physics.ts';
import { setFlag } from './engine.ts';

/** Training steps from which on it pays to have all of Rapier optimised. */
const many = 200_000;

/**
 * Loads Rapier for about so many training steps. The frame of its step is two functions of 350 and 75 kilobytes, which take a
 * few per cent of the time of many steps, and V8 more than a second of a core to optimise: a third of all that a short run
 * simulates. What is compiled while the filter stands is never optimised, and a step of an empty world compiles that frame
 * and little else.
 */
export async function loadPhysicsFor(steps: number): Promise<void> {
  if (steps >= many) return loadPhysics();
  setFlag('--wasm-tier-up-filter=0');
  try {
    await loadPhysics();
    const env = createEnv(configureEnv('panda-reach'));
    const empty = env.open(1);
    empty.step(new Float32Array(env.spec.act.length));
    empty.close();
  } finally {
    setFlag('--wasm-tier-up-filter=-1');
  }
}
