import type { Quat, Scene, SceneJoint, Trajectory } from '../../envs/types.ts';
import { conjugate, multiply } from './rotation.ts';

/** Joint angles at every state [T+1, J], rad: the twist of the child in the parent's joint frame about the joint's axis. */
export function jointAngles({ pose, steps }: Pick<Trajectory, 'pose' | 'steps'>, scene: Scene): Float64Array {
  const { joints } = scene;
  const out = new Float64Array((steps + 1) * joints.length);
  let before: readonly number[] = joints.map(middle);
  for (let t = 0; t <= steps; t++) {
    before = anglesAt(pose, scene, t, before);
    out.set(before, t * joints.length);
  }
  return out;
}

/** The angles at one state [J], by whole turns nearest to others: those of the state before, or the middles of the ranges. */
export function anglesAt(
  pose: ArrayLike<number>,
  scene: Scene,
  t: number,
  others: readonly number[] = scene.joints.map(middle),
): number[] {
  const rotation = rotations(pose, scene, t);
  return scene.joints.map((joint, j) => near(twist(joint, rotation(joint.parent), rotation(joint.child)), others[j]));
}

/** Rotations of the bodies at a state; body -1 is the base. */
export function rotations(pose: ArrayLike<number>, { bodies, base }: Scene, t: number): (body: number) => Quat {
  return (body) => {
    if (body < 0) return base.rotation;
    const at = (t * bodies.length + body) * 7 + 3;
    return [pose[at], pose[at + 1], pose[at + 2], pose[at + 3]];
  };
}

function twist({ axis, rotation }: SceneJoint, parent: Quat, child: Quat): number {
  const [x, y, z, w] = multiply(conjugate(multiply(parent, rotation)), child);
  return 2 * Math.atan2(x * axis[0] + y * axis[1] + z * axis[2], w);
}

/** A pose leaves whole turns open: the angle is the one nearest to the middle of the joint's range. */
function middle({ low, high }: SceneJoint): number {
  return low === undefined || high === undefined ? 0 : (low + high) / 2;
}

/** The same angle by whole turns, nearest to another. */
function near(angle: number, other: number): number {
  return angle - 2 * Math.PI * Math.round((angle - other) / (2 * Math.PI));
}
