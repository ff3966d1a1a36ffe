import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { beforeAll, expect, test, vi } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { width } from '../../envs/spec.ts';
import { configureEnv, envOf } from '../../envs/tasks/index.ts';
import { openEnv } from './support.ts';

interface Instance {
  readonly exports: { readonly memory?: { readonly buffer: ArrayBuffer } };
}

/** Of bytes, WebAssembly makes a module and an instance; of a module, the instance alone. */
type Instantiated = Instance | { readonly instance: Instance };

/** Its full types would bring in those of the whole DOM. */
declare const WebAssembly: {
  instantiate(...args: unknown[]): Promise<Instantiated>;
  Instance: new (...args: unknown[]) => Instance;
};

let memory: () => number = () => Number.NaN;
let collectGarbage: () => void = () => {};

// Rapier does not show its memory, so it is caught as it is made.
beforeAll(async () => {
  const { instantiate, Instance: Made } = WebAssembly;
  const memories: { readonly buffer: ArrayBuffer }[] = [];
  const keep = ({ exports: { memory: own } }: Instance) => own && memories.push(own);
  const spy = vi.spyOn(WebAssembly, 'instantiate').mockImplementation(async (...args) => {
    const made = await instantiate(...args);
    keep('instance' in made ? made.instance : made);
    return made;
  });
  WebAssembly.Instance = class extends Made {
    constructor(...args: unknown[]) {
      super(...args);
      keep(this);
    }
  };
  await loadPhysics();
  spy.mockRestore();
  WebAssembly.Instance = Made;
  // Others load WebAssembly too (the test runner parses modules by it); Rapier's memory is the largest by far.
  memory = () => Math.max(...memories.map(({ buffer }) => buffer.byteLength));
  setFlagsFromString('--expose-gc');
  collectGarbage = runInNewContext('gc') as () => void;
});

/** Lets V8 finalise the handles that the binding leaves to it. */
async function settle(): Promise<void> {
  for (let i = 0; i < 2; i++) {
    collectGarbage();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const options = { horizon: 3, endsOnSuccess: false };
const reach = openEnv('panda-reach-joints', 'panda', options);
const push = openEnv('panda-push', 'panda', options);
const pick = openEnv('panda-pick-and-place', 'panda', options);
const slide = openEnv('panda-slide', 'panda', options);
const obstacles = openEnv('panda-reach-obstacles', 'panda', options);
const apart = envOf(configureEnv('panda-push', { options, dynamics: 'start=0.3' }));
const touchingReach = openEnv('panda-reach', 'panda', { ...options, contacts: true });

function play(rounds: number, env = reach): void {
  const batch = env.open(4);
  const act = new Float32Array(4 * width(env.spec.act)).fill(0.3);
  for (let round = 0; round < rounds; round++) {
    for (let slot = 0; slot < 4; slot++) batch.start(slot, round * 4 + slot);
    for (let t = 0; t < 3; t++) batch.step(act);
  }
  batch.close();
}

test('two hundred worlds need no more memory than twenty', async () => {
  const cycles = async (n: number) => {
    for (let i = 0; i < n; i++) {
      play(1);
      if (i % 10 === 9) await settle();
    }
    return memory();
  };
  const before = await cycles(20);
  expect(before).toBeGreaterThan(1e6);
  // A world with four arms is more than 100 kB: two pages of 64 kB are what a heap may lose to its order of allocation.
  expect(await cycles(200)).toBeLessThanOrEqual(before + 2 * 65536);
});

test.each([
  ['in one world', reach],
  ['that each restore a world', push],
  ['that each restore a world with a gripper', pick],
  ['that each restore a world with a disc', slide],
  ['that each restore a world with obstacles', obstacles],
  ['that each restore a world in which links touch', touchingReach],
  ['that each make the world that they begin with', apart],
])('episodes %s use the memory of those before them', async (_, env) => {
  const episodes = async (rounds: number) => {
    play(rounds, env);
    await settle();
    return memory();
  };
  const before = await episodes(100);
  expect(await episodes(100)).toBeLessThanOrEqual(before + 2 * 65536);
});

// Whoever closes a batch need not wait for V8 to notice. What is left to it is some hundred bytes per episode, which
// Rapier's own binding forgets to free; a world with four arms is a hundred times that.
test('a closed world gives its memory back at once', async () => {
  play(1);
  await settle();
  const before = memory();
  for (let i = 0; i < 200; i++) play(1);
  expect(memory() - before).toBeLessThan(200 * 4 * 500);
});
