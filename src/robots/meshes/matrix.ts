import { cos, sin } from '../../../envs/math/kernels.ts';
import type { Quat, Vec3 } from '../../../envs/math/rotation.ts';

/** A transform of points, column by column, as glTF has it [16]. */
export type Matrix = readonly number[];

export const unit: Matrix = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1];

/** First b, then a. */
export function product(a: Matrix, b: Matrix): Matrix {
  return Array.from({ length: 16 }, (_, i) => {
    const [row, column] = [i % 4, 4 * Math.floor(i / 4)];
    return a[row] * b[column] + a[row + 4] * b[column + 1] + a[row + 8] * b[column + 2] + a[row + 12] * b[column + 3];
  });
}

export function translation([x, y, z]: Vec3): Matrix {
  return [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, x, y, z, 1];
}

export function scaling([x, y, z]: Vec3): Matrix {
  return [x, 0, 0, 0, 0, y, 0, 0, 0, 0, z, 0, 0, 0, 0, 1];
}

export function rotation([x, y, z, w]: Quat): Matrix {
  const [xx, yy, zz] = [2 * x * x, 2 * y * y, 2 * z * z];
  const [xy, xz, yz] = [2 * x * y, 2 * x * z, 2 * y * z];
  const [wx, wy, wz] = [2 * w * x, 2 * w * y, 2 * w * z];
  return [
    1 - yy - zz,
    xy + wz,
    xz - wy,
    0,
    xy - wz,
    1 - xx - zz,
    yz + wx,
    0,
    xz + wy,
    yz - wx,
    1 - xx - yy,
    0,
    0,
    0,
    0,
    1,
  ];
}

/** @param axis of any length, but for 0 @param angle rad */
export function turn([x, y, z]: Vec3, angle: number): Matrix {
  const length = Math.sqrt(x * x + y * y + z * z);
  if (length === 0) return unit;
  const s = sin(angle / 2) / length;
  return rotation([x * s, y * s, z * s, cos(angle / 2)]);
}

/** Whether it turns a right hand into a left one. */
export function isMirror(m: Matrix): boolean {
  const across = [m[5] * m[10] - m[6] * m[9], m[6] * m[8] - m[4] * m[10], m[4] * m[9] - m[5] * m[8]];
  return m[0] * across[0] + m[1] * across[1] + m[2] * across[2] < 0;
}
