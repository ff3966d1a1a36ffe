import { describe, expect, it } from 'vitest';
import { type Random, stream } from '../../envs/math/random.ts';
import {
  bootstrapBand,
  bootstrapInterval,
  interquartileMean,
  meanInterval,
  median,
  paired,
  proportionInterval,
  quantile,
  ratesInterval,
  runsInterval,
  studentQuantile,
} from '../../src/statistics/intervals.ts';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("Wilson's interval", () => {
  // R. G. Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('of %i in %i is [%d, %d]', (successes, n, low, high) => {
    const interval = proportionInterval(successes / n, n);
    expect(interval[0]).toBeCloseTo(low, 4);
    expect(interval[1]).toBeCloseTo(high, 4);
  });

  it('treats successes as it treats failures, and lies about the rate and within [0, 1]', () => {
    for (const n of [1, 2, 100]) {
      for (let k = 0; k <= n; k++) {
        const [low, high] = proportionInterval(k / n, n);
        const [otherLow, otherHigh] = proportionInterval((n - k) / n, n);
        expect(low).toBeCloseTo(1 - otherHigh, 12);
        expect(high).toBeCloseTo(1 - otherLow, 12);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(k / n);
      }
    }
  });
});

describe('interval of a mean', () => {
  it("is Student's quantile of standard errors to either side", () => {
    // Variance 2.5, of five values: standard error sqrt(1/2); four degrees of freedom.
    const [low, high] = meanInterval([1, 2, 3, 4, 5]) ?? [];
    expect(low).toBeCloseTo(3 - 2.776445 * Math.SQRT1_2, 6);
    expect(high).toBeCloseTo(3 + 2.776445 * Math.SQRT1_2, 6);
  });

  it('is none for one value, and has no width for equal ones', () => {
    expect(meanInterval([7])).toBeNull();
    expect(meanInterval([2, 2, 2])).toEqual([2, 2]);
  });

  it.each([
    // Tables of Student's t, two-sided 95 %.
    [1, 12.706204736],
    [2, 4.30265273],
    [3, 3.182446305],
    [4, 2.776445105],
    [9, 2.262157163],
    [10, 2.228138852],
    [29, 2.045229642],
    [100, 1.983971519],
    [200, 1.971896224],
    [201, 1.971836507],
    [499, 1.964729391],
    [1e6, 1.959966357],
  ])('takes the quantile of %d degrees of freedom', (degrees, expected) => {
    expect(studentQuantile(degrees)).toBeCloseTo(expected, 7);
  });

  it.each([2, 3, 5, 10])('holds the mean of %d normal values 95 times in 100', (n) => {
    const random = stream(3, 'bootstrap', n);
    const trials = 20_000;
    let held = 0;
    for (let k = 0; k < trials; k++) {
      const [low, high] = meanInterval(Array.from({ length: n }, () => random.normal())) ?? [1, -1];
      if (low <= 0 && high >= 0) held++;
    }
    expect(Math.abs(held / trials - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / trials));
  });
});

describe('interval of runs', () => {
  const populations: Readonly<Record<string, (random: Random) => number>> = {
    normal: (random) => random.normal(),
    skewed: (random) => Math.exp(0.5 * random.normal()),
    'one in five failed': (random) => (random.uniform() < 0.2 ? 60 : 12 + 2 * random.normal()),
  };
  const located = { mean, 'interquartile mean': interquartileMean };
  // The mean of runs of which some fail is not to be had from a few that did not.
  const cases = [
    ['mean', 'normal'],
    ['mean', 'skewed'],
    ['interquartile mean', 'normal'],
    ['interquartile mean', 'one in five failed'],
  ].flatMap(([of, population]) => [2, 3, 5, 9].map((n) => [of, n, population] as const));

  it.each(cases)('holds the %s of %i, %s, at least 92 times in 100', (of, n, population) => {
    const statistic = located[of as keyof typeof located];
    const random = stream(5, 'bootstrap', n);
    const draw = (count: number) => Array.from({ length: count }, () => populations[population](random));
    const truth = statistic(draw(100_000));
    const trials = 600;
    let held = 0;
    for (let k = 0; k < trials; k++) {
      const [low, high] = runsInterval(draw(n), statistic, 60, k) ?? [1, -1];
      if (low <= truth && truth <= high) held++;
    }
    expect(held / trials).toBeGreaterThan(0.92 - 3 * Math.sqrt((0.92 * 0.08) / trials));
  });

  it("is Student's where that is wider, the bootstrap's where that is, and none for one run", () => {
    const student = runsInterval([1, 2, 3, 4, 5], mean, 1000, 1);
    expect(student).toEqual(meanInterval([1, 2, 3, 4, 5])?.map((end) => expect.closeTo(end, 12)));
    const kinds = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1];
    expect(runsInterval(kinds, interquartileMean, 1000, 1)?.[1]).toBe(
      bootstrapInterval(kinds, interquartileMean, 1000, 1)[1],
    );
    expect(runsInterval([1], mean, 1000, 1)).toBeNull();
    expect(ratesInterval([1], 100, 1000, 1)).toBeNull();
  });

  it('does not leave what values can be', () => {
    expect(runsInterval([9, 15], mean, 100, 1)?.[0]).toBeLessThan(0);
    expect(runsInterval([9, 15], mean, 100, 1, [0, 20])).toEqual([0, 20]);
    expect(runsInterval([11, 12, 13], mean, 100, 1, [0, 20])).toEqual(runsInterval([11, 12, 13], mean, 100, 1));
  });

  it('of rates that are alike is that of all their cases', () => {
    expect(ratesInterval([0.9, 0.9, 0.9], 100, 1000, 1)).toEqual(proportionInterval(0.9, 300));
    expect(ratesInterval([0.5, 1, 1], 1e6, 1000, 1)).toEqual([expect.closeTo(0.1162, 3), 1]);
  });
});

describe('paired values', () => {
  const b = [-0.1, -0.4, -0.25, -0.9, -0.02, -0.31, -0.22, -0.5, -0.07, -0.6];

  it('have no uncertainty where every case differs by the same, or by the same factor', () => {
    const shifted = paired(
      b.map((value) => value - 0.5),
      b,
    );
    expect(shifted.difference).toBeCloseTo(-0.5, 12);
    for (const end of shifted.differenceInterval ?? []) expect(end).toBeCloseTo(-0.5, 12);
    const doubled = paired(
      b.map((value) => 2 * value),
      b,
    );
    expect(doubled.ratio).toBeCloseTo(2, 12);
    for (const end of doubled.ratioInterval ?? []) expect(end).toBeCloseTo(2, 12);
    expect(doubled.differenceInterval?.[0]).toBeLessThan(doubled.difference);
  });

  it('have an interval of the differences, and one of the ratio by cases drawn together', () => {
    const a = [-0.2, -0.3, -0.35, -0.8, -0.12, -0.3, -0.2, -0.55, -0.1, -0.5];
    const found = paired(a, b);
    const differences = a.map((value, i) => value - b[i]);
    expect(found.difference).toBeCloseTo(mean(differences), 12);
    expect(found.differenceInterval).toEqual(meanInterval(differences));
    expect(found.ratio).toBeCloseTo(mean(a) / mean(b), 12);
    const draw = (of: readonly number[]) => mean(of.map((i) => a[i])) / mean(of.map((i) => b[i]));
    const [low, high] = bootstrapInterval([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], draw, 2000, 0);
    expect(found.ratioInterval?.[0]).toBeCloseTo(low, 12);
    expect(found.ratioInterval?.[1]).toBeCloseTo(high, 12);
    expect(low).toBeLessThan(high);
  });

  it('have no interval of the ratio for fewer than ten cases, and none of the difference for one', () => {
    expect(paired(b.slice(1), b.slice(1)).ratioInterval).toBeNull();
    expect(paired(b, b).ratioInterval).not.toBeNull();
    expect(paired([1], [2]).differenceInterval).toBeNull();
  });
});

describe('quantile', () => {
  it.each([
    [[4, 1, 3, 2], 0.5, 2.5],
    [[4, 1, 3, 2], 0, 1],
    [[4, 1, 3, 2], 1, 4],
    // Position 0.1 * 3 = 0.3, so 0.7 * 1 + 0.3 * 2.
    [[4, 1, 3, 2], 0.1, 1.3],
    [[7], 0.025, 7],
  ])('of %j at %d is %d', (values, p, expected) => expect(quantile(values, p)).toBeCloseTo(expected, 12));

  it('at a half is the median, and leaves the values as they were', () => {
    const values = [5, 100, 1];
    expect(median(values)).toBe(5);
    expect(values).toEqual([5, 100, 1]);
  });
});

describe('interquartile mean', () => {
  // By hand: a quarter of the mass goes at either end, and the values at the cuts keep what is left of them.
  it.each([
    [[3], 3],
    [[1, 2], 1.5],
    // (0.25 * 0 + 1 * 1 + 0.25 * 8) / 1.5
    [[8, 0, 1], 2],
    // Whole values: (2 + 3) / 2
    [[100, 2, 3, -100], 2.5],
    // (0.75 * 1 + 5 + 0.75 * 9) / 2.5
    [[0, 1, 5, 9, 1000], 5],
    // (0.5 * 1 + 2 + 3 + 0.5 * 10) / 3
    [[0, 1, 2, 3, 10, 99], 10.5 / 3],
    // Ten seeds: (0.5 * 3 + 4 + 5 + 6 + 7 + 0.5 * 20) / 5
    [[1, 2, 3, 4, 5, 6, 7, 20, 900, 1000], 6.7],
  ])('of %j is %d', (values, expected) => {
    expect(interquartileMean(values)).toBeCloseTo(expected, 12);
    expect(interquartileMean([...values].reverse())).toBe(interquartileMean(values));
  });

  it('of equal values is that value, to the bit', () => {
    for (let n = 1; n <= 20; n++) expect(interquartileMean(Array(n).fill(1))).toBe(1);
  });

  it('does not see what becomes of the outer quarters', () => {
    expect(interquartileMean([-1e9, 1, 2, 3, 4, 5, 6, 1e9])).toBe(interquartileMean([0, 1, 2, 3, 4, 5, 6, 7]));
  });
});

describe('bootstrap interval', () => {
  it('has the quantiles of the resampled statistic', () => {
    // The mean of five draws from one 1 and four 0s is Binomial(5, 0.2) / 5: P(0) = 0.33, P(>= 3/5) = 0.058,
    // P(>= 4/5) = 0.0067. So the 2.5 % quantile is 0 and that of 97.5 % is 3/5, by many standard errors of 10,000 draws.
    expect(bootstrapInterval([0, 0, 1, 0, 0], mean, 10_000, 3)).toEqual([0, 0.6]);
  });

  it('of a mean agrees with the normal approximation for many values', () => {
    const values = Array.from({ length: 400 }, (_, i) => (i * 37) % 400);
    const [low, high] = bootstrapInterval(values, mean, 4000, 1);
    const [expectedLow, expectedHigh] = meanInterval(values) ?? [0, 0];
    // The standard error of the mean is 5.8; that of such a quantile is a 25th of it.
    expect(Math.abs(low - expectedLow)).toBeLessThan(1.2);
    expect(Math.abs(high - expectedHigh)).toBeLessThan(1.2);
  });

  it('depends on its seed alone, and has no width for equal values or for one', () => {
    const values = [1, 4, 9, 16, 25, 36];
    const of = (seed: number) => bootstrapInterval(values, mean, 200, seed);
    expect(of(5)).toEqual(of(5));
    expect(of(5)).not.toEqual(of(6));
    expect(bootstrapInterval([0.5, 0.5, 0.5], interquartileMean, 100, 0)).toEqual([0.5, 0.5]);
    expect(bootstrapInterval([7], mean, 100, 0)).toEqual([7, 7]);
  });

  it('of curves draws whole runs: every point has the interval of its values by the same draws', () => {
    const points = [
      [1, 2, 3, 4, 9],
      [5, 1, 8, 2, 2],
    ];
    const expected = points.map((values) => bootstrapInterval(values, interquartileMean, 300, 4));
    expect(bootstrapBand(points, interquartileMean, 300, 4)).toEqual(expected);
    // Mirrored values have mirrored intervals, if and only if the draws are the same.
    const mirrored = [points[0], points[0].map((value) => 10 - value)];
    const [[low, high], [mirrorLow, mirrorHigh]] = bootstrapBand(mirrored, mean, 300, 4);
    expect(low + mirrorHigh).toBeCloseTo(10, 12);
    expect(high + mirrorLow).toBeCloseTo(10, 12);
    expect(bootstrapBand([], mean, 10, 0)).toEqual([]);
  });
});
