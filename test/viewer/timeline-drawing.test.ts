import { describe, expect, it } from 'vitest';
import { compact, fixed } from '../../viewer/dom/format.ts';
import { barsPath } from '../../viewer/ui/timeline-drawing.ts';

/** Zero line, width and height (down is positive) of every bar. */
function bars(path: string): { x: number; zero: number; width: number; height: number }[] {
  return [...path.matchAll(/M([-\d.]+) ([-\d.]+)h([-\d.]+)v([-\d.]+)h[-\d.]+z/g)].map(([, x, zero, width, height]) => ({
    x: Number(x),
    zero: Number(zero),
    width: Number(width),
    height: Number(height),
  }));
}

describe('the reward bars', () => {
  it('hangs negative rewards from the top and stands positive ones on the bottom', () => {
    expect(bars(barsPath([-1, -0.5])).map(({ zero, height }) => [zero, height])).toEqual([
      [0, 100],
      [0, 50],
    ]);
    expect(bars(barsPath([1, 3])).map(({ zero }) => zero)).toEqual([100, 100]);
    expect(bars(barsPath([-1, 1])).map(({ zero, height }) => [zero, height])).toEqual([
      [50, 50],
      [50, -50],
    ]);
  });

  it('gives every step its slot', () => {
    const drawn = bars(barsPath(new Float64Array(10).fill(-1)));
    expect(drawn.length).toBe(10);
    for (const [i, { x, width }] of drawn.entries()) {
      expect(x).toBeGreaterThanOrEqual(i * 100);
      expect(x + width).toBeLessThanOrEqual((i + 1) * 100);
    }
  });

  it('keeps the spike of a long episode', () => {
    const rewards = new Float64Array(100_000).fill(0.01);
    rewards[77_777] = 5;
    const drawn = bars(barsPath(rewards));
    expect(drawn.length).toBe(400);
    expect(drawn[311].height).toBe(-100);
  });

  it('survives rewards that are nothing, or no number', () => {
    expect(barsPath([])).toBe('');
    expect(bars(barsPath([0, 0])).every(({ height }) => height === 0)).toBe(true);
    expect(barsPath([Number.NaN, 1, Number.POSITIVE_INFINITY])).not.toMatch(/NaN|Infinity/);
  });
});

describe('numbers', () => {
  it('have a true minus, no negative zero, and a sign for what is none', () => {
    expect(fixed(-1.234, 2)).toBe('−1.23');
    expect(fixed(-0.001, 2)).toBe('0.00');
    expect(fixed(Number.NaN, 2)).toBe('–');
    expect(fixed(Number.NEGATIVE_INFINITY, 2)).toBe('−∞');
  });

  it('keep about four digits', () => {
    expect([0.0123, 12.345, -123.45, 1234.5, 1.5e7].map(compact)).toEqual([
      '0.012',
      '12.35',
      '−123.5',
      '1235',
      '1.50e7',
    ]);
  });
});
