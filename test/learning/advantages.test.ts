import { describe, expect, it } from 'vitest';
import { type AdvantageOptions, advantagesOf, baselineTargets } from '../../src/estimators/advantages.ts';
import { episode, largestError } from './support.ts';

const plain: AdvantageOptions = {
  advantage: 'monte-carlo',
  returns: 'to-go',
  gamma: 0.5,
  lambda: 0.5,
  nSteps: 2,
  bootstrap: true,
  importance: 'truncated',
  ratioLimit: 0,
};

/** Rewards 1, 2, 4 in states of value 10, 20, 30, and 8 in the one after them. */
const reward = [1, 2, 4];
const value = Float64Array.of(10, 20, 30, 8);
const ended = episode(reward, 'terminated', 8, { value });
const cutOff = episode(reward, 'truncated', 8, { value });

describe('advantages by hand', () => {
  it.each<[string, Partial<AdvantageOptions>, number[], number[]]>([
    // 4, 2 + 4 / 2, 1 + 4 / 2, less the values; with the tail 4 + 8 / 2, 2 + 8 / 2, 1 + 6 / 2
    ['monte-carlo', {}, [-7, -16, -26], [-6, -14, -22]],
    // 1 + 2 / 2 + 4 / 4 = 3 at every step, and 8 / 8 behind it
    ['monte-carlo of whole episodes', { returns: 'full' }, [-7, -17, -27], [-6, -16, -26]],
    // 1 + 20 / 2 - 10, 2 + 30 / 2 - 20, 4 - 30 or 4 + 8 / 2 - 30
    ['td', { advantage: 'td' }, [1, -3, -26], [1, -3, -22]],
    // gamma lambda = 1 / 4: -26, -3 - 26 / 4, 1 - 9.5 / 4; -22, -3 - 22 / 4, 1 - 8.5 / 4
    ['gae', { advantage: 'gae' }, [-1.375, -9.5, -26], [-1.125, -8.5, -22]],
    // 1 + 2 / 2 + 30 / 4 - 10, 2 + 4 / 2 - 20 or 2 + 4 / 2 + 8 / 4 - 20, 4 - 30 or 4 + 8 / 2 - 30
    ['n-step', { advantage: 'n-step' }, [-0.5, -16, -26], [-0.5, -14, -22]],
  ])('%s', (_, changed, afterEnd, afterLimit) => {
    const options = { ...plain, ...changed };
    const of = (one: typeof ended, more = options) => Array.from(advantagesOf(one, value, one.logp, more));
    expect(of(ended)).toEqual(afterEnd);
    expect(of(cutOff)).toEqual(afterLimit);
    // Without bootstrapping a time limit is an end.
    expect(of(cutOff, { ...options, bootstrap: false })).toEqual(afterEnd);
  });

  it('nothing follows a time limit where the value of the last state is not known', () => {
    const unknown = Float64Array.of(10, 20, 30, Number.NaN);
    expect(Array.from(advantagesOf(cutOff, unknown, cutOff.logp, plain))).toEqual([-7, -16, -26]);
  });

  it('per-decision: later rewards carry the ratios of the steps before them', () => {
    // Ratios 2, 3, 1 / 2: 4, 2 + 4 / 2 / 2, 1 + 3 (2 + 4 / 4) / 2
    const logp = cutOff.logp.map((l, t) => l + Math.log([2, 3, 0.5][t]));
    const options = { ...plain, importance: 'per-decision' } as const;
    const found = advantagesOf(ended, value, logp, options);
    expect(largestError(found, [5.5 - 10, 3 - 20, 4 - 30])).toBeLessThan(1e-14);
    // Its own log-probabilities are those it acted by.
    expect(Array.from(advantagesOf(ended, value, ended.logp, options))).toEqual([-7, -16, -26]);
  });
});

describe('what a baseline is fitted to, by hand', () => {
  it('a value of states: what follows the state, past a time limit too', () => {
    for (const returns of ['to-go', 'full'] as const) {
      expect(Array.from(baselineTargets(ended, true, { ...plain, returns }))).toEqual([3, 4, 4]);
      expect(Array.from(baselineTargets(cutOff, true, { ...plain, returns }))).toEqual([4, 6, 8]);
    }
  });

  it('any other: what actions are credited with', () => {
    expect(Array.from(baselineTargets(cutOff, false, plain))).toEqual([3, 4, 4]);
    expect(Array.from(baselineTargets(cutOff, false, { ...plain, returns: 'full' }))).toEqual([3, 3, 3]);
  });
});
