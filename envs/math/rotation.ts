/**
 * Rotations as unit quaternions x y z w. Plain arithmetic, so equal bits everywhere. What a simulated step calls may be given
 * an array to write to, which may be one of its arguments.
 */

/** A point or a direction, and a unit quaternion x y z w. */
export type Vec3 = readonly [number, number, number];
export type Quat = readonly [number, number, number, number];

/** An array that a rotation or a vector is written to. */
export type QuatOut = [number, number, number, number];
export type Vec3Out = [number, number, number];

export const identity: Quat = [0, 0, 0, 1];

/** a b: first b, then a. */
export function multiply(a: Quat, b: Quat, out: QuatOut = [0, 0, 0, 0]): Quat {
  const x = a[3] * b[0] + a[0] * b[3] + a[1] * b[2] - a[2] * b[1];
  const y = a[3] * b[1] - a[0] * b[2] + a[1] * b[3] + a[2] * b[0];
  const z = a[3] * b[2] + a[0] * b[1] - a[1] * b[0] + a[2] * b[3];
  out[3] = a[3] * b[3] - a[0] * b[0] - a[1] * b[1] - a[2] * b[2];
  out[0] = x;
  out[1] = y;
  out[2] = z;
  return out;
}

export function conjugate(q: Quat, out: QuatOut = [0, 0, 0, 0]): Quat {
  out[0] = -q[0];
  out[1] = -q[1];
  out[2] = -q[2];
  out[3] = q[3];
  return out;
}

/** q v q*. */
export function rotate(q: Quat, v: Vec3, out: Vec3Out = [0, 0, 0]): Vec3 {
  const x = 2 * (q[1] * v[2] - q[2] * v[1]);
  const y = 2 * (q[2] * v[0] - q[0] * v[2]);
  const z = 2 * (q[0] * v[1] - q[1] * v[0]);
  const first = v[0] + q[3] * x + q[1] * z - q[2] * y;
  const second = v[1] + q[3] * y + q[2] * x - q[0] * z;
  out[2] = v[2] + q[3] * z + q[0] * y - q[1] * x;
  out[0] = first;
  out[1] = second;
  return out;
}

/** The shortest rotation from +X to a unit vector: the frame Rapier gives a joint whose axis is that vector. */
export function fromXAxisTo(a: Vec3): Quat {
  if (a[0] < -0.999999) return [0, 1, 0, 0];
  const s = Math.sqrt((1 + a[0]) * 2);
  return [0, -a[2] / s, a[1] / s, s / 2];
}

export function add(a: Vec3, b: Vec3, out: Vec3Out = [0, 0, 0]): Vec3 {
  for (let i = 0; i < 3; i++) out[i] = a[i] + b[i];
  return out;
}

export function subtract(a: Vec3, b: Vec3, out: Vec3Out = [0, 0, 0]): Vec3 {
  for (let i = 0; i < 3; i++) out[i] = a[i] - b[i];
  return out;
}

export function cross(a: Vec3, b: Vec3, out: Vec3Out = [0, 0, 0]): Vec3 {
  const x = a[1] * b[2] - a[2] * b[1];
  const y = a[2] * b[0] - a[0] * b[2];
  out[2] = a[0] * b[1] - a[1] * b[0];
  out[0] = x;
  out[1] = y;
  return out;
}

export function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

/** Euclidean norm. Not Math.hypot, whose last bit differs between engines. */
export function norm(a: Vec3): number {
  return Math.sqrt(dot(a, a));
}

/** |a - b| of two points. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  return Math.sqrt(x * x + y * y + z * z);
}
