import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type TensorFlow, tfjsBackend } from '../../src/policy/network/tfjs.ts';
import { defaultBackend } from '../../src/policy/network/wasm.ts';
import { contract, distance } from './contract.ts';
import { expectNoLeaks } from './leaks.ts';
import { numbers } from './reference.ts';

// There at once, for backends that are made before a test begins.
tf.enableProdMode();
await tf.setBackend('cpu');

const widths = [20, 64, 64, 7];

describe.each(['wasm', 'cpu'])('TensorFlow.js with backend %s', (engine) => {
  const backend = tfjsBackend(tf, { name: 'tfjs', version: tf.version_core });

  beforeAll(async () => {
    await tf.setBackend(engine);
  });

  contract(backend);

  it('agrees with float64 to 1e-5 over many rows', () => {
    const [net, truth] = [backend.network(widths), defaultBackend.network(widths)];
    const n = 8192;
    const [theta, x] = [numbers(1, net.size, 0.3), numbers(2, n * 20, 2)];
    const [u, v] = [numbers(3, n * 7), numbers(4, net.size)];
    expect(distance(net.forward(theta, x, n), truth.forward(theta, x, n))).toBeLessThan(1e-5);
    expect(distance(net.vjp(u), truth.vjp(u))).toBeLessThan(1e-5);
    expect(distance(net.jvp(v), truth.jvp(v))).toBeLessThan(1e-5);
  });

  it('holds no more tensors and bytes after 1,000 updates than after the first', () => expectNoLeaks(tf, backend));
});

/** Operations called, by name. */
function counted(): { counts: Record<string, number>; counting: TensorFlow } {
  const counts: Record<string, number> = {};
  const counting = new Proxy(tf, {
    get(target, name: keyof typeof tf) {
      counts[name] = (counts[name] ?? 0) + 1;
      return target[name];
    },
  });
  return { counts, counting };
}

describe('what it asks of TensorFlow.js', () => {
  it('refuses one whose results cannot be read at once', () => {
    const matMul = () => ({ dataSync: () => Float32Array.of(0), dispose() {} });
    const broken = { ...tf, tidy: (work: () => unknown) => work(), matMul } as unknown as TensorFlow;
    expect(() => tfjsBackend(broken, { name: 'tfjs', version: '4.22.0, webgpu' })).toThrow(
      'tfjs (4.22.0, webgpu) cannot be read synchronously: expected 11 for 1 * 3 + 2 * 4, found 0',
    );
  });

  it('uploads the parameters when they have changed, and only then', () => {
    const { counts, counting } = counted();
    const net = tfjsBackend(counting, { name: 'tfjs', version: '' }).network(widths);
    const theta = numbers(1, net.size);
    const [x, y] = [numbers(2, 5 * 20), numbers(3, 9 * 20)];
    const uploads = (work: () => void) => {
      const before = counts.tensor2d ?? 0;
      work();
      return (counts.tensor2d ?? 0) - before;
    };
    // The observations, and once the three layers.
    expect(uploads(() => net.forward(theta, x, 5))).toBe(1 + 3);
    expect(uploads(() => net.forward(theta, y, 9))).toBe(1);
    theta[7] += 1e-3;
    expect(uploads(() => net.forward(theta, y, 9))).toBe(1 + 3);
  });

  it('sees a change in place that float32 can hold', () => {
    const net = tfjsBackend(tf, { name: 'tfjs', version: '' }).network([1, 1]);
    const theta = Float64Array.of(2, 1);
    const x = Float64Array.of(3);
    expect(net.forward(theta, x, 1)[0]).toBe(7);
    theta[1] = 2;
    expect(net.forward(theta, x, 1)[0]).toBe(8);
  });

  it('prepares the derivatives once for a forward pass, however many products follow', () => {
    const { counts, counting } = counted();
    const net = tfjsBackend(counting, { name: 'tfjs', version: '' }).network(widths);
    const [u, v] = [numbers(3, 5 * 7), numbers(4, net.size)];
    net.forward(numbers(1, net.size), numbers(2, 5 * 20), 5);
    for (let k = 0; k < 10; k++) net.vjp(net.jvp(v).map((value, i) => value + u[i]));
    expect(counts.transpose).toBe(3 + 2);
    // One more for the check that results can be read.
    expect(counts.matMul).toBe(1 + 3 + 10 * (5 + 5));
  });

  it.each([
    ['an upload', 'tensor2d'],
    ['a product', 'matMul'],
  ] as const)('goes on after %s that failed', (_, name) => {
    const operations = { ...tf };
    const operation = vi.fn(operations[name] as () => never);
    const net = tfjsBackend({ ...operations, [name]: operation }, { name: 'tfjs', version: '' }).network([1, 1]);
    const [theta, x] = [Float64Array.of(2, 1), Float64Array.of(3)];
    net.forward(theta, x, 1);
    operation.mockImplementationOnce(() => {
      throw new Error('out of memory');
    });
    expect(() => net.forward(Float64Array.of(1, 1), x, 1)).toThrow('out of memory');
    expect(() => net.vjp(x)).toThrow(/found none$/);
    // Where it was, which it no longer holds.
    expect(net.forward(theta, x, 1)[0]).toBe(7);
  });
});
