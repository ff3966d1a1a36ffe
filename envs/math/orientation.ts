import { atan2 } from './kernels.ts';
import { conjugate, multiply, type Quat } from './rotation.ts';

/**
 * Angle of the turn from one orientation to another, rad in [0, pi]. A quaternion and its negative turn alike, and come out with the
 * same bits.
 */
export function angleBetween(from: Quat, to: Quat): number {
  const [x, y, z, w] = multiply(to, conjugate(from));
  return 2 * atan2(Math.sqrt(x * x + y * y + z * z), Math.abs(w));
}
