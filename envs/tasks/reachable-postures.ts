import type { Random } from '../math/random.ts';
import { add, rotate, type Vec3 } from '../math/rotation.ts';
import { forwardKinematics, type Posture } from '../model/kinematics.ts';
import type { Arm, Placed } from '../model/types.ts';
import { drawPosture, type Ranges, reachOf, shoulderOf } from '../model/workspace.ts';
import { selfClearanceOf } from './self-clearance.ts';

/** Goals are kept this far above the floor and away from the column under the shoulder, over the arm's reach. */
const [floorMargin, baseRadius] = [0.02, 0.15];

/** Postures that are tried for one goal. */
const tries = 10000;

/** Joint positions [J], and where they have the arm. */
export interface ReachablePosture extends Posture {
  readonly q: Float64Array;
}

/**
 * Which postures of an arm are free: all of it above the floor and no part within another, the tip somewhat higher and outside of
 * the column that the arm stands on. The floor is at height 0, or where an arm that works below it has its lowest part at home: an
 * arm in a plane has its goals in that plane.
 */
export function freedomOf(arm: Placed<Arm>): (posture: Posture) => boolean {
  const reach = reachOf(arm.model);
  const shoulder = add(arm.frame.position, rotate(arm.frame.rotation, shoulderOf(arm.model)));
  const home = forwardKinematics(arm, arm.model.home);
  const lowest = ({ bodies, tip }: Posture) =>
    bodies.reduce((height, { position }) => Math.min(height, position[2]), tip.position[2]);
  // Heights in a plane differ by roundings.
  const slack = 1e-9 * reach;
  const floor = Math.min(0, lowest(home)) - slack;
  const tipFloor = Math.min(floor + floorMargin * reach, home.tip.position[2] - slack);
  const isClear = selfClearanceOf(arm);

  function isInBase([x, y, z]: Vec3): boolean {
    const [east, north] = [x - shoulder[0], y - shoulder[1]];
    const isBelow = z < shoulder[2] + baseRadius * reach;
    return isBelow && Math.sqrt(east * east + north * north) < baseRadius * reach;
  }

  return (posture) => {
    const { position } = posture.tip;
    return position[2] >= tipFloor && lowest(posture) >= floor && !isInBase(position) && isClear(posture);
  };
}

/**
 * Draws free postures of random joint positions within some ranges.
 * @returns null if none of 10,000 will do
 */
export function reachablePostures(arm: Placed<Arm>, ranges: Ranges): (random: Random) => ReachablePosture | null {
  const isFree = freedomOf(arm);
  return (random) => {
    for (let i = 0; i < tries; i++) {
      const q = drawPosture(arm.model, ranges, random);
      const posture = forwardKinematics(arm, q);
      if (isFree(posture)) return { q, ...posture };
    }
    return null;
  };
}
