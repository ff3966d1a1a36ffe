import { describe, expect, test } from 'vitest';
import { aboutAxis, fromRollPitchYaw } from '../../envs/math/axis-angle.ts';
import { type Random, stream } from '../../envs/math/random.ts';
import {
  add,
  conjugate,
  cross,
  dot,
  fromXAxisTo,
  identity,
  multiply,
  norm,
  type Quat,
  rotate,
  subtract,
  type Vec3,
} from '../../envs/math/rotation.ts';

const random = stream(1, 'start');
const x: Vec3 = [1, 0, 0];
const y: Vec3 = [0, 1, 0];
const z: Vec3 = [0, 0, 1];

/** A dozen double roundings on numbers of size 1. */
const rounding = 1e-14;

function direction(from: Random): Vec3 {
  const v: Vec3 = [from.normal(), from.normal(), from.normal()];
  const length = norm(v);
  return [v[0] / length, v[1] / length, v[2] / length];
}

function turn(from: Random): Quat {
  return aboutAxis(direction(from), from.between(-Math.PI, Math.PI));
}

function expectClose(found: readonly number[], expected: readonly number[], within = rounding): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, i) => {
    expect(Math.abs(value - expected[i]), `component ${i} of ${found} against ${expected}`).toBeLessThanOrEqual(within);
  });
}

describe('vectors', () => {
  test('add, subtract, dot, cross and norm of known vectors', () => {
    expect(add([1, 2, 3], [10, 20, 30])).toEqual([11, 22, 33]);
    expect(subtract([1, 2, 3], [10, 20, 30])).toEqual([-9, -18, -27]);
    expect(dot([1, 2, 3], [4, -5, 6])).toBe(12);
    expect(cross(x, y)).toEqual(z);
    expect(cross([1, 2, 3], [4, 5, 6])).toEqual([-3, 6, -3]);
    expect(norm([2, -3, 6])).toBe(7);
  });
});

describe('quaternions', () => {
  test('turn by the right hand', () => {
    expectClose(rotate(aboutAxis(z, Math.PI / 2), x), y);
    expectClose(rotate(aboutAxis(x, Math.PI / 2), y), z);
    expectClose(rotate(aboutAxis(y, Math.PI / 2), z), x);
    expect(rotate(identity, [1, 2, 3])).toEqual([1, 2, 3]);
  });

  test('a product turns by its right factor first; the conjugate turns back', () => {
    for (let i = 0; i < 100; i++) {
      const [a, b, v] = [turn(random), turn(random), direction(random)];
      expectClose(rotate(multiply(a, b), v), rotate(a, rotate(b, v)));
      expectClose(rotate(conjugate(a), rotate(a, v)), v);
    }
  });

  test('rotation follows the formula of Rodrigues', () => {
    for (let i = 0; i < 100; i++) {
      const [axis, v, angle] = [direction(random), direction(random), random.between(-Math.PI, Math.PI)];
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      const [across, along] = [cross(axis, v), dot(axis, v)];
      const expected = [0, 1, 2].map((k) => c * v[k] + s * across[k] + (1 - c) * along * axis[k]);
      expectClose(rotate(aboutAxis(axis, angle), v), expected);
    }
  });

  test('roll, pitch and yaw are Rz(yaw) Ry(pitch) Rx(roll)', () => {
    const [roll, pitch, yaw] = [0.3, -1.1, 2.2];
    const matrix = (angle: number, axis: 0 | 1 | 2): number[][] => {
      const [c, s, i, j] = [Math.cos(angle), Math.sin(angle), (axis + 1) % 3, (axis + 2) % 3];
      const m = [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ];
      [m[i][i], m[i][j], m[j][i], m[j][j]] = [c, -s, s, c];
      return m;
    };
    const apply = (m: number[][], v: readonly number[]) => m.map((row) => row.reduce((sum, a, k) => sum + a * v[k], 0));
    for (const v of [x, y, z]) {
      const expected = apply(matrix(yaw, 2), apply(matrix(pitch, 1), apply(matrix(roll, 0), v)));
      expectClose(rotate(fromRollPitchYaw([roll, pitch, yaw]), v), expected);
    }
  });
});

describe('fromXAxisTo', () => {
  test('turns +X to the axis by the shortest way', () => {
    for (const axis of [x, y, z, [0, -1, 0] as Vec3, ...Array.from({ length: 100 }, () => direction(random))]) {
      const q = fromXAxisTo(axis);
      // Near -X the half angle's cosine is lost to cancellation in 1 + a_x.
      expectClose(rotate(q, x), axis, 1e-12);
      // The shortest turn is about an axis at right angles to X.
      expect(q[0]).toBe(0);
      expect(Math.abs(Math.hypot(...q) - 1)).toBeLessThan(1e-12);
    }
  });

  test('has an answer for -X, where every half turn is as short', () => {
    expectClose(rotate(fromXAxisTo([-1, 0, 0]), x), [-1, 0, 0]);
  });
});
