import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createProducts, defaultBackend } from '../../src/policy/network/wasm.ts';
import { contract } from './contract.ts';
import { numbers } from './reference.ts';

describe('wasm', () => contract(defaultBackend));

/** y = tanh(x): one hidden unit, weights 1, biases 0. */
function tanh(x: Float64Array): Float64Array {
  return defaultBackend.network([1, 1, 1]).forward(Float64Array.of(1, 0, 1, 0), x, x.length);
}

// Against 160-bit arithmetic the kernel was at most 2.2 ulp off (3.1e-16), Math.tanh 2.0 ulp.
test('tanh is within 1e-15 of Math.tanh, from subnormal to saturated', () => {
  const edges = [5e-324, 1e-310, 1e-20, 0, 0.1732867951399863, 0.5198603854199589, 19.06, 22, 750, 1e308];
  const x = Float64Array.from([
    ...numbers(1, 20_000, 3),
    ...numbers(2, 20_000, 25),
    ...numbers(3, 5_000, 1e-3),
    ...edges,
  ]);
  tanh(x).forEach((y, i) => {
    const truth = Math.tanh(x[i]);
    if (!(Math.abs(y - truth) <= 1e-15 * Math.abs(truth))) expect.fail(`tanh(${x[i]}) = ${y}, not ${truth}`);
  });
});

test('tanh of infinities and of NaN', () => {
  expect([...tanh(Float64Array.of(Infinity, -Infinity, NaN, 1))].slice(0, 3)).toEqual([1, -1, NaN]);
});

// A policy is its bytes and these bits; as with the scalar kernels, they change only on purpose.
test('the bits of forward, vjp and jvp have not changed', () => {
  const net = defaultBackend.network([20, 33, 64, 7]);
  const hash = createHash('sha256');
  const add = (array: Float64Array) => hash.update(new Uint8Array(array.slice().buffer));
  add(net.forward(numbers(1, net.size, 0.6), numbers(2, 101 * 20, 2), 101));
  add(net.vjp(numbers(3, 101 * 7)));
  add(net.jvp(numbers(4, net.size)));
  expect(hash.digest('hex')).toBe('d3385bcc1c3e8806c37e31748f120de21f1cf0b966faae01ed0978386e385d96');
});

test('the gradient is summed over the rows upwards, however many there are', () => {
  // Of all sizes, so that any other order would round otherwise.
  const net = defaultBackend.network([1, 1]);
  const n = 2500;
  const x = numbers(2, n, 2);
  const u = numbers(3, n).map((value, i) => value * 2 ** (i % 40));
  net.forward(Float64Array.of(1, 0), x, n);
  const sum = Float64Array.of(0, 0);
  for (let i = 0; i < n; i++) {
    sum[0] += x[i] * u[i];
    sum[1] += u[i];
  }
  expect(net.vjp(u)).toEqual(sum);
});

test('products of columns are summed over the rows upwards, however many rows come at a time', () => {
  const [k, m, n] = [5, 70, 2500];
  const [x, u] = [numbers(2, n * k, 2), numbers(3, n * m).map((value, i) => value * 2 ** (i % 40))];
  const expected = new Float64Array(k * m);
  for (let r = 0; r < n; r++) {
    for (let i = 0; i < k; i++) for (let j = 0; j < m; j++) expected[i * m + j] += x[r * k + i] * u[r * m + j];
  }
  const products = createProducts(k, m);
  for (const piece of [products.room, 999, 1]) {
    for (let start = 0; start < n; start += piece) {
      const end = Math.min(n, start + piece);
      products.x.set(x.subarray(start * k, end * k));
      products.u.set(u.subarray(start * m, end * m));
      products.add(end - start, start === 0);
    }
    expect(products.total()).toEqual(expected);
  }
});

test('how the memory was laid out before changes no bit', () => {
  const bits = (widths: readonly number[], counts: readonly number[]) => {
    const net = defaultBackend.network(widths);
    const theta = numbers(1, net.size, 0.6);
    let last: unknown[] = [];
    for (const n of counts) {
      const y = net.forward(theta, numbers(2, n * widths[0], 2), n).slice();
      const u = numbers(3, n * (widths.at(-1) as number));
      last = [y, net.vjp(u).slice(), net.jvp(theta).slice(), net.vjp(u).slice()];
    }
    return last;
  };
  for (const widths of [
    [3, 9, 2],
    [5, 70, 81, 3],
  ]) {
    for (const n of [15, 16, 1100]) expect(bits(widths, [n + 1, 4001, 4, n])).toEqual(bits(widths, [n]));
  }
});

test('a batch that does not fit in memory is refused, and the network goes on', () => {
  const net = defaultBackend.network([1, 100_000, 1]);
  const theta = numbers(1, net.size);
  const x = numbers(2, 3);
  const before = net.forward(theta, x, 3).slice();
  expect(() => net.forward(theta, new Float64Array(10_000), 10_000)).toThrow(/10000 rows .*does not fit in 4 GiB$/);
  expect(() => net.vjp(x)).toThrow(/found none$/);
  expect(net.forward(theta, x.subarray(0, 2), 2)).toEqual(before.subarray(0, 2));
});
