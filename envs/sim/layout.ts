import { aboutAxis } from '../math/axis-angle.ts';
import { add, conjugate, fromXAxisTo, multiply, type Quat, rotate, type Vec3 } from '../math/rotation.ts';
import { treeOf } from '../model/tree.ts';
import type { Arm, Placed } from '../model/types.ts';

const zAxis: Vec3 = [0, 0, 1];

/** A child's joint frame in its body as Rapier has it: +X of the frame is the body's z axis. */
export const childFrame = fromXAxisTo(zAxis);

/** How one joint and its link are laid out in Rapier for an arm that starts at given angles. */
export interface JointLayout {
  /** Joint angle at the start, rad. */
  readonly start: number;
  /** The joint's anchor and frame in the parent's body; +X of the frame is the joint's axis. */
  readonly anchor: Vec3;
  readonly frame: Quat;
  /** World pose of the link's body at the start. */
  readonly position: Vec3;
  readonly rotation: Quat;
  /** From the link's body frame, whose z axis is the joint's, to its own frame. */
  readonly offset: Quat;
}

/**
 * Creating a multibody joint moves its bodies to the joint's zero, and no call sets its angle afterwards. So the frame
 * of each body is chosen such that the joint's zero is the start angle; `offset` turns it back to the link's frame.
 */
export function layout({ model, frame: root }: Placed<Arm>, start: ArrayLike<number>): JointLayout[] {
  const { joints, parents } = treeOf(model);
  const layouts: JointLayout[] = [];
  joints.forEach((joint, i) => {
    const parent = parents[i] < 0 ? { ...root, offset: [0, 0, 0, 1] as Quat } : layouts[parents[i]];
    const anchor = rotate(parent.offset, joint.frame.position);
    const jointFrame = multiply(parent.offset, joint.frame.rotation);
    const frame = fromXAxisTo(rotate(jointFrame, joint.axis));
    const relative = multiply(frame, conjugate(childFrame));
    const offset = multiply(conjugate(relative), multiply(jointFrame, aboutAxis(joint.axis, start[i])));
    const position = add(parent.position, rotate(parent.rotation, anchor));
    const rotation = multiply(parent.rotation, relative);
    layouts.push({ start: start[i], anchor, frame, position, rotation, offset });
  });
  return layouts;
}
