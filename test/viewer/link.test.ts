import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Link, readLink, writeLink } from '../../viewer/state/link.ts';
import { hiddenAtFirst } from '../../viewer/state/state.ts';

const integer = fc.integer({ min: 0, max: 999_999 });
/** Below zero where the clock of a comparison begins before the episode. */
const moment = fc.integer({ min: -999, max: 999_999 });
const number = fc.double({ min: -100, max: 100, noNaN: true }).map((x) => Number(x.toFixed(4)) + 0);
const name = fc.string({ minLength: 1, maxLength: 30 }).filter((text) => !text.includes('\n') && text.trim() === text);

const link = fc.record(
  {
    file: name,
    beside: name,
    episode: integer,
    time: moment,
    speed: fc.constantFrom(0.02, 0.1, 0.25, 1, 2, 10),
    loop: fc.constantFrom('once', 'all', 'episode', 'selection'),
    selection: fc.tuple(moment, fc.integer({ min: 1, max: 99 })).map(([from, by]) => ({ from, to: from + by })),
    camera: fc.tuple(number, number, number, number, number, number),
    follow: fc.constant(true),
    hidden: fc
      .tuple(fc.uniqueArray(fc.constantFrom('goal', 'trail', 'policy', 'frame')), fc.boolean())
      .map(([off, isOff]) => [...(isOff ? hiddenAtFirst : []), ...off])
      .filter((hidden) => String(hidden) !== String(hiddenAtFirst)),
    trail: fc.constantFrom('reward', 'advantage'),
    theme: fc.constantFrom('light', 'dark'),
    compare: fc.array(fc.record({ file: name, episode: integer }), { minLength: 1, maxLength: 4 }),
    align: fc.constant('success'),
    arrange: fc.constant('split'),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<Link>;

describe('a link', () => {
  it('says again what it was made of', () => {
    fc.assert(
      fc.property(link, (made) => {
        expect(readLink(`#${writeLink(made)}`)).toEqual(made);
      }),
    );
  });

  it('says whether all of many episodes are shown at once', () => {
    expect(writeLink({ swarm: true })).toBe('swarm=yes');
    expect(writeLink({ swarm: true, everyEpisode: true })).toBe('swarm=all');
    expect(readLink('swarm=yes')).toEqual({ swarm: true });
    expect(readLink('swarm=all')).toEqual({ swarm: true, everyEpisode: true });
  });

  it('leaves out what is as usual', () => {
    const usual = {
      loop: 'off',
      trail: 'plain',
      theme: 'system',
      align: 'start',
      arrange: 'ghosts',
    } as const;
    expect(writeLink({ ...usual, follow: false, hidden: hiddenAtFirst, compare: [] })).toBe('');
  });

  it('of an earlier version names the layers by the words of this one', () => {
    expect(readLink('#hidden=mind+goal').hidden).toEqual(['motors', 'policy', 'goal']);
  });

  it('counts episodes from 1, as the page does', () => {
    expect(writeLink({ episode: 0 })).toBe('episode=1');
  });

  it.each([
    '',
    '#',
    '#time=3.5&episode=x&speed=99',
    '#selection=9-3&loop=twice&trail=blue',
    '#camera=1 2 3&with=0 a&with=zero',
    '#camera=1 2 3 4 5 1e9',
    '#theme=pink&align=end&arrange=pile&follow=maybe',
  ])('takes nothing from %s', (text) => {
    const { compare = [], ...rest } = readLink(text);
    expect(compare).toEqual([]);
    expect(rest).toEqual({});
  });

  it('never fails', () => {
    fc.assert(fc.property(fc.string(), (text) => void readLink(text)));
  });
});
