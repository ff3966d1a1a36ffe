import { add, conjugate, cross, dot, rotate, subtract, type Vec3 } from '../math/rotation.ts';
import { forwardKinematics, type Posture } from './kinematics.ts';
import { treeOf } from './tree.ts';
import { type Arm, atOrigin } from './types.ts';

/** An arm's dynamics at rest, by joint: what a motor has to move, and what it has to hold. */

/** Velocity of a body's centre of mass in the world, m, and its spin in the body's axes, rad, per unit of a joint. */
interface Column {
  readonly joint: number;
  readonly linear: Vec3;
  readonly angular: Vec3;
}

/**
 * Inertia of an arm in its joints, M(q) [J, J] row by row, kg m^2 where both turn: M = sum over the bodies of
 * m J_v^T J_v + J_w^T I J_w, with the Jacobians of each body's centre of mass.
 */
export function jointInertia(arm: Arm, q: ArrayLike<number>): Float64Array {
  const { bodies, degrees } = treeOf(arm);
  const inertia = new Float64Array(degrees * degrees);
  const columns = columnsOf(arm, q);
  bodies.forEach(({ inertial }, body) => {
    if (!inertial) return;
    const [xx, yy, zz, xy, xz, yz] = inertial.inertia;
    for (const a of columns[body]) {
      const [x, y, z] = a.angular;
      const momentum: Vec3 = [xx * x + xy * y + xz * z, xy * x + yy * y + yz * z, xz * x + yz * y + zz * z];
      for (const b of columns[body]) {
        inertia[a.joint * degrees + b.joint] += inertial.mass * dot(a.linear, b.linear) + dot(momentum, b.angular);
      }
    }
  });
  return inertia;
}

/** What the motors have to give to hold an arm still against gravity, g m/s^2 along -z of its root [J], N m or N. */
export function gravityLoad(arm: Arm, q: ArrayLike<number>, g = 9.81): Float64Array {
  const { bodies, degrees } = treeOf(arm);
  const load = new Float64Array(degrees);
  const columns = columnsOf(arm, q);
  bodies.forEach(({ inertial }, body) => {
    for (const { joint, linear } of inertial ? columns[body] : []) load[joint] += (inertial?.mass ?? 0) * g * linear[2];
  });
  return load;
}

/** For each body, a column for every joint that moves it. */
function columnsOf(arm: Arm, q: ArrayLike<number>): Column[][] {
  const { joints, parents, coordinates, bodies } = treeOf(arm);
  const posture = forwardKinematics(atOrigin(arm), q);
  return bodies.map(({ inertial }, body) => {
    const columns: Column[] = [];
    const center = inertial ? pointOf(posture, body, inertial.center) : posture.bodies[body].position;
    for (let at = body; at >= 0; at = parents[at]) {
      if (coordinates[at] < 0) continue;
      const { position, rotation } = posture.bodies[at];
      const axis = rotate(rotation, joints[at].axis);
      const slides = joints[at].kind === 'prismatic';
      columns.push({
        joint: coordinates[at],
        linear: slides ? axis : cross(axis, subtract(center, position)),
        angular: slides ? [0, 0, 0] : rotate(conjugate(posture.bodies[body].rotation), axis),
      });
    }
    return columns;
  });
}

function pointOf({ bodies }: Posture, body: number, point: Vec3): Vec3 {
  const { position, rotation } = bodies[body];
  return add(position, rotate(rotation, point));
}
