import type { Random } from '../math/random.ts';
import type { Vec3 } from '../math/rotation.ts';
import type { Arm, Placed } from '../model/types.ts';
import type { Ranges } from '../model/workspace.ts';
import { reachablePostures } from './reachable-postures.ts';

/**
 * Draws goals that an arm can reach: where its tip is in a free posture of random joint positions within some ranges.
 * @returns a goal, m, world, and null if none of 10,000 postures will do
 */
export function reachableGoals(arm: Placed<Arm>, ranges: Ranges): (random: Random) => Vec3 | null {
  const draw = reachablePostures(arm, ranges);
  return (random) => draw(random)?.tip.position ?? null;
}
