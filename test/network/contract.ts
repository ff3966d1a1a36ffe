import { describe, expect, test } from 'vitest';
import type { NetBackend, Network } from '../../src/policy/network/types.ts';
import { dot, numbers, referenceNetwork } from './reference.ts';

const shapes = [
  [3, 2],
  [1, 1],
  [20, 64, 64, 7],
  [5, 17, 3],
  [7, 9, 13, 11, 1],
  [2, 33, 65, 4],
];
const counts = [1, 2, 3, 5, 31, 64, 101];

/** The largest difference, relative to the largest number expected; NaN, which no bound admits, where there is a NaN. */
export function distance(found: Float64Array, expected: Float64Array): number {
  expect(found.length).toBe(expected.length);
  const scale = Math.max(...expected.map(Math.abs), 1e-300);
  return Math.max(...found.map((value, i) => Math.abs(value - expected[i]))) / scale;
}

const bytesOf = (array: Float64Array) => Buffer.from(array.slice().buffer).toString('hex');

/** A point to differentiate at. Weights of this size saturate some of the units, but not all. */
function point(net: Network, n: number) {
  return { theta: numbers(1, net.size, 0.6), x: numbers(2, n * net.widths[0], 2) };
}

/** Relative to the largest number there is. */
const bounds = { float64: 1e-12, float32: 1e-5 };

/** What holds for every backend: its numbers against the plainest implementation, to what its type can hold. */
export function contract(backend: NetBackend): void {
  const bound = bounds[backend.dtype];
  const isExact = backend.dtype === 'float64';

  describe.each(shapes)('widths %j', (...widths) => {
    const net = backend.network(widths);
    const reference = referenceNetwork(widths);
    const outputs = widths[widths.length - 1];

    test('has as many parameters as the reference', () => {
      expect(net.size).toBe(reference.size);
    });

    test.each(counts)('forward, vjp and jvp of %i rows equal the reference', (n) => {
      const { theta, x } = point(net, n);
      const u = numbers(3, n * outputs);
      const v = numbers(4, net.size);
      expect(distance(net.forward(theta, x, n), reference.forward(theta, x, n))).toBeLessThan(bound);
      expect(distance(net.vjp(u), reference.vjp(u))).toBeLessThan(bound);
      expect(distance(net.jvp(v), reference.jvp(v))).toBeLessThan(bound);
    });

    // Differences of float32 numbers are mostly rounding: there the reference's derivatives have to do.
    if (isExact)
      test('vjp and jvp are the derivatives of forward', () => {
        const n = 5;
        const { theta, x } = point(net, n);
        const u = numbers(3, n * outputs);
        const h = 1e-5;
        const central = (v: Float64Array) => {
          const ahead = net
            .forward(
              theta.map((value, i) => value + h * v[i]),
              x,
              n,
            )
            .slice();
          const behind = net.forward(
            theta.map((value, i) => value - h * v[i]),
            x,
            n,
          );
          return ahead.map((value, i) => (value - behind[i]) / (2 * h));
        };
        for (let seed = 10; seed < 15; seed++) {
          const v = numbers(seed, net.size);
          const differences = central(v);
          net.forward(theta, x, n);
          expect(distance(net.jvp(v), differences)).toBeLessThan(1e-6);
          expect(Math.abs(dot(net.vjp(u), v) - dot(u, differences))).toBeLessThan(
            1e-6 * (1 + Math.abs(dot(u, differences))),
          );
        }
      });

    test.each(counts)('<u, J v> = <J^T u, v> over %i rows', (n) => {
      const { theta, x } = point(net, n);
      net.forward(theta, x, n);
      const u = numbers(5, n * outputs);
      const v = numbers(6, net.size);
      const sum = dot(u, net.jvp(v));
      expect(Math.abs(dot(net.vjp(u), v) - sum)).toBeLessThan(10 * bound * (1 + Math.abs(sum)) * Math.sqrt(n));
    });

    test.each([1, 2, 3, 5, 64, 1000])('a row among %i is what it is alone, to the byte in float64', (n) => {
      const { theta, x } = point(net, n);
      const v = numbers(7, net.size);
      const together = [net.forward(theta, x, n), net.jvp(v)].map((array) => array.slice());
      const single = backend.network(widths);
      const alone = together.map((array) => array.slice());
      for (let r = 0; r < n; r += n > 100 ? 37 : 1) {
        const row = x.subarray(r * widths[0], (r + 1) * widths[0]);
        alone[0].set(single.forward(theta, row, 1), r * outputs);
        alone[1].set(single.jvp(v), r * outputs);
      }
      if (isExact) expect(alone.map(bytesOf)).toEqual(together.map(bytesOf));
      else for (const k of [0, 1]) expect(distance(alone[k], together[k])).toBeLessThan(bound);
    });

    test('vjp sums in an order that only the number of rows decides', () => {
      const { theta, x } = point(net, 101);
      const u = numbers(8, 101 * outputs);
      net.forward(theta, x, 101);
      const first = bytesOf(net.vjp(u));
      net.forward(theta, numbers(9, 2000 * widths[0]), 2000);
      net.vjp(numbers(9, 2000 * outputs));
      net.forward(theta, x, 101);
      expect(bytesOf(net.vjp(u))).toBe(first);
    });
  });

  test('no rows: no outputs, and a gradient of zeros', () => {
    const net = backend.network([3, 5, 2]);
    expect(net.forward(numbers(1, net.size), new Float64Array(0), 0)).toHaveLength(0);
    expect(net.vjp(new Float64Array(0)).every((value) => value === 0)).toBe(true);
    expect(net.jvp(numbers(1, net.size))).toHaveLength(0);
  });

  test('two networks alive at once keep their own activations', () => {
    const [a, b] = [backend.network([5, 17, 3]), backend.network([5, 17, 3])];
    const u = numbers(3, 40 * 3);
    const [thetaA, thetaB] = [numbers(1, a.size), numbers(2, b.size)];
    const x = numbers(4, 40 * 5);
    const yA = a.forward(thetaA, x, 40);
    const [copyY, copyGrad] = [bytesOf(yA), bytesOf(a.vjp(u))];
    b.forward(thetaB, numbers(5, 500 * 5), 500);
    b.vjp(numbers(6, 500 * 3));
    b.jvp(numbers(7, b.size));
    expect(bytesOf(yA)).toBe(copyY);
    expect(bytesOf(a.vjp(u))).toBe(copyGrad);
  });

  test('derivatives are taken at the parameters of the forward pass, whatever became of the array', () => {
    const net = backend.network([5, 17, 3]);
    const { theta, x } = point(net, 9);
    const u = numbers(3, 9 * 3);
    net.forward(theta, x, 9);
    const before = bytesOf(net.vjp(u));
    theta.fill(0);
    x.fill(0);
    expect(bytesOf(net.vjp(u))).toBe(before);
  });

  test('wrong sizes are named with what was expected and found', () => {
    const net = backend.network([3, 4, 2]);
    const theta = numbers(1, net.size);
    expect(() => net.vjp(new Float64Array(2))).toThrow(/^vjp .*forward pass.*: expected one before, found none$/);
    expect(() => net.jvp(theta)).toThrow(/^jvp .*forward pass.*: expected one before, found none$/);
    expect(() => net.forward(new Float64Array(25), new Float64Array(3), 1)).toThrow(
      /^theta: expected 26 numbers, found 25$/,
    );
    expect(() => net.forward(theta, new Float64Array(7), 2)).toThrow(/^x of 2 rows: expected 6 numbers, found 7$/);
    net.forward(theta, new Float64Array(6), 2);
    expect(() => net.vjp(new Float64Array(2))).toThrow(/^u .*2 rows.*: expected 4 numbers, found 2$/);
    expect(() => net.jvp(new Float64Array(4))).toThrow(/^v: expected 26 numbers, found 4$/);
    expect(() => backend.network([3])).toThrow(/two positive integer widths, found \[3\]/);
    expect(() => backend.network([3, 0, 2])).toThrow(/two positive integer widths, found \[3, 0, 2\]/);
  });
}
