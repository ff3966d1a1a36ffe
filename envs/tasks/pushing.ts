import { distance } from '../math/rotation.ts';
import type { Shaping } from './panda-object.ts';

/** How far behind the object's middle, as seen from the goal, the end effector is led to, m. */
const behind = 0.05;

/** Weight of a metre of that way against one of the object's. */
const reachingWeight = 0.5;

/**
 * Terms by which pushing is learned: reaching a point behind the object, from where the way to the goal leads through it, and bringing
 * the object there. Reaching the object itself teaches nothing: it is reached from where it cannot be pushed to the goal.
 */
export const pushing: Shaping = {
  terms: ['reaching', 'distance'],
  write({ tip, position }, goal, away, _isThere, terms) {
    const [x, y] = [goal[0] - position[0], goal[1] - position[1]];
    const back = behind / Math.max(1e-6, Math.sqrt(x * x + y * y));
    const point = [position[0] - back * x, position[1] - back * y, position[2]];
    terms[0] = -reachingWeight * distance(tip, point);
    terms[1] = -away;
  },
};
