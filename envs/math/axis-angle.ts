import { cos, sin } from './kernels.ts';
import { multiply, type Quat, type QuatOut, type Vec3 } from './rotation.ts';

/** Rotation by `angle` (rad) about a unit axis. */
export function aboutAxis(axis: Vec3, angle: number, out: QuatOut = [0, 0, 0, 0]): Quat {
  const s = sin(angle / 2);
  out[0] = s * axis[0];
  out[1] = s * axis[1];
  out[2] = s * axis[2];
  out[3] = cos(angle / 2);
  return out;
}

/** URDF's fixed-axis roll, pitch, yaw (rad): Rz(yaw) Ry(pitch) Rx(roll). */
export function fromRollPitchYaw([roll, pitch, yaw]: Vec3): Quat {
  return multiply(aboutAxis([0, 0, 1], yaw), multiply(aboutAxis([0, 1, 0], pitch), aboutAxis([1, 0, 0], roll)));
}
