import { aboutAxis, add, conjugate, fromXAxisTo, multiply, rotate } from '../math/rotation.ts';
import type { Arm } from '../model/types.ts';
import type { Quat, Vec3 } from '../types.ts';

const zAxis: Vec3 = [0, 0, 1];

/** A child's joint frame in its body: +X of the frame is the body's z axis. */
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
  /** From the link's body frame to its link frame: a turn about the joint's axis. */
  readonly offset: Quat;
}

/**
 * Creating a multibody joint moves its bodies to the joint's zero, and no call sets its angle afterwards. So the frame
 * of each body is chosen such that the joint's zero is the start angle; `offset` turns it back to the link's frame.
 */
export function layout(arm: Arm, start: ArrayLike<number>): JointLayout[] {
  let parent = { position: arm.base.position, rotation: arm.base.rotation, offset: [0, 0, 0, 1] as Quat };
  return arm.joints.map((joint, i) => {
    const anchor = rotate(parent.offset, joint.position);
    const jointFrame = multiply(parent.offset, joint.rotation);
    const frame = fromXAxisTo(rotate(jointFrame, zAxis));
    const relative = multiply(frame, conjugate(childFrame));
    const offset = multiply(conjugate(relative), multiply(jointFrame, aboutAxis(zAxis, start[i])));
    const position = add(parent.position, rotate(parent.rotation, anchor));
    const turned = multiply(parent.rotation, relative);
    parent = { position, rotation: turned, offset };
    return { start: start[i], anchor, frame, position, rotation: turned, offset };
  });
}
