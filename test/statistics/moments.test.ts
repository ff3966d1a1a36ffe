import { describe, expect, it } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import {
  chiSquareAbove,
  chiSquareBelow,
  chiSquareQuantile,
  hotelling,
  noncentralAbove,
  normalQuantile,
  requiredNoncentrality,
  samplesToFind,
} from '../../src/statistics/chi-square.ts';
import { bootstrap, middle } from '../../src/statistics/intervals.ts';
import { largestEigenvalue, solve, trace } from '../../src/statistics/matrix.ts';
import {
  Accumulator,
  momentsOf,
  momentsOfSample,
  slopeOf,
  traceDeviation,
  traceOf,
} from '../../src/statistics/moments.ts';
import { largestError } from '../learning/support.ts';

const random = stream(2, 'noise');
const normals = (n: number) => Float64Array.from({ length: n }, () => random.normal());

describe('the chi-square distribution', () => {
  it('has the tails of the tables', () => {
    // For even degrees of freedom e^(-x/2) sum_k (x/2)^k / k!; for one, twice the normal tail.
    for (const x of [0.5, 3, 12, 40, 90]) {
      expect(chiSquareAbove(x, 2) / Math.exp(-x / 2)).toBeCloseTo(1, 9);
      const six = Math.exp(-x / 2) * (1 + x / 2 + (x / 2) ** 2 / 2);
      expect(chiSquareAbove(x, 6) / six).toBeCloseTo(1, 9);
      for (const d of [1, 3, 7]) expect(chiSquareAbove(x, d) + chiSquareBelow(x, d)).toBeCloseTo(1, 12);
    }
    expect(normalQuantile(0.05)).toBeCloseTo(1.959963984540054, 9);
    expect(normalQuantile(1e-6)).toBeCloseTo(4.891638475699, 8);
    expect(chiSquareQuantile(0.05, 7)).toBeCloseTo(14.06714, 4);
    expect(chiSquareQuantile(0.001, 3)).toBeCloseTo(16.26624, 4);
  });

  it('has its noncentral relative: with one degree of freedom a shifted normal', () => {
    for (const lambda of [0.5, 4, 30]) {
      const [x, mu] = [9, Math.sqrt(lambda)];
      const above = (z: number) => (z < 0 ? 1 - chiSquareAbove(z * z, 1) / 2 : chiSquareAbove(z * z, 1) / 2);
      const expected = above(3 - mu) + above(3 + mu);
      expect(noncentralAbove(x, 1, lambda)).toBeCloseTo(expected, 9);
    }
  });

  it('gives the power that it was asked for, in the hardest direction', () => {
    const covariance = [
      [4, 1],
      [1, 2],
    ];
    const [alpha, power, bias] = [0.01, 0.9, 0.2];
    const n = samplesToFind(bias, covariance, alpha, power);
    const largest = largestEigenvalue(covariance);
    expect(largest).toBeCloseTo(3 + Math.SQRT2, 9);
    const critical = chiSquareQuantile(alpha, 2);
    expect(noncentralAbove(critical, 2, (n * bias * bias) / largest)).toBeGreaterThanOrEqual(power - 1e-9);
    expect(noncentralAbove(critical, 2, ((n - 2) * bias * bias) / largest)).toBeLessThan(power);
    expect(requiredNoncentrality(alpha, 2, power)).toBeCloseTo((n * bias * bias) / largest, 1);
  });
});

describe('Hotelling', () => {
  it('finds a shift as often as chi-square says, and none as often as its level', () => {
    const [n, runs, level] = [400, 600, 0.1];
    let [false_, found] = [0, 0];
    for (let k = 0; k < runs; k++) {
      const sample = Array.from({ length: n }, () => {
        const [a, b] = normals(2);
        return Float64Array.of(a, 0.8 * a + b);
      });
      const moments = momentsOfSample(sample);
      if (hotelling(moments, Float64Array.of(0, 0)).p < level) false_++;
      if (hotelling(moments, Float64Array.of(0.15, 0.12)).p < level) found++;
    }
    // mu^T Sigma^-1 mu = 0.15^2 for a mean that lies along the first draw.
    const expected = noncentralAbove(chiSquareQuantile(level, 2), 2, n * 0.15 ** 2);
    // Five standard deviations of a share of 600, and 2 % for n being 400.
    expect(Math.abs(false_ / runs - level)).toBeLessThan(5 * Math.sqrt(0.09 / runs) + 0.02);
    expect(Math.abs(found / runs - expected)).toBeLessThan(5 * Math.sqrt(0.25 / runs) + 0.02);
  });
});

describe('moments', () => {
  const sample = Array.from({ length: 500 }, () => normals(3).map((value, i) => 5 + value * (i + 1)));

  it('are the same of a list, of counts, and one at a time', () => {
    const all = momentsOfSample(sample);
    const twice = momentsOf(sample, new Float64Array(sample.length).fill(2), 1000);
    const accumulator = new Accumulator(Float64Array.of(4, 4, 4));
    for (const x of sample) accumulator.add(x);
    const one = accumulator.moments();
    for (const other of [twice, one]) {
      expect(largestError(other.mean, all.mean)).toBeLessThan(1e-12);
      expect(largestError(other.covariance.flat(), all.covariance.flat())).toBeLessThan(1e-11);
    }
    const indices = Int32Array.from(sample, (_, i) => i);
    expect((traceOf(sample, indices) * 499) / 500).toBeCloseTo(trace(all.covariance), 9);
  });

  it('say how far a measured trace strays, and the bootstrap agrees', () => {
    const all = momentsOfSample(sample);
    const [low, high] = middle(bootstrap(sample.length, (indices) => [traceOf(sample, indices)], random, 400)[0]);
    const width = 2 * 1.96 * traceDeviation(all, sample.length);
    // Percentiles of 400 repetitions are known to about a tenth.
    expect((high - low) / width).toBeGreaterThan(0.75);
    expect((high - low) / width).toBeLessThan(1.25);
  });
});

it('solves a system whose first pivot is 0', () => {
  const x = solve(
    [
      [0, 2, 1],
      [1, 1, 0],
      [3, 0, -1],
    ],
    [7, 3, 0],
  );
  expect(largestError(x, [1, 2, 3])).toBeLessThan(1e-12);
});

it('fits a line, and knows how far its slope strays', () => {
  const { slope, deviation } = slopeOf([0, 1, 2, 3], [1, 3, 5, 7], [0.1, 0.1, 0.1, 0.1]);
  expect(slope).toBeCloseTo(2, 12);
  expect(deviation).toBeCloseTo(0.1 / Math.sqrt(5), 12);
});
