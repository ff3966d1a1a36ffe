import { type Random, stream } from '../math/random.ts';
import { distance, type Vec3 } from '../math/rotation.ts';
import { forwardKinematics } from './kinematics.ts';
import { degreesOf, followLeaders, siteOf, treeOf } from './tree.ts';
import { type Arm, atOrigin } from './types.ts';

/** Where the tip of an arm can get: what is known of an arm's size without any data on what it is for. */

/** Lowest and highest position of each joint of one degree, rad or m [J]. */
export interface Ranges {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** The joints' whole limits; a turn about home for a joint that has none, and home alone for a slide that has none. */
export function limitsOf(arm: Arm): Ranges {
  const ends = degreesOf(arm).map(({ kind, low, high }, i) => {
    const home = arm.home[i] ?? 0;
    if (low !== undefined && high !== undefined) return [low, high];
    return kind === 'prismatic' ? [home, home] : [home - Math.PI, home + Math.PI];
  });
  return { low: ends.map(([low]) => low), high: ends.map(([, high]) => high) };
}

/** The part of the limits within `angle` rad of home; a joint that slides, within what moves the tip about as far. */
export function nearHome(arm: Arm, angle: number): Ranges {
  const limits = limitsOf(arm);
  const clip = (value: number, i: number) => Math.min(Math.max(value, limits.low[i]), limits.high[i]);
  const home = limits.low.map((_, i) => clip(arm.home[i], i));
  const widths = perJoint(arm, angle);
  return {
    low: home.map((value, i) => clip(value - widths[i], i)),
    high: home.map((value, i) => clip(value + widths[i], i)),
  };
}

/**
 * How far each joint is to move for what an angle, rad, is to one that turns: a joint that slides by half the arm's reach for a
 * radian, as the middle of the arm does about its shoulder [J], rad or m.
 */
export function perJoint(arm: Arm, angle: number, reach = reachOf(arm)): number[] {
  const slide = (angle * reach) / 2;
  return degreesOf(arm).map(({ kind }) => (kind === 'prismatic' ? slide : angle));
}

/** Joint positions drawn evenly from the ranges, each driven joint by itself [J]. */
export function drawPosture(arm: Arm, { low, high }: Ranges, random: Random): Float64Array {
  const q = new Float64Array(low.length);
  for (const i of treeOf(arm).driven) q[i] = random.between(low[i], high[i]);
  return followLeaders(arm, q);
}

/** Where the first moving joint on the way to the tip is in the frame of the arm's root, m; the root's own origin if none moves. */
export function shoulderOf(arm: Arm): Vec3 {
  const { parents, coordinates, degrees } = treeOf(arm);
  let first = -1;
  for (let body = siteOf(arm, arm.tip).body; body >= 0; body = parents[body]) if (coordinates[body] >= 0) first = body;
  return first < 0 ? [0, 0, 0] : forwardKinematics(atOrigin(arm), new Array(degrees).fill(0)).bodies[first].position;
}

const postures = 3000;
const known = new WeakMap<Arm, number>();

/**
 * Reach of an arm, m: the farthest that its tip gets from the first moving joint over 3,000 random postures within the limits,
 * the same ones each time.
 */
export function reachOf(arm: Arm): number {
  const made = known.get(arm) ?? sampledReach(arm, postures);
  known.set(arm, made);
  return made;
}

/** The same over fewer postures, where sizes are only judged by it. */
export function sampledReach(arm: Arm, count = 300): number {
  const [random, limits, shoulder] = [stream(0, 'workspace'), limitsOf(arm), shoulderOf(arm)];
  let reach = 0;
  for (let i = 0; i < count; i++) {
    const { tip } = forwardKinematics(atOrigin(arm), drawPosture(arm, limits, random));
    reach = Math.max(reach, distance(tip.position, shoulder));
  }
  return reach;
}
