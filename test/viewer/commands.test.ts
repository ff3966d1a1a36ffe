import { describe, expect, it } from 'vitest';
import { keyName, printedKeys, search } from '../../viewer/commands/lookup.ts';

const stroke = (key: string, held: Partial<Parameters<typeof keyName>[0]> = {}) =>
  keyName({ key, shiftKey: false, ctrlKey: false, metaKey: false, altKey: false, ...held });

describe('key names', () => {
  it.each([
    [stroke('ArrowLeft'), 'ArrowLeft'],
    [stroke('ArrowLeft', { shiftKey: true }), 'Shift+ArrowLeft'],
    [stroke('?', { shiftKey: true }), '?'],
    [stroke('C', { shiftKey: true }), 'Shift+C'],
    [stroke('C'), 'c'],
    [stroke('k', { metaKey: true }), 'Mod+k'],
    [stroke('K', { ctrlKey: true }), 'Mod+k'],
    [stroke('f', { altKey: true }), 'Alt+f'],
  ])('%s', (found, expected) => expect(found).toBe(expected));

  it('are printed as on a keyboard', () => {
    expect(printedKeys('Mod+k', true)).toEqual(['⌘', 'K']);
    expect(printedKeys('Shift+ArrowLeft', false)).toEqual(['Shift', '←']);
    expect(printedKeys('+', false)).toEqual(['+']);
  });
});

describe('the search', () => {
  const items = [
    { title: 'Play or pause', group: 'Playback' },
    { title: 'View: from above', group: 'Camera' },
    { title: 'Look from higher', group: 'Camera' },
  ];

  it('finds every word, in title or group', () => {
    expect(search(items, 'camera from').map(({ title }) => title)).toEqual(['View: from above', 'Look from higher']);
    expect(search(items, '  ')).toEqual(items);
    expect(search(items, 'nothing')).toEqual([]);
  });

  it('finds other words of a thing too, after what is called so', () => {
    const named = [
      { title: 'Slower', group: 'Playback', words: 'speed slow motion' },
      { title: 'Speed up', group: 'Playback' },
    ];
    expect(search(named, 'speed').map(({ title }) => title)).toEqual(['Speed up', 'Slower']);
    expect(search(named, 'slow motion').map(({ title }) => title)).toEqual(['Slower']);
  });

  it('puts what begins so first', () => {
    expect(search(items, 'look')[0].title).toBe('Look from higher');
  });
});
