import { expect, test } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import { hierarchicalInterval, hierarchicalRateInterval } from '../../src/statistics/hierarchical.ts';
import { meanInterval, proportionInterval } from '../../src/statistics/intervals.ts';

const none = [Number.NaN, Number.NaN] as const;

test('of one run, the interval is that of its goals', () => {
  const values = [0.3, -1, 2.5, 0.7, 0.1];
  const [low, high] = hierarchicalInterval([values]) ?? none;
  const [expectedLow, expectedHigh] = meanInterval(values) ?? none;
  expect(low).toBeCloseTo(expectedLow, 12);
  expect(high).toBeCloseTo(expectedHigh, 12);
  expect(hierarchicalInterval([[1], [2]])).toBeNull();
  expect(hierarchicalRateInterval([[1, 0, 1, 1]])).toEqual(proportionInterval(0.75, 4));
});

test('where nothing scatters, a rate has the interval of one run', () => {
  expect(hierarchicalRateInterval([new Array(50).fill(1), new Array(50).fill(1)])).toEqual(proportionInterval(1, 50));
});

test('a rate of fewer successes is no surer', () => {
  const all = () => Array.from({ length: 5 }, () => new Array<number>(500).fill(1));
  const [low] = hierarchicalRateInterval(all());
  const once = all();
  once[0][0] = 0;
  const everywhere = all().map((own) => own.with(7, 0));
  for (const worse of [once, everywhere]) expect(hierarchicalRateInterval(worse)[0]).toBeLessThanOrEqual(low);
});

test('a rate stays within 0 and 1', () => {
  const [low, high] = hierarchicalRateInterval([
    [1, 1, 1, 1, 1, 0],
    [1, 1, 1, 1, 1, 1],
  ]);
  expect(low).toBeGreaterThanOrEqual(0);
  expect(low).toBeLessThan(11 / 12);
  expect(high).toBe(1);
});

// Effects of runs and of goals that all runs share: an interval over either alone misses far more often.
test.each([
  { runs: 5, goals: 40, ofRuns: 1, ofGoals: 1, rest: 1 },
  { runs: 3, goals: 100, ofRuns: 1, ofGoals: 3, rest: 1 },
  { runs: 8, goals: 30, ofRuns: 0.05, ofGoals: 2, rest: 0.5 },
  { runs: 5, goals: 200, ofRuns: 2, ofGoals: 0.1, rest: 1 },
])('holds the mean in about 95 of 100 studies, %j', ({ runs, goals, ofRuns, ofGoals, rest }) => {
  const random = stream(7, 'bootstrap', runs * goals);
  const studies = 1000;
  let held = 0;
  for (let k = 0; k < studies; k++) {
    const goal = Array.from({ length: goals }, () => ofGoals * random.normal());
    const values = Array.from({ length: runs }, () => {
      const run = ofRuns * random.normal();
      return goal.map((own) => 3 + run + own + rest * random.normal());
    });
    const [low, high] = hierarchicalInterval(values) ?? none;
    if (low <= 3 && 3 <= high) held++;
  }
  // Binomial of 0.95: a standard error of 0.7 %; at three runs Satterthwaite's freedom is a little off.
  expect(held / studies).toBeGreaterThan(0.92);
  expect(held / studies).toBeLessThan(0.995);
});
