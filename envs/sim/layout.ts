import { aboutAxis } from '../math/axis-angle.ts';
import { add, conjugate, fromXAxisTo, identity, multiply, type Quat, rotate, type Vec3 } from '../math/rotation.ts';
import { treeOf } from '../model/tree.ts';
import type { Arm, Placed } from '../model/types.ts';

const zAxis: Vec3 = [0, 0, 1];

/** The joint frame of a link that turns, in its body: +X of the frame is the body's z axis. */
const turningFrame = fromXAxisTo(zAxis);

/** How one joint and its link are laid out in Rapier for an arm that starts at given positions. */
export interface JointLayout {
  /** Whether the link slides along the joint's axis instead of turning about it. */
  readonly slides: boolean;
  /** Joint position at the start, rad or m. */
  readonly start: number;
  /** The link's origin and the joint's frame in the parent's body at the start; +X of the frame is the joint's axis. */
  readonly anchor: Vec3;
  readonly frame: Quat;
  /** The joint's frame in the link's body. */
  readonly childFrame: Quat;
  /** World pose of the link's body at the start. */
  readonly position: Vec3;
  readonly rotation: Quat;
  /** From the link's body frame to its own frame. */
  readonly offset: Quat;
}

/**
 * Creating a multibody joint moves its bodies to the joint's zero, and no call sets its position afterwards. So the frame
 * of each body is chosen such that the joint's zero is the start; `offset` turns it back to the link's frame. A body that turns has
 * its z axis along the joint's; one that slides is turned as its parent's body.
 */
export function layout({ model, frame: root }: Placed<Arm>, start: ArrayLike<number>): JointLayout[] {
  const { joints, parents } = treeOf(model);
  const layouts: JointLayout[] = [];
  joints.forEach((joint, i) => {
    const parent = parents[i] < 0 ? { ...root, offset: [0, 0, 0, 1] as Quat } : layouts[parents[i]];
    const slides = joint.kind === 'prismatic';
    const jointFrame = multiply(parent.offset, joint.frame.rotation);
    const axis = rotate(jointFrame, joint.axis);
    const origin = rotate(parent.offset, joint.frame.position);
    const anchor = slides ? add(origin, scaled(axis, start[i])) : origin;
    const frame = fromXAxisTo(axis);
    const childFrame = slides ? frame : turningFrame;
    const relative = slides ? identity : multiply(frame, conjugate(turningFrame));
    const turned = slides ? jointFrame : multiply(jointFrame, aboutAxis(joint.axis, start[i]));
    const offset = multiply(conjugate(relative), turned);
    const position = add(parent.position, rotate(parent.rotation, anchor));
    const rotation = multiply(parent.rotation, relative);
    layouts.push({ slides, start: start[i], anchor, frame, childFrame, position, rotation, offset });
  });
  return layouts;
}

function scaled([x, y, z]: Vec3, by: number): Vec3 {
  return [by * x, by * y, by * z];
}
