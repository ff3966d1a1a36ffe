import { describe, expect, it } from 'vitest';
import { createNormalizer, normalize, takeIn } from '../../src/policy/normalizer.ts';
import { numbers } from '../network/reference.ts';
import { largestError } from './support.ts';

const [n, size] = [60, 3];
/** Columns of unlike place and scale; the second is far from 0, where sums of squares lose their digits. */
const obs = Float32Array.from(numbers(1, n * size), (x, k) => [x, 1000 + x, 1e-3 * x][k % size]);

function taken(batches: readonly number[]) {
  const normalizer = createNormalizer(size);
  let at = 0;
  for (const rows of batches) {
    takeIn(normalizer, obs.subarray(at * size, (at + rows) * size));
    at += rows;
  }
  expect(at).toBe(n);
  return normalizer;
}

describe('observation statistics', () => {
  const splits = [[60], new Array<number>(60).fill(1), [1, 59], [59, 1], [7, 13, 40], [30, 30]];

  it.each(splits.map((split) => [split]))('are those of all observations in one, in batches of %j', (split) => {
    const normalizer = taken(split);
    expect(normalizer.count).toBe(n);
    for (let j = 0; j < size; j++) {
      const column = Array.from(obs).filter((_, k) => k % size === j);
      const mean = column.reduce((sum, x) => sum + x, 0) / n;
      const variance = column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / n;
      expect(Math.abs(normalizer.mean[j] - mean)).toBeLessThan(1e-12 * Math.max(1, Math.abs(mean)));
      expect(Math.abs(normalizer.squares[j] / n - variance)).toBeLessThan(1e-9 * variance);
    }
  });

  it('bring what they have seen to mean 0 and deviation 1', () => {
    const z = normalize(taken([60]), obs, new Float64Array(n * size));
    for (const j of [0, 1]) {
      const column = z.filter((_, k) => k % size === j);
      expect(Math.abs(column.reduce((sum, x) => sum + x, 0) / n)).toBeLessThan(1e-9);
      expect(column.reduce((sum, x) => sum + x * x, 0) / n).toBeCloseTo(1, 6);
    }
  });
});

describe('normalised observations', () => {
  it('are the observations, clipped, while nothing was taken in', () => {
    const z = normalize(createNormalizer(4), Float32Array.of(0.5, -3, 10.5, -1e30), new Float64Array(4));
    expect(Array.from(z)).toEqual([0.5, -3, 10, -10]);
  });

  it('are clipped at 10 standard deviations', () => {
    const normalizer = taken([60]);
    const deviation = Math.sqrt(normalizer.squares[0] / n);
    const far = [-12, -9, 9, 12].flatMap((z) => [normalizer.mean[0] + z * deviation, 1000, 0]);
    const z = normalize(normalizer, Float32Array.from(far), new Float64Array(far.length));
    expect(
      largestError(
        [0, 3, 6, 9].map((k) => z[k]),
        [-10, -9, 9, 10],
      ),
    ).toBeLessThan(1e-4);
  });

  it('are finite where an observation never changes', () => {
    const normalizer = createNormalizer(1);
    takeIn(normalizer, Float32Array.of(0.1, 0.1, 0.1));
    const z = normalize(normalizer, Float32Array.of(0.1, 0.2), new Float64Array(2));
    expect(Math.abs(z[0])).toBeLessThan(1e-6);
    expect(z[1]).toBe(10);
  });
});
