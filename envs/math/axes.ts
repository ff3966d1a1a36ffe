import { type Quat, rotate, type Vec3 } from './rotation.ts';

/** Orientations by the directions of their axes: a quaternion and its negative turn alike, and come out with the same bits. */

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

/** The unit quaternion that turns x, y and z into these axes, unit vectors of a right-handed frame (Shepperd's method). */
export function fromAxes(x: Vec3, y: Vec3, z: Vec3): Quat {
  const trace = x[0] + y[1] + z[2];
  if (trace > 0) {
    const s = Math.sqrt(trace + 1) * 2;
    return [(y[2] - z[1]) / s, (z[0] - x[2]) / s, (x[1] - y[0]) / s, s / 4];
  }
  if (x[0] > y[1] && x[0] > z[2]) {
    const s = Math.sqrt(1 + x[0] - y[1] - z[2]) * 2;
    return [s / 4, (y[0] + x[1]) / s, (z[0] + x[2]) / s, (y[2] - z[1]) / s];
  }
  if (y[1] > z[2]) {
    const s = Math.sqrt(1 + y[1] - x[0] - z[2]) * 2;
    return [(y[0] + x[1]) / s, s / 4, (z[1] + y[2]) / s, (z[0] - x[2]) / s];
  }
  const s = Math.sqrt(1 + z[2] - x[0] - y[1]) * 2;
  return [(z[0] + x[2]) / s, (z[1] + y[2]) / s, s / 4, (x[1] - y[0]) / s];
}
