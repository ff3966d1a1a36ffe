import fc from 'fast-check';
import { expect, it } from 'vitest';
import { gridSpacing } from '../../viewer/scene/floor.ts';
import { marksAround } from '../../viewer/scene/marks.ts';

const metres = fc.double({ min: -3, max: 3, noNaN: true });

it('marks a few round numbers on grid lines, all of them within the workspace', () => {
  fc.assert(
    fc.property(fc.tuple(metres, metres), fc.tuple(metres, metres), ([x1, y1], [x2, y2]) => {
      fc.pre(Math.max(Math.abs(x1 - x2), Math.abs(y1 - y2)) > 0.2);
      const { x, y } = marksAround([x1, y1, 0, x2, y2, 1]);
      for (const [{ marks, every }, a, b] of [
        [x, x1, x2],
        [y, y1, y2],
      ] as const) {
        expect(marks.length).toBeLessThanOrEqual(7);
        expect(every / gridSpacing).toBeCloseTo(Math.round(every / gridSpacing), 9);
        for (const [i, mark] of marks.entries()) {
          expect(mark).toBeGreaterThanOrEqual(Math.min(a, b) - 1e-8);
          expect(mark).toBeLessThanOrEqual(Math.max(a, b) + 1e-8);
          expect(mark / every).toBeCloseTo(Math.round(mark / every), 6);
          if (i > 0) expect(mark - marks[i - 1]).toBeCloseTo(every, 9);
        }
      }
      expect([x.edge, y.edge]).toEqual([Math.max(x1, x2), Math.min(y1, y2)]);
    }),
  );
});

it('marks the origin as zero', () => {
  expect(marksAround([-0.3, -0.2, 0, 0.3, 0.2, 0.5]).x.marks.map((mark) => Number(mark.toFixed(9)))).toContain(0);
});
