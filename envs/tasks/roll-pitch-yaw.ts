import { asin, atan2 } from '../math/kernels.ts';

/**
 * Roll, pitch and yaw of a rotation, rad: R = Rz(yaw) Ry(pitch) Rx(roll). Where the pitch is a quarter turn, one of the other two is free:
 * the roll is 0 then, as in PyBullet's getEulerFromQuaternion.
 */
export function rollPitchYaw(x: number, y: number, z: number, w: number): readonly [number, number, number] {
  const sine = -2 * (x * z - w * y);
  if (sine <= -0.99999) return [0, -Math.PI / 2, 2 * atan2(x, -y)];
  if (sine >= 0.99999) return [0, Math.PI / 2, 2 * atan2(-x, y)];
  const [xx, yy, zz, ww] = [x * x, y * y, z * z, w * w];
  return [atan2(2 * (y * z + w * x), ww - xx - yy + zz), asin(sine), atan2(2 * (x * y + w * z), ww + xx - yy - zz)];
}
