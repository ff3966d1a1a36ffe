import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ClipOptions, clipOf } from '../../viewer/export/clip.ts';

/** Without a hold, at 30 frames a second at least. */
const clip = (from: number, to: number, options: Pick<ClipOptions, 'dt' | 'speed'> & Partial<ClipOptions>) =>
  clipOf(from, to, { hold: 0, least: 30, ...options });

describe('the frames of a video', () => {
  it('show every recorded state, and what lies between where steps are slow', () => {
    expect(clip(0, 3, { dt: 0.04, speed: 1 })).toEqual({ rate: 50, positions: [0, 0.5, 1, 1.5, 2, 2.5, 3] });
    expect(clip(2, 4, { dt: 0.02, speed: 1 })).toEqual({ rate: 50, positions: [2, 3, 4] });
    expect(clip(0, 2, { dt: 1 / 30, speed: 1 }).positions).toEqual([0, 1, 2]);
  });

  it('follow the speed, and end at the end', () => {
    expect(clip(0, 1, { dt: 0.04, speed: 0.25 }).positions.length).toBe(9);
    expect(clip(0, 4, { dt: 0.04, speed: 5 })).toEqual({ rate: 50, positions: [0, 2.5, 4] });
  });

  it('stay at the end for as long as they are to', () => {
    expect(clip(0, 2, { dt: 0.04, speed: 1, hold: 0.12, least: 25 })).toEqual({
      rate: 25,
      positions: [0, 1, 2, 2, 2],
    });
  });

  it('last as long as the recording over its speed', () => {
    const arbitrary = [
      fc.integer({ min: 1, max: 5000 }),
      fc.constantFrom(0.01, 0.02, 0.04, 0.1),
      fc.constantFrom(0.1, 1, 2, 10),
    ];
    fc.assert(
      fc.property(
        ...(arbitrary as [fc.Arbitrary<number>, fc.Arbitrary<number>, fc.Arbitrary<number>]),
        (steps, dt, speed) => {
          const { rate, positions } = clip(0, steps, { dt, speed });
          expect(rate).toBeGreaterThanOrEqual(30 - 1e-9);
          expect(positions[0]).toBe(0);
          expect(positions.at(-1)).toBeCloseTo(steps, 6);
          expect(Math.abs((positions.length - 1) / rate - (steps * dt) / speed)).toBeLessThanOrEqual(1 / rate + 1e-9);
        },
      ),
    );
  });
});
