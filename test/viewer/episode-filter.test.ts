import { describe, expect, it } from 'vitest';
import { type Entry, filtered, pairTally, sortBy, sorted, tally } from '../../viewer/ui/episode-filter.ts';

const entries: readonly Entry[] = [
  { number: 1, success: true, steps: 7, return: -0.6 },
  { number: 2, success: false, steps: 50, return: -5 },
  { number: 3, success: true, steps: 3, return: -0.2 },
  { number: 12, success: true, steps: 7, return: -0.7 },
];
const numbers = (found: readonly Entry[] | undefined) => found?.map(({ number }) => number);

it('pairs of two policies are sorted by their difference, those without one last', () => {
  const pairs: readonly Entry[] = [
    { number: 1, success: true, steps: 7, return: -0.6, other: -0.5, difference: 0.1 },
    { number: 2, success: true, steps: 7, return: -0.6 },
    { number: 3, success: true, steps: 7, return: -0.6, other: -2.6, difference: -2 },
    { number: 4, success: true, steps: 7, return: -0.6, other: -0.6, difference: 0 },
  ];
  expect(numbers(sorted(pairs, { column: 'difference', descending: true }))).toEqual([1, 4, 3, 2]);
  expect(numbers(sorted(pairs, { column: 'difference', descending: false }))).toEqual([3, 4, 1, 2]);
  expect(numbers(filtered(pairs, 'difference > 0'))).toEqual([1]);
  expect(numbers(filtered(pairs, 'difference <= 0'))).toEqual([3, 4]);
});

describe('the filter', () => {
  it.each([
    ['', [1, 2, 3, 12]],
    ['reached', [1, 3, 12]],
    ['Missed', [2]],
    ['12', [12]],
    ['2-3', [2, 3]],
    ['steps > 5', [1, 2, 12]],
    ['steps=7', [1, 12]],
    ['return >= -0.6', [1, 3]],
    ['return < −0.6', [2, 12]],
    ['reached steps<=7 1-3', [1, 3]],
    ['reached, steps < 5', [3]],
  ])('%j', (query, expected) => expect(numbers(filtered(entries, query))).toEqual(expected));

  it.each(['abc', 'steps', 'return <', 'steps > many', '3-'])('makes no sense of %j', (query) =>
    expect(filtered(entries, query)).toBeUndefined(),
  );
});

describe('the order', () => {
  it('sorts by any column, ties by number, and turns round', () => {
    const byReturn = sortBy({ column: 'number', descending: false }, 'return');
    expect(numbers(sorted(entries, byReturn))).toEqual([2, 12, 1, 3]);
    expect(numbers(sorted(entries, sortBy(byReturn, 'return')))).toEqual([3, 1, 12, 2]);
    expect(numbers(sorted(entries, { column: 'steps', descending: false }))).toEqual([3, 1, 12, 2]);
    expect(numbers(sorted(entries, { column: 'success', descending: true }))).toEqual([1, 3, 12, 2]);
  });
});

describe('the tally', () => {
  const say = (query: string, hasSuccess = true) =>
    tally({ listed: filtered(entries, query) ?? [], all: entries.length, isFiltered: query !== '', hasSuccess });

  it.each([
    ['', '3 of 4 reached the goal'],
    ['missed', '1 of 4 episodes, missed'],
    ['steps > 5', '3 of 4 episodes, 2 reached'],
    ['reached', '3 of 4 episodes, all reached'],
    ['steps > 90', 'none of 4 episodes'],
  ])('of %j says how many there are and how they went', (query, expected) => expect(say(query)).toBe(expected));

  it('speaks of returns where nothing is to be reached', () => {
    expect(say('', false)).toBe('4 episodes, returns −5.000 to −0.200');
    expect(say('12', false)).toBe('1 of 4 episodes, return −0.700');
  });
});

describe('the tally of pairs', () => {
  const pair = (number: number, success: boolean, otherSuccess: boolean, difference: number): Entry => ({
    number,
    success,
    steps: 5,
    return: -1,
    other: difference - 1,
    otherSuccess,
    difference,
  });
  const listed = [
    pair(1, true, true, 0.5),
    pair(2, false, true, 0.25),
    pair(3, true, false, -2),
    pair(4, true, true, 0),
  ];
  const pairs = { listed, names: ['This', 'A'], hasSuccess: true } as const;

  it('says how many goals both reached, which is ahead, and in how many', () => {
    expect(pairTally(pairs)).toBe(
      'Goals reached: A 3, This 3. A is behind by 0.313 on average, better in 2, worse in 1',
    );
    expect(pairTally({ ...pairs, hasSuccess: false })).not.toContain('Goals');
  });

  it('says that there are no pairs', () => {
    expect(pairTally({ ...pairs, listed: [{ number: 1, success: true, steps: 7, return: -1 }] })).toBe(
      'No episode of both',
    );
    const unlike = listed.map((entry) => ({ ...entry, difference: undefined }));
    expect(pairTally({ ...pairs, listed: unlike })).toContain('these are no pairs');
  });
});
