import { describe, expect, it } from 'vitest';
import { colorRamp, mixColors } from '../../viewer/overlays/ramp.ts';
import { downsample, overSpan, rangeOf, sampler, stack } from '../../viewer/plots/rows.ts';
import { palettes } from '../../viewer/scene/palette.ts';
import { ticks } from '../../viewer/ui/timeline-drawing.ts';

describe('rows of a chart', () => {
  it('hold the last step to the end, and are nothing beyond it', () => {
    const at = (series: Parameters<typeof sampler>[0]) => [...overSpan({ from: -1, to: 4 }, sampler(series))];
    expect(at({ values: [1, 2, 3], at: 'step' })).toEqual([Number.NaN, 1, 2, 3, 3, Number.NaN]);
    expect(at({ values: [1, 2, 3], at: 'state' })).toEqual([Number.NaN, 1, 2, 3, Number.NaN, Number.NaN]);
  });

  it('stack up what is above zero and down what is below', () => {
    const stacked = stack([Float64Array.of(1, -1), Float64Array.of(2, -2), Float64Array.of(-1, 4)]);
    expect(stacked.map(({ base, top }) => [[...base], [...top]])).toEqual([
      [
        [0, 0],
        [1, -1],
      ],
      [
        [1, -1],
        [3, -3],
      ],
      [
        [0, 0],
        [-1, 4],
      ],
    ]);
  });

  it('are thinned without losing a spike', () => {
    const row = new Float64Array(100_001);
    row[77_777] = 9;
    row[12_345] = -9;
    const [x, thinned] = downsample([row], { from: 0, to: row.length - 1 });
    expect(thinned.length).toBeLessThanOrEqual(1600);
    expect(Math.max(...thinned)).toBe(9);
    expect(Math.min(...thinned)).toBe(-9);
    expect(x[0]).toBe(0);
    expect(x.at(-1)).toBe(100_000);
    expect([...x].every((at, i) => i === 0 || at > x[i - 1])).toBe(true);
  });

  it('are thinned around what is not there', () => {
    const row = new Float64Array(100_001).map((_, t) => (t < 60_010 ? t : Number.NaN));
    const [x, thinned] = downsample([row], { from: -50_000, to: 50_000 });
    expect([x[0], x.at(-1)]).toEqual([-50_000, 50_000]);
    const known = thinned.filter(Number.isFinite);
    expect(Math.max(...known)).toBe(60_009);
    expect(known.length / thinned.length).toBeCloseTo(0.6, 2);
  });

  it('have a range with some air, also when they are flat but for rounding', () => {
    expect(rangeOf([[0, 10]], [20])).toEqual([-1.6, 21.6]);
    const [low, high] = rangeOf([[0.3, 0.3 + 1e-16]]);
    expect(high - low).toBeGreaterThan(0.01);
    expect(rangeOf([[Number.NaN]])).toEqual([0, 1]);
  });
});

describe('colours', () => {
  it('run from the first to the last', () => {
    expect(mixColors([0x000000, 0xffffff], 0)).toBe(0);
    expect(mixColors([0x000000, 0xffffff], 1)).toBe(0xffffff);
    expect(mixColors([0x000000, 0x804020], 0.5)).toBe(0x402010);
    expect(mixColors([1, 2], Number.NEGATIVE_INFINITY)).toBe(1);
  });

  it('put zero advantage in the middle', () => {
    const { low, high, colorOf } = colorRamp([-1, 0, 4], 'advantage', palettes.light);
    expect([low, high]).toEqual([-4, 4]);
    expect(colorOf(1)).toBe(palettes.light.diverging[2]);
  });
});

describe('ticks', () => {
  it('begin before zero where the clock does', () => {
    expect(ticks(-0.3, 0.4, 8).map(({ text }) => text)).toEqual([
      '−0.3',
      '−0.2',
      '−0.1',
      '0 s',
      '0.1',
      '0.2',
      '0.3',
      '0.4',
    ]);
  });

  it.each([
    [2, ['0 s', '0.5', '1.0', '1.5', '2.0']],
    [0.28, ['0 s', '0.05', '0.10', '0.15', '0.20', '0.25']],
    [4000, ['0 s', '500', '1000', '1500', '2000', '2500', '3000', '3500', '4000']],
    [0, []],
  ])('of %s s', (length, expected) => expect(ticks(0, length, 8).map(({ text }) => text)).toEqual(expected));
});
