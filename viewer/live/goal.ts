/** A goal that is moved by hand: in the plane that faces the camera, or in its own where a task's goals lie in one. */
import type { Vec3 } from '../../envs/math/rotation.ts';
import type { Stage } from '../stage/stage.ts';
import { axesOf, onPlane, type Ray } from './ray.ts';
import type { Opened } from './worker/messages.ts';

type Goals = NonNullable<Opened['goals']>;

/** The axis along which all goals are alike; -1 where there is none. */
export function flatAxis({ low, high }: Goals): number {
  return [2, 1, 0].find((i) => high[i] - low[i] < 1e-6) ?? -1;
}

/** Where a hand at a line of sight has the goal that it took at a point. */
export function dragged(stage: Stage, goals: Goals, ray: Ray, from: Vec3): Vec3 | undefined {
  const flat = flatAxis(goals);
  const normal = flat < 0 ? axesOf(stage).ahead : unit(flat);
  return onPlane(ray, from, normal);
}

/** Ways that keys move a goal: to the right and up as they are seen, and away. */
export type Way = 'left' | 'right' | 'up' | 'down' | 'away' | 'near';

/** The way in the world, of length 1. Up is up, and away is along the floor; in a flat task up and away are one. */
export function directionOf(stage: Stage, way: Way, flat = -1): Vec3 {
  const { right, ahead, up } = axesOf(stage);
  // Seen from above, what is ahead on the floor is what is up in the picture.
  const along = Math.hypot(ahead[0], ahead[1]) > 0.3 ? ahead : up;
  const ways: Readonly<Record<Way, Vec3>> = {
    right: level(right),
    left: level(right.map((x) => -x)),
    up: flat === 2 ? level(along) : [0, 0, 1],
    down: flat === 2 ? level(along.map((x) => -x)) : [0, 0, -1],
    away: level(along),
    near: level(along.map((x) => -x)),
  };
  return ways[way];
}

/** How far a goal may be put from the arm's base: as far again as the arm reaches. */
export function within(point: Vec3, base: Vec3, farthest: number): Vec3 {
  const away = point.map((x, i) => x - base[i]);
  const length = Math.hypot(...away);
  if (length <= farthest) return point;
  return base.map((x, i) => x + (away[i] * farthest) / length) as unknown as Vec3;
}

/** Whether a goal lies where those of the task do. */
export function isUsual(point: Vec3, { low, high }: Goals, margin: number): boolean {
  return point.every((x, i) => x >= low[i] - margin && x <= high[i] + margin);
}

function unit(axis: number): Vec3 {
  return [0, 1, 2].map((i) => (i === axis ? 1 : 0)) as unknown as Vec3;
}

function level(v: readonly number[]): Vec3 {
  const length = Math.hypot(v[0], v[1]) || 1;
  return [v[0] / length, v[1] / length, 0];
}
