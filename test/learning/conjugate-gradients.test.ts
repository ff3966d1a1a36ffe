import { describe, expect, it } from 'vitest';
import { solvePositiveDefinite } from '../../envs/math/cholesky.ts';
import { dot } from '../../envs/math/dot.ts';
import { conjugateGradients } from '../../src/optim/conjugate-gradients.ts';
import { numbers } from '../network/reference.ts';
import { largestError } from './support.ts';

/** G G^T + I [n, n] */
function positiveDefinite(n: number, seed: number): Float64Array {
  const g = numbers(seed, n * n);
  return Float64Array.from({ length: n * n }, (_, k) => {
    const [i, j] = [Math.floor(k / n), k % n];
    let sum = i === j ? 1 : 0;
    for (let m = 0; m < n; m++) sum += g[i * n + m] * g[j * n + m];
    return sum;
  });
}

/** A v, and how often it was asked for. */
function counted(a: Float64Array) {
  const calls = { count: 0 };
  const product = (v: Float64Array) => {
    calls.count++;
    return v.map((_, i) => dot(a.subarray(i * v.length, (i + 1) * v.length), v));
  };
  return { calls, product };
}

const residual = (a: Float64Array, x: Float64Array, b: Float64Array) => {
  const difference = counted(a)
    .product(x)
    .map((value, i) => value - b[i]);
  return Math.sqrt(dot(difference, difference) / dot(b, b));
};

describe('conjugate gradients', () => {
  it.each([1, 2, 7, 12])('of %i equations agree with a dense solver after as many iterations', (n) => {
    for (const seed of [1, 2, 3]) {
      const [a, b] = [positiveDefinite(n, seed), numbers(seed + 10, n)];
      const found = conjugateGradients(counted(a).product, b, n, 0);
      expect(largestError(found, solvePositiveDefinite(a, b))).toBeLessThan(1e-9);
    }
  });

  it('need one iteration for each eigenvalue, however many equations there are', () => {
    const diagonal = Float64Array.from({ length: 30 }, (_, i) => [1, 4, 9][i % 3]);
    const b = numbers(1, 30);
    const product = (v: Float64Array) => v.map((x, i) => diagonal[i] * x);
    const exact = b.map((x, i) => x / diagonal[i]);
    expect(largestError(conjugateGradients(product, b, 3), exact)).toBeLessThan(1e-13);
    expect(largestError(conjugateGradients(product, b, 2), exact)).toBeGreaterThan(1e-3);
  });

  it('go along b first, as far as is best', () => {
    const [a, b] = [positiveDefinite(9, 4), numbers(5, 9)];
    const image = counted(a).product(b);
    const found = conjugateGradients(counted(a).product, b, 1);
    expect(
      largestError(
        found,
        b.map((x) => (x * dot(b, b)) / dot(b, image)),
      ),
    ).toBeLessThan(1e-15);
  });

  it('are in every iteration the best that there is among the directions so far: x^T A x / 2 - b^T x falls', () => {
    const [a, b] = [positiveDefinite(12, 6), numbers(7, 12)];
    const energy = (x: Float64Array) => 0.5 * dot(x, counted(a).product(x)) - dot(b, x);
    const energies = [0, 1, 2, 3, 4, 5, 6].map((k) => energy(conjugateGradients(counted(a).product, b, k)));
    for (let k = 1; k < energies.length; k++) expect(energies[k]).toBeLessThan(energies[k - 1]);
    expect(energies[0]).toBe(0);
  });

  it.each([1e-2, 1e-5, 1e-9])('stop once the residual has shrunk by %d, and not before', (tolerance) => {
    // Eigenvalues from 1 to 200, so that it does not shrink that much at once.
    const n = 40;
    const a = Float64Array.from({ length: n * n }, (_, k) => (k % (n + 1) === 0 ? 1 + 5 * Math.floor(k / n) : 0));
    const b = numbers(9, n);
    const { calls, product } = counted(a);
    const found = conjugateGradients(product, b, 1000, tolerance);
    expect(residual(a, found, b)).toBeLessThanOrEqual(1.001 * tolerance);
    const before = conjugateGradients(counted(a).product, b, calls.count - 1, tolerance);
    expect(residual(a, before, b)).toBeGreaterThan(tolerance);
    expect(conjugateGradients(counted(a).product, b, calls.count, 0)).toEqual(found);
  });

  it('do at most as many products as they are told, none for b = 0, and leave b as it was', () => {
    const [a, b] = [positiveDefinite(12, 6), numbers(7, 12)];
    const { calls, product } = counted(a);
    conjugateGradients(product, b, 5);
    expect(calls.count).toBe(5);
    expect(b).toEqual(numbers(7, 12));
    expect(Array.from(conjugateGradients(product, new Float64Array(12), 5))).toEqual(new Array(12).fill(0));
    expect(calls.count).toBe(5);
  });
});
