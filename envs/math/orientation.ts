import { atan2 } from './kernels.ts';
import { conjugate, multiply, type Quat, rotate, type Vec3 } from './rotation.ts';

/** Orientations for a policy and a reward: a quaternion and its negative turn alike, and come out with the same bits. */

/** Angle of the turn from one orientation to another, rad in [0, pi]. */
export function angleBetween(from: Quat, to: Quat): number {
  const [x, y, z, w] = multiply(to, conjugate(from));
  return 2 * atan2(Math.sqrt(x * x + y * y + z * z), Math.abs(w));
}

const xAxis: Vec3 = [1, 0, 0];
const yAxis: Vec3 = [0, 1, 0];

/**
 * Writes an orientation as the directions of its x and y axes [6]: the fewest numbers that are continuous in it everywhere (Zhou et
 * al., "On the continuity of rotation representations in neural networks", CVPR 2019).
 */
export function writeAxes(rotation: Quat, out: Float32Array, at: number): void {
  out.set(rotate(rotation, xAxis), at);
  out.set(rotate(rotation, yAxis), at + 3);
}
