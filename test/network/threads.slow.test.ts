import { afterAll, describe, expect, it } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import { compile, sharedMemory } from '../../envs/math/wasm.ts';
import { bytes } from '../../src/policy/network/net-shared.generated.ts';
import { createKernel, makePart, partsOf } from '../../src/policy/network/passes.ts';
import { createGradientThreads } from '../../src/policy/network/threads/gradient-threads.ts';
import type { NetBackend, Widths } from '../../src/policy/network/types.ts';
import { defaultBackend, wasmBackendOn } from '../../src/policy/network/wasm.ts';
import { digest } from '../learning/support.ts';
import { numbers } from './reference.ts';

const shapes: Widths[] = [
  [20, 64, 64, 7],
  [3, 17, 130, 5],
  [9, 4],
];
/** They make the memory grow, and be used in part. */
const counts = [0, 1, 40, 1030, 33, 2600];

function digests(backend: NetBackend, widths: Widths): string[] {
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

const expected = shapes.map((widths) => digests(defaultBackend, widths));

// The order of a sum, or what one part writes past its end into the next, would show.
it.each([1, 2, 3])('passes whose parts are made by %i instances in any order have the same bytes', (threads) => {
  const random = stream(5, 'noise');
  const net = compile(bytes);
  const backend = wasmBackendOn((widths) => {
    const memory = sharedMemory();
    const kernels = Array.from({ length: threads }, (_, thread) =>
      createKernel(net, widths, { memory, threads, thread }),
    );
    return {
      kernel: kernels[0],
      slab: 1024,
      reserve: (n) => kernels.map((kernel) => kernel.reserve(n)).every((enough) => enough === 1),
      run(pass) {
        for (const part of random.permutation(partsOf(kernels[0], pass))) {
          makePart(kernels[Math.floor(random.between(0, threads))], pass, part);
        }
      },
    };
  });
  expect(shapes.map((widths) => digests(backend, widths))).toEqual(expected);
});

describe.each([2, 3])('%i threads', (threads) => {
  const shared = createGradientThreads(threads, {
    program: new URL('../../dist/src/policy/network/threads/gradient-thread.js', import.meta.url),
    least: 0,
  });
  afterAll(() => shared.close());

  it('make passes to the bytes of one, again and again, in networks that come and go', async () => {
    for (let turn = 0; turn < 8; turn++) {
      expect(shapes.map((widths) => digests(shared.backend, widths))).toEqual(expected);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(shared.parts()).toBeGreaterThan(0);
  });
});
