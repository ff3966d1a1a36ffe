import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import { compile, sharedMemory } from '../../envs/math/wasm.ts';
import { loadPhysics } from '../../envs/physics.ts';
import { defaultBackend } from '../../src/backends/index.ts';
import type { NetBackend, Widths } from '../../src/backends/types.ts';
import { wasmBackendOn } from '../../src/backends/wasm/index.ts';
import { bytes } from '../../src/backends/wasm/net-shared.generated.ts';
import { kernelOf, makePart, partsOf } from '../../src/backends/wasm/passes.ts';
import { configureTraining } from '../../src/config.ts';
import { createLearner, learn } from '../../src/learner.ts';
import { type Episodes, rollOut } from '../../src/rollouts.ts';
import { createCrew } from '../../src/threads/crew.ts';
import { hasCompany, type Invitation } from '../../src/threads/desk.ts';
import { createHands, type Hands } from '../../src/threads/hands.ts';
import { numbers } from '../backends/reference.ts';
import { hex } from '../learning/support.ts';

const dist = new URL('../../dist', import.meta.url).href;
const code = new URL(`${dist}/src/threads/worker.js`);
const folder = mkdtempSync(join(tmpdir(), 'armature-hands-'));

beforeAll(loadPhysics);
afterAll(() => rmSync(folder, { recursive: true }));

/** The bytes of all passes of one network, at batches that grow and shrink its memory. */
function bits(backend: NetBackend, widths: Widths, counts: readonly number[]): string[] {
  const net = backend.network(widths);
  const theta = numbers(1, net.size, 0.6);
  return counts.flatMap((n) => {
    const u = numbers(3, n * (widths.at(-1) as number));
    return [
      hex(net.forward(theta, numbers(2, n * widths[0], 2), n)),
      hex(net.vjp(u)),
      hex(net.jvp(numbers(4, net.size))),
      hex(net.vjp(u)),
    ];
  });
}

const shapes: Widths[] = [
  [20, 64, 64, 7],
  [3, 17, 130, 5],
  [9, 4],
];
const counts = [0, 1, 40, 1030, 33, 2600];

describe('a pass comes to the same bytes', () => {
  // The order of a sum, or what one part writes past its end into the next, would show.
  it.each([1, 2, 3])('when %i hands make its parts in any order', (hands) => {
    const random = stream(5, 'noise');
    const net = compile(bytes);
    const backend = wasmBackendOn((widths) => {
      const memory = sharedMemory();
      const kernels = Array.from({ length: hands }, (_, hand) => kernelOf(net, widths, { memory, hands, hand }));
      return {
        kernel: kernels[0],
        slab: 1024,
        reserve: (n) => kernels.map((kernel) => kernel.reserve(n)).every((enough) => enough === 1),
        run(...passes) {
          for (const pass of passes) {
            for (const part of random.permutation(partsOf(kernels[0], pass))) {
              makePart(kernels[Math.floor(random.between(0, hands))], pass, part);
            }
          }
        },
      };
    });
    for (const widths of shapes) expect(bits(backend, widths, counts)).toEqual(bits(defaultBackend, widths, counts));
  });

  // A thread may wake up with what it read of an earlier pass, and lay its instance out for that before it sees that it is late.
  it('when another hand lays out the memory as it was before', () => {
    const net = compile(bytes);
    const backend = wasmBackendOn((widths) => {
      const memory = sharedMemory();
      const [own, other] = [0, 1].map((hand) => kernelOf(net, widths, { memory, hands: 2, hand }));
      return {
        kernel: own,
        slab: 1024,
        reserve: (n) => own.reserve(n) === 1,
        run(...passes) {
          for (const pass of passes) {
            for (let part = 0; part < partsOf(own, pass); part++) {
              other.reserve(7 * part);
              makePart(own, pass, part);
            }
          }
        },
      };
    });
    for (const widths of shapes) expect(bits(backend, widths, counts)).toEqual(bits(defaultBackend, widths, counts));
  });

  it.each([2, 3])('when %i threads make them', async (workers) => {
    const { hands, crew, company } = await readyHands(workers);
    try {
      for (const widths of shapes) {
        const expected = bits(defaultBackend, widths, counts);
        for (let turn = 0; turn < 5; turn++) {
          expect(bits(hands.on(defaultBackend), widths, counts)).toEqual(expected);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }
      expect(company()).toBe(true);
    } finally {
      crew.close();
    }
  });
});

const config = configureTraining({
  env: 'panda-reach-joints',
  seed: 5,
  algorithm: 'trpo',
  envOptions: { horizon: 12, goalRadius: 0.15 },
  options: { batch: 300, hiddenWidth: 64, baseline: 'value' },
});

const plan: Episodes = { seed: 9, purpose: 'training', index: 0, until: { steps: 300 }, deterministic: false };

/** Hands whose threads have loaded, and whether any of them is at the desk. */
async function readyHands(workers: number, change: { readonly code: URL; readonly patience?: number } = { code }) {
  const hands = createHands(workers);
  let seen: Omit<Invitation, 'hand'> | null = null;
  const watched: Hands = {
    ...hands,
    employ: (threads) =>
      hands.employ({
        ...threads,
        call(invitation) {
          seen = invitation;
          threads.call(invitation);
        },
      }),
  };
  const crew = createCrew(config, workers, { ...change, hands: watched });
  const company = () => seen !== null && hasCompany(seen.desk);
  const net = hands.on(defaultBackend).network([20, 64, 64, 7]);
  for (let turn = 0; turn < 300 && !company(); turn++) {
    net.forward(numbers(1, net.size), numbers(2, 2000), 100);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect(company()).toBe(true);
  return { hands, crew, company };
}

describe('training', () => {
  function trained(backend: NetBackend, roll = rollOut): string {
    const learner = createLearner(config, backend);
    for (let index = 0; index < 4; index++) learn(learner, roll(learner, { ...plan, index }), index / 10);
    return hex(learner.theta) + hex(learner.baseline.state.theta);
  }

  it('on threads that run episodes and compute gradients comes to the bytes of one thread', async () => {
    const { hands, crew } = await readyHands(3);
    try {
      expect(trained(hands.on(defaultBackend), crew.rollOut)).toBe(trained(defaultBackend));
    } finally {
      crew.close();
    }
  });

  it('goes on without a thread that takes a part and hangs, and replaces it', async () => {
    const tally = join(folder, 'tally');
    process.env.ARMATURE_TEST_FAULT = JSON.stringify({ fault: 'hangs at the desk', times: 2, tally, dist });
    const faults = () => (existsSync(tally) ? readFileSync(tally, 'utf8').length : 0);
    const faulty = new URL('./faulty.mjs', import.meta.url);
    const { hands, crew } = await readyHands(2, { code: faulty, patience: 300 });
    const expected = trained(defaultBackend);
    try {
      for (let turn = 0; turn < 100 && faults() < 2; turn++) {
        expect(trained(hands.on(defaultBackend), crew.rollOut)).toBe(expected);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(faults()).toBe(2);
      expect(trained(hands.on(defaultBackend), crew.rollOut)).toBe(expected);
    } finally {
      crew.close();
    }
  });
});

it('one hand, or another backend, is left as it is', () => {
  const other = { ...defaultBackend };
  expect(createHands(1).on(defaultBackend)).toBe(defaultBackend);
  expect(createHands(4).on(other)).toBe(other);
});
