import { acos } from '../math/kernels.ts';
import { field } from '../spec.ts';
import type { ObjectSettings } from './panda-object.ts';
import { pointBehind } from './point-behind.ts';

/** Weight of a metre of the hand's way, and of one below the table, against one of the object's. */
const reachingWeight = 0.5;
const pressingWeight = 1;

/** Where an object is pushed from, and how. */
interface Push {
  /**
   * How far behind the object's middle, as seen from the goal, the end effector is led to, m. A hand that is led to a place from where it
   * does not touch the object may come to rest there.
   */
  readonly behind: number;
  /** Weight of the square of the object's speed, in metres a (m/s)^2: what is pushed fast is pushed past the goal. None if not given. */
  readonly speedWeight?: number;
}

/**
 * Terms by which pushing is learned: the way to the point behind the object, and bringing the object to the goal. Reaching the object
 * itself teaches nothing: it is reached from where it cannot be pushed to the goal. Nor does the straight way to the point, which
 * leads through the object from half of all sides, and moves it along. A hand that presses on the table sticks. The way to the point is
 * observed, too, which the policy need not work out of two others then.
 */
export function pushed({ behind, speedWeight }: Push): Pick<ObjectSettings, 'shaping' | 'alsoObserved'> {
  return {
    shaping: {
      terms: ['reaching', 'distance', 'pressing', ...(speedWeight === undefined ? [] : ['speed'])],
      write({ tip, position, velocity, pressed }, goal, away, _isThere, terms) {
        const [x, y] = pointBehind(position, goal, behind);
        const flat = wayRound([tip[0] - position[0], tip[1] - position[1]], [x - position[0], y - position[1]]);
        const up = tip[2] - position[2];
        terms[0] = -reachingWeight * Math.sqrt(flat * flat + up * up);
        terms[1] = -away;
        terms[2] = -pressingWeight * pressed;
        if (speedWeight !== undefined)
          terms[3] = -speedWeight * (velocity[0] * velocity[0] + velocity[1] * velocity[1]);
      },
    },
    alsoObserved: {
      fields: [field('relative_behind', 3, 'm', 'point behind the object, as seen from the goal, less end effector')],
      write({ tip, position }, goal, out, at) {
        const [x, y] = pointBehind(position, goal, behind);
        out[at] = x - tip[0];
        out[at + 1] = y - tip[1];
        out[at + 2] = position[2] - tip[2];
      },
    },
  };
}

/**
 * Length of the way from one place to another on the circle about the origin on which it lies, m: straight where that is outside of the
 * circle, else along a tangent and then the circle; from inside of it about the origin, and then out to it.
 */
export function wayRound(from: readonly [number, number], to: readonly [number, number]): number {
  const radius = Math.sqrt(to[0] * to[0] + to[1] * to[1]);
  const far = Math.sqrt(from[0] * from[0] + from[1] * from[1]);
  if (radius === 0 || far === 0) return Math.abs(far - radius);
  const cosine = (from[0] * to[0] + from[1] * to[1]) / (far * radius);
  const angle = acos(Math.min(1, Math.max(-1, cosine)));
  if (far <= radius) return radius - far + far * angle;
  const seen = acos(radius / far);
  if (angle <= seen) return Math.sqrt(far * far + radius * radius - 2 * far * radius * cosine);
  return Math.sqrt(far * far - radius * radius) + radius * (angle - seen);
}
