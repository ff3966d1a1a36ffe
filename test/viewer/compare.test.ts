import { describe, expect, it } from 'vitest';
import { combinedSpan, ghostPosition, maxGhosts, toggleCompare } from '../../viewer/state/compare.ts';
import type { State } from '../../viewer/state/state.ts';

const main = { steps: 20, dt: 0.04, reachedAt: 15 };
const ghost = { steps: 10, dt: 0.04, reachedAt: 6 };

describe('the time of a ghost', () => {
  it('is that of the one that plays, until it has ended', () => {
    expect(ghostPosition(3.5, main, ghost, false)).toBe(3.5);
    expect(ghostPosition(17, main, ghost, false)).toBe(10);
  });

  it('counts in seconds where the control steps differ', () => {
    expect(ghostPosition(4, main, { ...ghost, dt: 0.02 }, false)).toBeCloseTo(8, 12);
  });

  it('meets the one that plays at the goal when aligned by success', () => {
    expect(ghostPosition(15, main, ghost, true)).toBe(6);
    expect(ghostPosition(17, main, ghost, true)).toBe(8);
    expect(ghostPosition(2, main, ghost, true)).toBe(0);
  });

  it('is aligned by start where one of them never reaches', () => {
    expect(ghostPosition(5, main, { ...ghost, reachedAt: -1 }, true)).toBe(5);
    expect(ghostPosition(5, { ...main, reachedAt: -1 }, ghost, true)).toBe(5);
  });
});

describe('the clock of a comparison', () => {
  const long = { steps: 50, dt: 0.04, reachedAt: 40 };

  it('goes on to the end of the longest', () => {
    expect(combinedSpan(main, [ghost, long], false)).toEqual({ from: 0, to: 50, all: false });
    expect(combinedSpan(main, [ghost], false)).toEqual({ from: 0, to: 20, all: false });
    expect(combinedSpan(main, [{ ...long, dt: 0.02 }], false)).toEqual({ from: 0, to: 25, all: false });
  });

  it('begins with the first where they meet at the goal', () => {
    expect(combinedSpan(main, [long], true)).toEqual({ from: -25, to: 25, all: false });
    expect(combinedSpan(main, [{ ...long, reachedAt: -1 }], true)).toEqual({ from: 0, to: 50, all: false });
  });
});

describe('the comparison', () => {
  const state = { compare: [] as State['compare'] } as State;
  const add = (from: State, ...episodes: number[]) =>
    episodes.reduce((s, episode) => toggleCompare(s, { file: 0, episode }), from);

  it('takes an episode in and out', () => {
    expect(add(state, 1, 2, 1).compare).toEqual([{ file: 0, episode: 2 }]);
  });

  it('lets the oldest go when there are too many', () => {
    const many = add(state, ...Array.from({ length: maxGhosts + 2 }, (_, i) => i));
    expect(many.compare).toHaveLength(maxGhosts);
    expect(many.compare[0].episode).toBe(2);
  });
});
