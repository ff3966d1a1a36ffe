import { setFlagsFromString } from 'node:v8';
import { UsageError } from '../../envs/options.ts';
import type { Engine } from '../../envs/sim/engine.ts';
import { MujocoMissing } from '../../envs/sim/mujoco-package.ts';
import { compilingInPlace } from '../rollout/workers/compile-in-place.ts';
import { Failure } from './failure.ts';

/** Releases of V8 that know the flags below, from Node 20 to 26; any other one would print a complaint. */
const knownReleases = [11, 14] as const;

/** Training steps from which on it pays to have all of Rapier optimised. */
const manySteps = 200_000;

// V8 optimises Rapier's WebAssembly a tenth later, and into code that is 5 % slower, where it splits it.
setFlag('--no-turbo-splitting');

/** Loads Rapier for a command that simulates. */
export async function loadPhysics(): Promise<void> {
  const { loadPhysics: load } = await import('../../envs/sim/rapier.ts');
  return compilingInPlace(load);
}

/**
 * Loads the engine that a command is to simulate in, Rapier if none is named, and which is none in its place.
 * @throws UsageError for the name of no engine
 * @throws Failure where it is not installed
 */
export async function loadEngine(name = 'rapier'): Promise<Engine | undefined> {
  if (name !== 'rapier' && name !== 'mujoco') {
    throw new UsageError(`--engine ${name}: expected rapier or mujoco, the engines that simulate`);
  }
  if (name === 'mujoco') return orFailure(import('../../envs/sim/mujoco-engine.ts').then((each) => each.loadMujoco()));
  await loadPhysics();
  return undefined;
}

/** What needs MuJoCo, with a Failure where that is not installed. */
export async function orFailure<T>(inMujoco: Promise<T>): Promise<T> {
  try {
    return await inMujoco;
  } catch (error) {
    throw error instanceof MujocoMissing ? new Failure(error.message) : error;
  }
}

/**
 * Loads Rapier for about so many training steps. The frame of its step is two functions of 350 and 75 kilobytes, which take a
 * few per cent of the time of many steps, and V8 more than a second of a core to optimise: a third of all that a short run
 * simulates. What is compiled while the filter stands is never optimised, and a step of an empty world compiles that frame
 * and little else.
 */
export async function loadPhysicsFor(steps: number): Promise<void> {
  if (steps >= manySteps) return loadPhysics();
  setFlag('--wasm-tier-up-filter=0');
  try {
    await loadPhysics();
    const { configureEnv, envOf } = await import('../../envs/tasks/index.ts');
    const empty = envOf(configureEnv('panda-reach')).open(1);
    empty.step(new Float32Array(0));
    empty.close();
  } finally {
    setFlag('--wasm-tier-up-filter=-1');
  }
}

/** Sets a flag of V8 that changes how fast code is compiled or runs, and no result. */
function setFlag(flag: string): void {
  const release = Number.parseInt(process.versions.v8, 10);
  if (release >= knownReleases[0] && release <= knownReleases[1]) setFlagsFromString(flag);
}
