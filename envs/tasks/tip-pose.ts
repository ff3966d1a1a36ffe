import { add, multiply, type Quat, type QuatOut, rotate } from '../math/rotation.ts';
import { siteOf, treeOf } from '../model/tree.ts';
import type { Arm, Frame } from '../model/types.ts';

/** Where an arm's tip is in the world, and how it is turned, from the poses of the moving bodies. */

/** @returns reads the tip's rotation from poses [B, 7] */
export function tipRotation(arm: Arm): (pose: Float32Array, out?: QuatOut) => Quat {
  const { site, body } = siteOf(arm, arm.tip);
  const carried: QuatOut = [0, 0, 0, 1];
  return (pose, out) => {
    for (let i = 0; i < 4; i++) carried[i] = pose[body * 7 + 3 + i];
    return multiply(carried, site.frame.rotation, out);
  };
}

/** @returns reads the tip's frame at a step t from the poses of an episode [T+1, B, 7] */
export function tipFrame(arm: Arm): (poses: Float32Array, t: number) => Frame {
  const { site, body } = siteOf(arm, arm.tip);
  const bodies = treeOf(arm).bodies.length;
  return (poses, t) => {
    const at = (t * bodies + body) * 7;
    const [x, y, z, qx, qy, qz, qw] = poses.subarray(at, at + 7);
    const rotation: Quat = [qx, qy, qz, qw];
    return {
      position: add([x, y, z], rotate(rotation, site.frame.position)),
      rotation: multiply(rotation, site.frame.rotation),
    };
  };
}
