import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeAxes } from '../../envs/math/axes.ts';
import { aboutAxis } from '../../envs/math/axis-angle.ts';
import { angleBetween } from '../../envs/math/orientation.ts';
import { multiply, type Quat, rotate, type Vec3 } from '../../envs/math/rotation.ts';

const part = fc.double({ min: -1, max: 1, noNaN: true });
const direction = fc
  .tuple(part, part, part)
  .filter((v) => Math.hypot(...v) > 0.1)
  .map((v): Vec3 => [v[0] / Math.hypot(...v), v[1] / Math.hypot(...v), v[2] / Math.hypot(...v)]);
const angle = fc.double({ min: -Math.PI, max: Math.PI, noNaN: true });
const orientation = fc.tuple(direction, angle).map(([axis, turn]) => aboutAxis(axis, turn));

const negative = ([x, y, z, w]: Quat): Quat => [-x, -y, -z, -w];
const axesOf = (rotation: Quat) => {
  const out = new Float32Array(8).fill(7);
  writeAxes(rotation, out, 1);
  expect([out[0], out[7]]).toEqual([7, 7]);
  return out.slice(1, 7);
};

describe('orientations', () => {
  test('that a quaternion and its negative give are the same, to the bit', () => {
    fc.assert(
      fc.property(orientation, orientation, (a, b) => {
        expect(axesOf(negative(a))).toEqual(axesOf(a));
        expect(angleBetween(negative(a), b)).toBe(angleBetween(a, b));
        expect(angleBetween(a, negative(b))).toBe(angleBetween(a, b));
      }),
    );
  });

  test('are seen as the directions of their x and y axes', () => {
    fc.assert(
      fc.property(orientation, (a) => {
        const expected = [...rotate(a, [1, 0, 0]), ...rotate(a, [0, 1, 0])];
        expect(axesOf(a)).toEqual(Float32Array.from(expected));
      }),
    );
  });

  test('are seen a little otherwise after a little turn, wherever they are', () => {
    fc.assert(
      fc.property(orientation, direction, (a, axis) => {
        const [before, after] = [axesOf(a), axesOf(multiply(aboutAxis(axis, 1e-3), a))];
        before.forEach((x, i) => {
          expect(Math.abs(x - after[i])).toBeLessThan(1.1e-3);
        });
      }),
    );
  });

  test('are apart by the angle of the turn between them, the short way round', () => {
    fc.assert(
      fc.property(orientation, direction, angle, (a, axis, turn) => {
        expect(angleBetween(a, multiply(aboutAxis(axis, turn), a))).toBeCloseTo(Math.abs(turn), 7);
      }),
    );
    expect(angleBetween([0, 0, 0, 1], [0, 0, 0, 1])).toBe(0);
    expect(angleBetween([0, 0, 0, 1], aboutAxis([0, 0, 1], 1.5 * Math.PI))).toBeCloseTo(Math.PI / 2, 12);
  });
});
