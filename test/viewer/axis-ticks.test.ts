import fc from 'fast-check';
import { expect, it } from 'vitest';
import { axisTicks, gridSpacing } from '../../viewer/scene/floor.ts';

const metres = fc.double({ min: -3, max: 3, noNaN: true });

it('marks a few round numbers on grid lines, all of them within the workspace', () => {
  fc.assert(
    fc.property(fc.tuple(metres, metres), fc.tuple(metres, metres), ([x1, y1], [x2, y2]) => {
      fc.pre(Math.max(Math.abs(x1 - x2), Math.abs(y1 - y2)) > 0.2);
      const { x, y } = axisTicks([x1, y1, 0, x2, y2, 1]);
      for (const [{ values, spacing }, a, b] of [
        [x, x1, x2],
        [y, y1, y2],
      ] as const) {
        expect(values.length).toBeLessThanOrEqual(7);
        expect(spacing / gridSpacing).toBeCloseTo(Math.round(spacing / gridSpacing), 9);
        for (const [i, mark] of values.entries()) {
          expect(mark).toBeGreaterThanOrEqual(Math.min(a, b) - 1e-8);
          expect(mark).toBeLessThanOrEqual(Math.max(a, b) + 1e-8);
          expect(mark / spacing).toBeCloseTo(Math.round(mark / spacing), 6);
          if (i > 0) expect(mark - values[i - 1]).toBeCloseTo(spacing, 9);
        }
      }
      expect([x.edge, y.edge]).toEqual([Math.max(x1, x2), Math.min(y1, y2)]);
    }),
  );
});

it('marks the origin as zero', () => {
  expect(axisTicks([-0.3, -0.2, 0, 0.3, 0.2, 0.5]).x.values.map((mark) => Number(mark.toFixed(9)))).toContain(0);
});
