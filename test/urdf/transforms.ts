import type { FileJoint } from './random-robot.ts';

/** Forward kinematics straight from a file's numbers, by matrices and by JavaScript's own trigonometry. */

/** Rows of a matrix [4][4]. */
export type Matrix = readonly (readonly number[])[];

export const unit: Matrix = [0, 1, 2, 3].map((i) => [0, 1, 2, 3].map((k) => (i === k ? 1 : 0)));

export function product(a: Matrix, b: Matrix): Matrix {
  return a.map((row) => [0, 1, 2, 3].map((k) => row.reduce((sum, value, i) => sum + value * b[i][k], 0)));
}

type Triple = readonly [number, number, number];

/** URDF's <origin>. */
export function originMatrix([x, y, z]: Triple, [roll, pitch, yaw]: Triple): Matrix {
  const [cr, sr, cp, sp] = [Math.cos(roll), Math.sin(roll), Math.cos(pitch), Math.sin(pitch)];
  const [cy, sy] = [Math.cos(yaw), Math.sin(yaw)];
  return [
    [cy * cp, cy * sp * sr - sy * cr, cy * sp * cr + sy * sr, x],
    [sy * cp, sy * sp * sr + cy * cr, sy * sp * cr - cy * sr, y],
    [-sp, cp * sr, cp * cr, z],
    [0, 0, 0, 1],
  ];
}

function motionMatrix(type: FileJoint['type'], axis: Triple, value: number): Matrix {
  const length = Math.hypot(...axis);
  const [x, y, z] = axis.map((component) => component / length);
  if (type === 'fixed') return unit;
  if (type === 'prismatic') {
    return [
      [1, 0, 0, x * value],
      [0, 1, 0, y * value],
      [0, 0, 1, z * value],
      [0, 0, 0, 1],
    ];
  }
  // Rodrigues' formula.
  const [c, s] = [Math.cos(value), Math.sin(value)];
  const d = 1 - c;
  return [
    [c + x * x * d, x * y * d - z * s, x * z * d + y * s, 0],
    [y * x * d + z * s, c + y * y * d, y * z * d - x * s, 0],
    [z * x * d - y * s, z * y * d + x * s, c + z * z * d, 0],
    [0, 0, 0, 1],
  ];
}

/** Every link's frame in the root's; joints that are not named stand at zero, or in the middle of limits that leave zero out. */
export function linkFrames(joints: readonly FileJoint[], values: ReadonlyMap<string, number>): Map<string, Matrix> {
  const frames = new Map<string, Matrix>([['root', unit]]);
  for (const { name, type, parent, child, xyz, rpy, axis, low = 0, high = 0 } of joints) {
    const rest = low > 0 || high < 0 ? (low + high) / 2 : 0;
    const placed = product(frames.get(parent) as Matrix, originMatrix(xyz, rpy));
    frames.set(child, product(placed, motionMatrix(type, axis, values.get(name) ?? rest)));
  }
  return frames;
}
