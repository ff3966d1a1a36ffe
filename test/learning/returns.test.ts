import { describe, expect, it } from 'vitest';
import {
  discounts,
  fullReturns,
  generalizedAdvantages,
  nStepAdvantages,
  rewardsToGo,
  standardize,
  temporalDifferences,
} from '../../src/estimators/returns.ts';
import { numbers } from '../network/reference.ts';
import { hex, largestError } from './support.ts';

describe('rewards-to-go', () => {
  const reward = Float64Array.of(1, -2, 4);

  it('are those computed by hand', () => {
    // 4; -2 + 4 / 2; 1 + 0 / 2
    expect(Array.from(rewardsToGo(reward, 0.5, 0))).toEqual([1, 0, 4]);
    // The tail is one step behind the last reward: 4 + 8 / 2; -2 + 8 / 2; 1 + 2 / 2
    expect(Array.from(rewardsToGo(reward, 0.5, 8))).toEqual([2, 2, 8]);
  });

  it('are the rewards alone with gamma 0, and plain sums with gamma 1', () => {
    expect(Array.from(rewardsToGo(reward, 0, 9))).toEqual([1, -2, 4]);
    expect(Array.from(rewardsToGo(reward, 1, 0))).toEqual([3, 2, 4]);
    expect(Array.from(rewardsToGo(reward, 1, 10))).toEqual([13, 12, 14]);
  });

  it.each([0, 0.3, 0.9, 1])('are sum_k gamma^(k-t) r_k + gamma^(T-t) tail (gamma %d)', (gamma) => {
    const r = numbers(1, 40);
    const expected = r.map((_, t) => r.slice(t).reduce((sum, x, k) => sum + gamma ** k * x, gamma ** (40 - t) * 1.7));
    expect(largestError(rewardsToGo(r, gamma, 1.7), expected)).toBeLessThan(1e-12);
  });

  it('leave the rewards as they were', () => {
    rewardsToGo(reward, 0.9, 1);
    expect(Array.from(reward)).toEqual([1, -2, 4]);
  });
});

describe('full returns', () => {
  it('are the discounted return of the whole episode at every step', () => {
    // 1 - 2 / 2 + 4 / 4, and 8 / 8 behind it
    expect(Array.from(fullReturns(Float64Array.of(1, -2, 4), 0.5, 0))).toEqual([1, 1, 1]);
    expect(Array.from(fullReturns(Float64Array.of(1, -2, 4), 0.5, 8))).toEqual([2, 2, 2]);
    expect(Array.from(fullReturns(new Float64Array(), 0.5, 8))).toEqual([]);
  });

  it('are what came before and gamma^t times what is to go', () => {
    const [r, gamma, tail] = [numbers(1, 20), 0.8, 1.3];
    const toGo = rewardsToGo(r, gamma, tail);
    const power = discounts(gamma, 20);
    const expected = r.map((_, t) => r.slice(0, t).reduce((sum, x, k) => sum + power[k] * x, power[t] * toGo[t]));
    expect(largestError(fullReturns(r, gamma, tail), expected)).toBeLessThan(1e-14);
  });
});

describe('discounts', () => {
  it('are gamma^t', () => {
    expect(Array.from(discounts(0.5, 4))).toEqual([1, 0.5, 0.25, 0.125]);
    expect(Array.from(discounts(0, 3))).toEqual([1, 0, 0]);
    expect(Array.from(discounts(1, 3))).toEqual([1, 1, 1]);
    expect(Array.from(discounts(0.5, 0))).toEqual([]);
  });
});

describe('advantages by values', () => {
  const reward = Float64Array.of(1, 2, 3);
  // V(s_3) is not looked at: what follows the last step is the tail.
  const value = Float64Array.of(10, 20, 30, Number.NaN);
  const [r, v] = [numbers(1, 30), numbers(2, 31)];
  const [gamma, tail] = [0.9, 0.7];
  const lessValue = rewardsToGo(r, gamma, tail).map((g, t) => g - v[t]);

  it('temporal differences are those computed by hand', () => {
    // 1 + 20 / 2 - 10, 2 + 30 / 2 - 20, 3 + 8 / 2 - 30
    expect(Array.from(temporalDifferences(reward, value, 0.5, 8))).toEqual([1, -3, -23]);
    expect(Array.from(temporalDifferences(reward, value, 0.5, 0))).toEqual([1, -3, -27]);
  });

  it('GAE is that computed by hand', () => {
    // gamma lambda = 1 / 4: -23, -3 - 23 / 4, 1 - 8.75 / 4
    expect(Array.from(generalizedAdvantages(reward, value, 0.5, 0.5, 8))).toEqual([-1.1875, -8.75, -23]);
  });

  it('n-step advantages are those computed by hand', () => {
    // 1 + 2 / 2 + 30 / 4 - 10, 2 + 3 / 2 + 8 / 4 - 20, 3 + 8 / 2 - 30
    expect(Array.from(nStepAdvantages(reward, value, 0.5, 2, 8))).toEqual([-0.5, -14.5, -23]);
  });

  it('GAE(0) and one step are the temporal difference', () => {
    const td = temporalDifferences(r, v, gamma, tail);
    expect(hex(generalizedAdvantages(r, v, gamma, 0, tail))).toBe(hex(td));
    expect(hex(nStepAdvantages(r, v, gamma, 1, tail))).toBe(hex(td));
  });

  it('GAE(1) is the reward-to-go less the value, and with V = 0 the reward-to-go', () => {
    expect(largestError(generalizedAdvantages(r, v, gamma, 1, tail), lessValue)).toBeLessThan(1e-13);
    const none = generalizedAdvantages(r, new Float64Array(31), gamma, 1, tail);
    expect(hex(none)).toBe(hex(rewardsToGo(r, gamma, tail)));
  });

  it.each([30, 31, 1000])('%i steps of 30 are the reward-to-go less the value', (steps) => {
    expect(hex(nStepAdvantages(r, v, gamma, steps, tail))).toBe(hex(lessValue));
  });

  it('GAE is the mean of the n-step advantages that weighs n by (1 - lambda) lambda^(n - 1)', () => {
    const lambda = 0.8;
    const expected = new Float64Array(30);
    // From n = 30 on all of them reach the end: what is left of the weights is theirs.
    for (let n = 1; n <= 30; n++) {
      const weight = n < 30 ? (1 - lambda) * lambda ** (n - 1) : lambda ** 29;
      nStepAdvantages(r, v, gamma, n, tail).forEach((a, t) => {
        expected[t] += weight * a;
      });
    }
    expect(largestError(generalizedAdvantages(r, v, gamma, lambda, tail), expected)).toBeLessThan(1e-13);
  });

  it('are 0 for values that are true', () => {
    const exact = Float64Array.from([...rewardsToGo(r, gamma, tail), tail]);
    expect(largestError(temporalDifferences(r, exact, gamma, tail), new Float64Array(30))).toBeLessThan(1e-15);
    expect(largestError(generalizedAdvantages(r, exact, gamma, 0.7, tail), new Float64Array(30))).toBeLessThan(1e-14);
  });
});

describe('standardised values', () => {
  it('have mean 0 and standard deviation 1, in the order they had', () => {
    const values = numbers(2, 100).map((x) => 30 + 7 * x);
    const z = standardize(values);
    expect(Math.abs(z.reduce((sum, x) => sum + x, 0) / 100)).toBeLessThan(1e-12);
    expect(z.reduce((sum, x) => sum + x * x, 0) / 100).toBeCloseTo(1, 8);
    const rank = (xs: Float64Array) => Array.from(xs.keys()).sort((a, b) => xs[a] - xs[b]);
    expect(rank(z)).toEqual(rank(values));
  });

  it.each([0, 3, -0.1])('are 0 where all are equal (%d)', (value) => {
    // 0.1 is no binary fraction, so that the mean of three is off by a rounding.
    expect(largestError(standardize(Float64Array.of(value, value, value)), [0, 0, 0])).toBeLessThan(1e-8);
  });
});
