/** Orientations as people type them: roll, pitch and yaw about the fixed axes x, y and z, in degrees, as in URDF. */
import { Group } from 'three';
import type { Quat, Vec3 } from '../../envs/math/rotation.ts';

/** What has angles and a quaternion that follow each other. */
const frame = new Group();
// The turn about z comes last: of a frame that turns along, it is the first.
frame.rotation.order = 'ZYX';
const degree = Math.PI / 180;

export function anglesOf(turn: Quat): Vec3 {
  frame.quaternion.fromArray([...turn]);
  const { x, y, z } = frame.rotation;
  return [x / degree, y / degree, z / degree];
}

export function turnOf([roll, pitch, yaw]: Vec3): Quat {
  frame.rotation.set(roll * degree, pitch * degree, yaw * degree);
  return frame.quaternion.toArray();
}
