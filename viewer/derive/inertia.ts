/** How heavy an arm is to its joints, from the poses of one state: which way torques push its tip. */
import { solvePositiveDefinite } from '../../envs/math/cholesky.ts';
import { add, conjugate, cross, dot, multiply, rotate, subtract, type Vec3 } from '../../envs/math/rotation.ts';
import { drivenColumns, treeOf } from '../../envs/model/tree.ts';
import type { Frame, Scene } from '../../envs/model/types.ts';
import { bodyFrame } from './pose.ts';

/**
 * Columns of J M^-1 [A] where the driven joints have the inertia M: the acceleration of the tip that a unit of each joint's torque
 * makes at rest, m/s^2 for each N m. Undefined where the recording does not hold what the links weigh.
 * @param columns of J, m for each rad [A]
 * @param pose of the bodies in one state [B, 7]
 */
export function accelerations(
  scene: Scene,
  pose: ArrayLike<number>,
  columns: readonly Vec3[],
): readonly Vec3[] | undefined {
  const inertia = drivenInertia(scene, pose);
  const n = columns.length;
  // A link without mass at the end of the chain leaves nothing to divide by.
  for (let k = 0; k < n; k++) if (!(inertia[k * n + k] > 0)) return undefined;
  const rows = [0, 1, 2].map((i) =>
    solvePositiveDefinite(
      inertia,
      Float64Array.from(columns, (column) => column[i]),
    ),
  );
  return rows.flatMap((row) => [...row]).every(Number.isFinite)
    ? columns.map((_, k) => [rows[0][k], rows[1][k], rows[2][k]])
    : undefined;
}

/** Inertia of the driven joints, M [A, A], kg m^2 where both turn. */
function drivenInertia(scene: Scene, pose: ArrayLike<number>): Float64Array {
  const { model } = scene.arm;
  const full = jointInertia(scene, pose);
  const transposed = (rows: readonly number[][]) => rows[0].map((_, c) => rows.map((row) => row[c]));
  // A mimic moves with its leader: D^T M D, one side at a time.
  return Float64Array.from(drivenColumns(model, transposed(drivenColumns(model, full))).flat());
}

/** M(q) [J][J] = sum over the bodies of m J_v^T J_v + J_w^T I J_w, with the Jacobians of each body's centre of mass. */
export function jointInertia(scene: Scene, pose: ArrayLike<number>): number[][] {
  const { bodies, degrees } = treeOf(scene.arm.model);
  const inertia = Array.from({ length: degrees }, () => new Array<number>(degrees).fill(0));
  bodies.forEach(({ inertial }, body) => {
    if (!inertial) return;
    const [xx, yy, zz, xy, xz, yz] = inertial.inertia;
    const own = bodyFrame(scene, pose, 0, body);
    const columns = columnsOf(scene, pose, body, add(own.position, rotate(own.rotation, inertial.center)));
    for (const a of columns) {
      const [x, y, z] = rotate(conjugate(own.rotation), a.angular);
      const turned: Vec3 = [xx * x + xy * y + xz * z, xy * x + yy * y + yz * z, xz * x + yz * y + zz * z];
      const momentum = rotate(own.rotation, turned);
      for (const b of columns)
        inertia[a.joint][b.joint] += inertial.mass * dot(a.linear, b.linear) + dot(momentum, b.angular);
    }
  });
  return inertia;
}

/** Velocity of a point of a body, m, and the body's spin, rad, for a unit of every joint that carries the body; in the world. */
function columnsOf(scene: Scene, pose: ArrayLike<number>, body: number, point: Vec3) {
  const { joints, parents, coordinates } = treeOf(scene.arm.model);
  const columns: { readonly joint: number; readonly linear: Vec3; readonly angular: Vec3 }[] = [];
  for (let at = body; at >= 0; at = parents[at]) {
    if (coordinates[at] < 0) continue;
    const { axis, origin } = jointAxis(scene, pose, at);
    const slides = joints[at].kind === 'prismatic';
    columns.push({
      joint: coordinates[at],
      linear: slides ? axis : cross(axis, subtract(point, origin)),
      angular: slides ? [0, 0, 0] : axis,
    });
  }
  return columns;
}

/** The axis of the joint that carries a body, and a point on that, in the world. */
export function jointAxis(
  scene: Scene,
  pose: ArrayLike<number>,
  body: number,
): { readonly axis: Vec3; readonly origin: Vec3 } {
  const { joints, parents } = treeOf(scene.arm.model);
  const { axis, frame } = joints[body];
  const parent: Frame = bodyFrame(scene, pose, 0, parents[body]);
  return {
    axis: rotate(multiply(parent.rotation, frame.rotation), axis),
    origin: add(parent.position, rotate(parent.rotation, frame.position)),
  };
}
