import { add, type Quat, rotate, type Vec3 } from '../../envs/math/rotation.ts';
import { bodyCountOf } from '../../envs/model/free-body.ts';
import type { Scene } from '../../envs/model/types.ts';

/**
 * Poses at and between recorded states. A pose is position and unit quaternion x y z w, 7 numbers.
 */

type Numbers = ArrayLike<number>;

/**
 * Writes the pose of a body at a position in control steps; at whole positions the recorded numbers themselves.
 * @param poses [T+1, B, 7]
 */
export function poseAt(poses: Numbers, bodies: number, body: number, position: number, out: number[]): void {
  const step = Math.floor(position);
  const from = (step * bodies + body) * 7;
  for (let i = 0; i < 7; i++) out[i] = poses[from + i];
  const along = position - step;
  if (along === 0) return;
  const to = from + bodies * 7;
  for (let i = 0; i < 3; i++) out[i] += (poses[to + i] - out[i]) * along;
  slerp(poses, from + 3, to + 3, along, out);
}

/** Turns at a constant rate the short way round, from the quaternion at `from` to that at `to`. */
function slerp(poses: Numbers, from: number, to: number, along: number, out: number[]): void {
  let dot = 0;
  for (let i = 0; i < 4; i++) dot += poses[from + i] * poses[to + i];
  const sign = dot < 0 ? -1 : 1;
  const angle = Math.acos(Math.min(1, Math.abs(dot)));
  const sine = Math.sin(angle);
  // Close together the arc is a line, and the division would lose all digits.
  const near = sine < 1e-6;
  const a = near ? 1 - along : Math.sin((1 - along) * angle) / sine;
  const b = sign * (near ? along : Math.sin(along * angle) / sine);
  let norm = 0;
  for (let i = 0; i < 4; i++) {
    out[3 + i] = a * poses[from + i] + b * poses[to + i];
    norm += out[3 + i] ** 2;
  }
  for (let i = 3; i < 7; i++) out[i] /= Math.sqrt(norm);
}

/** World pose of a body at a state; body -1 is the base. */
export function bodyFrame(scene: Scene, poses: Numbers, t: number, body: number): { position: Vec3; rotation: Quat } {
  if (body < 0) return scene.arm.frame;
  const at = (t * bodyCountOf(scene) + body) * 7;
  return {
    position: [poses[at], poses[at + 1], poses[at + 2]],
    rotation: [poses[at + 3], poses[at + 4], poses[at + 5], poses[at + 6]],
  };
}

/** A point fixed in a body, in the world. */
export function transformPoint(pose: Numbers, point: Vec3): Vec3 {
  return add([pose[0], pose[1], pose[2]], rotate([pose[3], pose[4], pose[5], pose[6]], point));
}
