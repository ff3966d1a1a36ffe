import { norm, subtract } from '../math/rotation.ts';
import { type Segment, segmentDistance } from '../math/segments.ts';
import { boneThickness } from '../model/bones.ts';
import { forwardKinematics, type Posture } from '../model/kinematics.ts';
import { siteOf, treeOf } from '../model/tree.ts';
import type { Arm, Placed } from '../model/types.ts';
import { reachOf } from '../model/workspace.ts';

/**
 * In which postures an arm does not pass through itself, told by its bones: from where it stands to its first joint, from each joint
 * to the next one and from the last one to the tip, each as thick as bones are drawn, whatever shapes the arm has. Neighbours do
 * not count, nor bones that are as close as that at home.
 */
export function selfClearanceOf(arm: Placed<Arm>): (posture: Posture) => boolean {
  const radius = boneThickness * reachOf(arm.model);
  const chain = chainOf(arm.model);
  const bonesAt = ({ bodies, tip }: Posture): Segment[] => {
    const ends = [arm.frame.position, ...chain.map((body) => bodies[body].position), tip.position];
    return ends.slice(1).map((to, i) => ({ from: ends[i], to }));
  };
  const home = bonesAt(forwardKinematics(arm, arm.model.home));
  // Joints in one place have no bone between them.
  const bones = [...home.keys()].filter((i) => norm(subtract(home[i].to, home[i].from)) > radius);
  const pairs = bones
    .flatMap((i, k) => bones.slice(k + 2).map((j) => [i, j] as const))
    .filter(([i, j]) => segmentDistance(home[i], home[j]) >= 2 * radius);
  return (posture) => {
    const at = bonesAt(posture);
    return pairs.every(([i, j]) => segmentDistance(at[i], at[j]) >= 2 * radius);
  };
}

/** The bodies on the way to the tip, from the root on. */
function chainOf(arm: Arm): number[] {
  const { parents } = treeOf(arm);
  const chain: number[] = [];
  for (let body = siteOf(arm, arm.tip).body; body >= 0; body = parents[body]) chain.unshift(body);
  return chain;
}
