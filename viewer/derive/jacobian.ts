/** What an action does at the end effector, from the scene alone. */

import type { Quat, Scene, Vec3 } from '../../envs/types.ts';
import { add, cross, multiply, rotate, subtract } from './rotation.ts';

/** Displacement of the end effector in the world for a full action of each component, m: one column for each. */
export type Columns = readonly Vec3[];

/**
 * Columns of the map from an action to where it moves the end effector, at the poses of one state [B, 7]. A joint's column is
 * axis x (tip - joint). A torque moves by an amount that only the dynamics know; its columns are scaled so that the longest
 * is a tenth of the arm's reach, and show directions.
 */
export function actionColumns(scene: Scene, pose: ArrayLike<number>, tip: Vec3): Columns {
  const { kind, scale } = scene.action;
  if (kind === 'end-effector-step')
    return [
      [scale, 0, 0],
      [0, scale, 0],
      [0, 0, scale],
    ];
  const columns = scene.joints.map((joint) => {
    const { position, rotation } = frameOf(scene, pose, joint.parent);
    const origin = add(position, rotate(rotation, joint.position));
    const axis = rotate(multiply(rotation, joint.rotation), joint.axis);
    return cross(axis, subtract(tip, origin));
  });
  const longest = Math.max(...columns.map((column) => Math.hypot(...column)));
  const factor = kind === 'joint-step' ? scale : longest > 0 ? 0.1 : 0;
  return columns.map(([x, y, z]) => [x * factor, y * factor, z * factor]);
}

function frameOf({ base }: Scene, pose: ArrayLike<number>, body: number): { position: Vec3; rotation: Quat } {
  if (body < 0) return base;
  const at = body * 7;
  return {
    position: [pose[at], pose[at + 1], pose[at + 2]],
    rotation: [pose[at + 3], pose[at + 4], pose[at + 5], pose[at + 6]],
  };
}

/** J a: where an action moves the tip, m. */
export function displacement(columns: Columns, action: ArrayLike<number>): [number, number, number] {
  const out: [number, number, number] = [0, 0, 0];
  for (const [k, column] of columns.entries()) for (let i = 0; i < 3; i++) out[i] += column[i] * action[k];
  return out;
}

/**
 * J S J^T, row by row [9], m^2, where S is the covariance of the action.
 * @param scale standard deviations [A], or the lower Cholesky factor [A, A]
 */
export function tipCovariance(columns: Columns, scale: ArrayLike<number>): Float64Array {
  const n = columns.length;
  const out = new Float64Array(9);
  const full = scale.length === n * n && n > 1;
  // J L, one column at a time: its outer products sum to the covariance.
  for (let c = 0; c < n; c++) {
    const v = [0, 0, 0];
    for (let k = full ? c : c; k < (full ? n : c + 1); k++) {
      const weight = full ? scale[k * n + c] : scale[k];
      for (let i = 0; i < 3; i++) v[i] += columns[k][i] * weight;
    }
    for (let i = 0; i < 9; i++) out[i] += v[Math.floor(i / 3)] * v[i % 3];
  }
  return out;
}

/** A lower triangular root of a 3 x 3 covariance, row by row; flat directions keep a thousandth of the largest, to be drawn. */
export function root3(m: ArrayLike<number>): [number, number, number, number, number, number] {
  const least = 1e-6 * Math.max(m[0], m[4], m[8], 1e-12);
  const a = Math.sqrt(Math.max(m[0], least));
  const b = m[3] / a;
  const d = m[6] / a;
  const c = Math.sqrt(Math.max(m[4] - b * b, least));
  const e = (m[7] - d * b) / c;
  return [a, b, c, d, e, Math.sqrt(Math.max(m[8] - d * d - e * e, least))];
}
