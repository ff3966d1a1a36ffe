import { fromAxes } from '../math/axes.ts';
import { add, conjugate, cross, dot, type Quat, rotate, subtract, type Vec3 } from '../math/rotation.ts';
import type { Inertial } from './types.ts';

/** A link's mass properties as Rapier takes them. */
export interface PrincipalInertia {
  readonly mass: number;
  readonly center: Vec3;
  /** kg m^2 about the principal axes. */
  readonly principal: Vec3;
  /** From principal axes to link axes. */
  readonly frame: Quat;
}

/** Several rigid parts as one: masses add, inertias move to the common centre of mass (parallel axis theorem). */
export function combine(parts: readonly Inertial[]): Inertial {
  const mass = parts.reduce((sum, part) => sum + part.mass, 0);
  const [mx, my, mz] = parts
    .map((part): Vec3 => [part.mass * part.center[0], part.mass * part.center[1], part.mass * part.center[2]])
    .reduce((sum, moment) => add(sum, moment));
  const center: Vec3 = [mx / mass, my / mass, mz / mass];
  const inertia: [number, number, number, number, number, number] = [0, 0, 0, 0, 0, 0];
  for (const part of parts) {
    const [x, y, z] = subtract(part.center, center);
    const shift = [y * y + z * z, x * x + z * z, x * x + y * y, -x * y, -x * z, -y * z];
    for (let i = 0; i < 6; i++) inertia[i] += part.inertia[i] + part.mass * shift[i];
  }
  return { mass, center, inertia };
}

/** A part given in a frame of its own, in the frame that carries that one at `position`, turned by `rotation`. */
export function placed(part: Inertial, position: Vec3, rotation: Quat): Inertial {
  const [xx, yy, zz, xy, xz, yz] = part.inertia;
  const apply = (v: Vec3): Vec3 => {
    const [x, y, z] = rotate(conjugate(rotation), v);
    return rotate(rotation, [xx * x + xy * y + xz * z, xy * x + yy * y + yz * z, xz * x + yz * y + zz * z]);
  };
  const [x, y, z] = [apply([1, 0, 0]), apply([0, 1, 0]), apply([0, 0, 1])];
  const center = add(position, rotate(rotation, part.center));
  return { mass: part.mass, center, inertia: [x[0], y[1], z[2], y[0], z[0], z[1]] };
}

/** Principal moments and axes of an inertia tensor by cyclic Jacobi rotations. */
export function principal(inertial: Inertial): PrincipalInertia {
  const [xx, yy, zz, xy, xz, yz] = inertial.inertia;
  const a = [
    [xx, xy, xz],
    [xy, yy, yz],
    [xz, yz, zz],
  ];
  const v = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  for (let sweep = 0; sweep < 20; sweep++) {
    for (const [p, q] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ]) {
      if (a[p][q] === 0) continue;
      const theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
      const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
      const c = 1 / Math.sqrt(t * t + 1);
      turn(a, v, p, q, c, t * c);
    }
  }
  const column = (i: number): Vec3 => [v[0][i], v[1][i], v[2][i]];
  const third: Vec3 = cross(column(0), column(1));
  return {
    mass: inertial.mass,
    center: inertial.center,
    principal: [a[0][0], a[1][1], a[2][2]],
    frame: fromAxes(column(0), column(1), dot(third, column(2)) > 0 ? column(2) : third),
  };
}

/** a <- R^T a R and v <- v R for the rotation R by (c, s) in the plane (p, q). */
function turn(a: number[][], v: number[][], p: number, q: number, c: number, s: number): void {
  for (let k = 0; k < 3; k++) [a[k][p], a[k][q]] = [c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q]];
  for (let k = 0; k < 3; k++) [a[p][k], a[q][k]] = [c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k]];
  for (let k = 0; k < 3; k++) [v[k][p], v[k][q]] = [c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q]];
}
