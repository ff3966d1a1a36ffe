import { describe, expect, it } from 'vitest';
import {
  clipWeights,
  effectiveSampleSize,
  type Importance,
  importanceWeights,
  perDecisionReturns,
  selfNormalize,
} from '../../src/estimators/importance.ts';
import { rewardsToGo } from '../../src/estimators/returns.ts';
import { numbers } from '../network/reference.ts';
import { hex, largestError } from './support.ts';

const kinds: Importance[] = ['trajectory', 'per-decision', 'truncated'];
const log = (...ratios: number[]) => Float64Array.from(ratios, Math.log);

describe('importance weights', () => {
  // Ratios 2, 1/4, 6.
  const [now, before] = [log(0.5, 0.1, 0.6), log(0.25, 0.4, 0.1)];

  it.each([
    ['trajectory', [3, 3, 3]],
    ['per-decision', [2, 0.5, 3]],
    ['truncated', [2, 0.25, 6]],
  ] as const)('%s: those computed by hand', (kind, expected) => {
    expect(largestError(importanceWeights(kind, now, before), expected)).toBeLessThan(1e-14);
  });

  it.each(kinds)('%s: 1 for a policy that has not changed', (kind) => {
    const logp = numbers(1, 40, 5);
    expect(Array.from(importanceWeights(kind, logp, logp.slice()))).toEqual(new Array(40).fill(1));
    expect(importanceWeights(kind, new Float64Array(), new Float64Array())).toHaveLength(0);
  });

  it('of the whole episode is the last of the products up to each step', () => {
    const [a, b] = [numbers(1, 30), numbers(2, 30)];
    const perDecision = importanceWeights('per-decision', a, b);
    const trajectory = importanceWeights('trajectory', a, b);
    expect(Array.from(trajectory)).toEqual(new Array(30).fill(perDecision[29]));
    const truncated = importanceWeights('truncated', a, b);
    let product = 1;
    for (let t = 0; t < 30; t++) {
      product *= truncated[t];
      expect(perDecision[t] / product).toBeCloseTo(1, 12);
    }
  });

  it('have expectation 1 under the old policy, over all episodes of an enumerable one', () => {
    // Two actions with these chances in each of three steps.
    const [old, fresh] = [
      [0.5, 0.2, 0.7],
      [0.3, 0.4, 0.6],
    ];
    const episodes = Array.from({ length: 8 }, (_, k) => [k & 1, (k >> 1) & 1, (k >> 2) & 1]);
    const chance = (p: number[], actions: number[]) => actions.map((a, t) => (a ? p[t] : 1 - p[t]));
    for (const kind of kinds) {
      const mean = [0, 0, 0];
      for (const actions of episodes) {
        const [b, n] = [chance(old, actions), chance(fresh, actions)];
        const weight = importanceWeights(kind, log(...n), log(...b));
        weight.forEach((w, t) => {
          mean[t] += w * b.reduce((product, x) => product * x, 1);
        });
      }
      expect(largestError(mean, [1, 1, 1])).toBeLessThan(1e-14);
    }
  });
});

describe('per-decision returns', () => {
  it('are those computed by hand', () => {
    // 4 + 8 / 2; -2 + 3 * 8 / 2; 1 + 2 * 10 / 2: a step's own ratio is not in its return, that of the next is.
    expect(Array.from(perDecisionReturns(Float64Array.of(1, -2, 4), Float64Array.of(7, 2, 3), 0.5, 8))).toEqual([
      11, 10, 8,
    ]);
  });

  it('are the rewards-to-go where every ratio is 1', () => {
    const reward = numbers(1, 30);
    const found = perDecisionReturns(reward, new Float64Array(30).fill(1), 0.9, 0.4);
    expect(hex(found)).toBe(hex(rewardsToGo(reward, 0.9, 0.4)));
  });

  it('make weight times return the sum of later rewards, each with the product up to it', () => {
    const [reward, logp, gamma] = [numbers(1, 12), numbers(2, 12, 0.5), 0.9];
    const ratio = logp.map(Math.exp);
    const weight = importanceWeights('per-decision', logp, new Float64Array(12));
    const found = perDecisionReturns(reward, ratio, gamma, 0).map((g, t) => weight[t] * g);
    const expected = reward.map((_, t) =>
      reward.reduce((sum, r, k) => (k < t ? sum : sum + gamma ** (k - t) * weight[k] * r), 0),
    );
    expect(largestError(found, expected)).toBeLessThan(1e-13);
  });
});

describe('variants', () => {
  it('clipping cuts off what is above, and nothing else', () => {
    const weights = Float64Array.of(0.1, 2, 3.5, 2.00001);
    expect(Array.from(clipWeights(weights, 2))).toEqual([0.1, 2, 2, 2]);
    expect(Array.from(weights)).toEqual([0.1, 2, 3.5, 2.00001]);
  });

  it('self-normalised weights have mean 1 and their proportions', () => {
    const weights = numbers(1, 50).map((x) => Math.exp(3 * x));
    const found = selfNormalize(weights);
    expect(found.reduce((sum, w) => sum + w, 0) / 50).toBeCloseTo(1, 13);
    for (let i = 1; i < 50; i++) expect(found[i] / found[0] / (weights[i] / weights[0])).toBeCloseTo(1, 12);
  });
});

describe('effective sample size', () => {
  it('is the number of weights that are equal, of whatever size', () => {
    for (const weight of [1, 0.1, 7]) {
      expect(effectiveSampleSize(new Float64Array(12).fill(weight))).toBeCloseTo(12, 12);
    }
  });

  it('is 1 where one weight is all, and in between by hand', () => {
    expect(effectiveSampleSize(Float64Array.of(0, 0, 5, 0))).toBe(1);
    expect(effectiveSampleSize(Float64Array.of(1e-9, 1e9, 1e-9))).toBeCloseTo(1, 12);
    // (1 + 2 + 3)^2 / (1 + 4 + 9)
    expect(effectiveSampleSize(Float64Array.of(1, 2, 3))).toBeCloseTo(36 / 14, 14);
  });
});
