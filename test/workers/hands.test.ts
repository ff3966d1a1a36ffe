import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import { compile, sharedMemory } from '../../envs/math/wasm.ts';
import { loadPhysics } from '../../envs/sim/physics.ts';
import { defaultBackend } from '../../src/policy/network/index.ts';
import type { NetBackend, Widths } from '../../src/policy/network/types.ts';
import { wasmBackendOn } from '../../src/policy/network/wasm/index.ts';
import { bytes } from '../../src/policy/network/wasm/net-shared.generated.ts';
import { kernelOf, makePart, partCount, runAlone } from '../../src/policy/network/wasm/passes.ts';
import { type Episodes, rollOut } from '../../src/rollout/episodes.ts';
import { closeDesk, company, createDesk, helpAt, type Invitation, post } from '../../src/rollout/workers/desk.ts';
import { createHands, type Hands, type Threads } from '../../src/rollout/workers/hands.ts';
import { createWorkerPool } from '../../src/rollout/workers/pool.ts';
import { configureTraining } from '../../src/train/config.ts';
import { createLearner, learn } from '../../src/train/learner.ts';
import { digest } from '../learning/support.ts';
import { numbers } from '../network/reference.ts';

const dist = new URL('../../dist', import.meta.url).href;
const code = new URL(`${dist}/src/rollout/workers/worker.js`);
const folder = mkdtempSync(join(tmpdir(), 'armature-hands-'));

beforeAll(loadPhysics);
afterAll(() => rmSync(folder, { recursive: true }));

/** Digests of all passes of one network, at batches that grow and shrink its memory. */
function bits(backend: NetBackend, widths: Widths, counts: readonly number[]): string[] {
  const net = backend.network(widths);
  const theta = numbers(1, net.size, 0.6);
  return counts.flatMap((n) => {
    const u = numbers(3, n * (widths.at(-1) as number));
    return [
      digest(net.forward(theta, numbers(2, n * widths[0], 2), n)),
      digest(net.vjp(u)),
      digest(net.jvp(numbers(4, net.size))),
      digest(net.vjp(u)),
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
            for (const part of random.permutation(partCount(kernels[0], pass))) {
              makePart(kernels[Math.floor(random.between(0, hands))], pass, part);
            }
          }
          return true;
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
            for (let part = 0; part < partCount(own, pass); part++) {
              other.reserve(7 * part);
              makePart(own, pass, part);
            }
          }
          return true;
        },
      };
    });
    for (const widths of shapes) expect(bits(backend, widths, counts)).toEqual(bits(defaultBackend, widths, counts));
  });

  it.each([2, 3])('when %i threads make them', async (workers) => {
    const { hands, crew, others } = await readyHands(workers);
    try {
      for (const widths of [...shapes, ...manyParts]) {
        const numbersOfRows = manyParts.includes(widths) ? [2_097_140] : counts;
        const expected = bits(defaultBackend, widths, numbersOfRows);
        for (let turn = 0; turn < (manyParts.includes(widths) ? 1 : 5); turn++) {
          expect(bits(hands.on(defaultBackend), widths, numbersOfRows)).toEqual(expected);
          await new Promise((resolve) => setTimeout(resolve, 10));
        }
      }
      expect(others()).not.toEqual([]);
    } finally {
      crew.close();
    }
  });
});

/** More parts than there are tickets for, at so many rows. */
const manyParts: Widths[] = [[1, 1]];

it('a hand that comes late takes no part of a pass that is done', () => {
  const desk = createDesk(2);
  const pass = { kind: 'forward', n: 64, start: 0, end: 64 } as const;
  post(desk, { pass, network: 0, capacity: 64, parts: 0 });
  const asked: number[] = [];
  const network = { id: 0, widths: [1, 1], memory: sharedMemory() };
  helpAt({ desk, networks: [network], hand: 1, hands: 2 }, (_, capacity) => {
    asked.push(capacity);
    closeDesk(desk);
    return { forward: () => expect.fail('took a part') } as never;
  });
  expect(asked).toEqual([64]);
  expect(company(desk)).toEqual([]);
});

const config = configureTraining({
  env: 'panda-reach-joints',
  seed: 5,
  algorithm: 'trpo',
  envOptions: { horizon: 12, goalRadius: 0.15 },
  options: { batch: 300, hiddenWidth: 64, baseline: 'value' },
});

const plan: Episodes = { seed: 9, purpose: 'training', index: 0, until: { steps: 300 }, deterministic: false };

/** Hands whose threads have loaded, and which of them are at the desk. */
async function readyHands(workers: number, change: Readonly<Record<string, unknown>> = { code }) {
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
  const crew = createWorkerPool(config, workers, { ...change, hands: watched });
  const others = () => (seen ? company(seen.desk) : []);
  const net = hands.on(defaultBackend).network([20, 64, 64, 7]);
  const called = () => soon(() => net.forward(numbers(1, net.size), numbers(2, 2000), 100) && others().length > 0);
  await called();
  return { hands, crew, others, called };
}

/** Tries until it is so. */
async function soon(isSo: () => boolean): Promise<void> {
  for (let turn = 0; turn < 300; turn++) {
    if (isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  expect.fail('it never was');
}

// A thread that was given up, and only slept, may write at any time to the memory that it knew.
it('a network that lost a hand goes on in memory that it does not know', () => {
  const net = compile(bytes);
  const known: Float64Array[] = [];
  let lose = 0;
  const backend = wasmBackendOn((widths) => {
    const memory = sharedMemory();
    const kernel = kernelOf(net, widths, { memory, hands: 1, hand: 0 });
    return {
      kernel,
      slab: 1024,
      reserve: (n) => kernel.reserve(n) === 1,
      run(...passes) {
        if (lose-- === 0) {
          known.push(new Float64Array(memory.buffer as unknown as ArrayBuffer));
          return false;
        }
        for (const all of known) all.fill(Number.NaN, 1000);
        runAlone(kernel, passes);
        return true;
      },
    };
  });
  const [widths, rows] = [
    [20, 64, 64, 7],
    [40, 1030],
  ];
  const expected = bits(defaultBackend, widths, rows);
  for (let pass = 0; pass < expected.length; pass++) {
    lose = pass;
    expect(bits(backend, widths, rows)).toEqual(expected);
    expect(known.length).toBe(pass + 1);
  }
});

describe('training', () => {
  function trained(backend: NetBackend, roll = rollOut): string {
    const learner = createLearner(config, backend);
    for (let index = 0; index < 4; index++) learn(learner, roll(learner, { ...plan, index }), index / 10);
    return digest(learner.theta) + digest(learner.baseline.state.theta);
  }

  it('on threads that run episodes and compute gradients comes to the bytes of one thread', async () => {
    const { hands, crew } = await readyHands(3);
    try {
      expect(trained(hands.on(defaultBackend), crew.rollOut)).toBe(trained(defaultBackend));
    } finally {
      crew.close();
    }
  });

  it('has its threads run episodes again after a gradient, and help with the next one', async () => {
    let shares = 0;
    const onShare = (episodes: number) => {
      shares += episodes;
    };
    const { crew, called } = await readyHands(2, { code, onShare });
    const learner = createLearner(config);
    try {
      for (let turn = 0; turn < 3; turn++) {
        const before = shares;
        await soon(() => crew.rollOut(learner, plan).length > 0 && shares > before);
        await called();
      }
    } finally {
      crew.close();
    }
  });

  it('goes on without a thread that hangs in the middle of a sum, and replaces it', async () => {
    const tally = join(folder, 'tally');
    process.env.ARMATURE_TEST_FAULT = JSON.stringify({ fault: 'hangs at the desk', times: 2, tally, dist });
    const faults = () => (existsSync(tally) ? readFileSync(tally, 'utf8').length : 0);
    const faulty = new URL('./faulty.mjs', import.meta.url);
    const { hands, crew } = await readyHands(2, { code: faulty, patience: 200 });
    const [widths, rows] = [[20, 64, 64, 7], [3000]];
    const expected = bits(defaultBackend, widths, rows);
    try {
      await soon(() => {
        expect(bits(hands.on(defaultBackend), widths, rows)).toEqual(expected);
        return faults() === 2;
      });
      expect(trained(hands.on(defaultBackend), crew.rollOut)).toBe(trained(defaultBackend));
    } finally {
      crew.close();
    }
  });
});

it('however many threads are at the desk when one hangs, that is one loss; too many are the end', () => {
  const hands = createHands(12);
  let threads: Threads | null = null;
  const employ = (given: Threads) => {
    threads = given;
  };
  const idle = new URL('data:text/javascript,setInterval(() => {}, 1e6)');
  const crew = createWorkerPool(config, 12, { code: idle, hands: { ...hands, employ } });
  const everyone = Array.from({ length: 11 }, (_, i) => i + 1);
  const giveUp = () => (threads as unknown as Threads).giveUp(everyone);
  try {
    for (let loss = 1; loss <= 8; loss++) giveUp();
    expect(giveUp).toThrow(/^gave up after losing 9 worker threads \(one hangs\); --workers 1 does without them$/);
  } finally {
    crew.close();
  }
});

it('one hand, or another backend, is left as it is', () => {
  const other = { ...defaultBackend };
  expect(createHands(1).on(defaultBackend)).toBe(defaultBackend);
  expect(createHands(4).on(other)).toBe(other);
});

it('a backend on threads of its own comes to the same bytes', async () => {
  const { helped } = await import(`${dist}/src/rollout/workers/helpers.js`);
  const { backend, close } = await helped((await import(`${dist}/src/policy/network/index.js`)).defaultBackend, 3);
  expect(bits(backend, [20, 64, 64, 7], counts)).toEqual(bits(defaultBackend, [20, 64, 64, 7], counts));
  close();
});
