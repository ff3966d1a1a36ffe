import type { Metric } from '../env.ts';
import { distance, type Vec3 } from '../math/rotation.ts';
import type { Scene } from '../model/types.ts';
import { type Field, offsetOf, width } from '../spec.ts';
import { tipFrame } from './tip-pose.ts';

/**
 * Distance between the arm's tip and the goal in the last state.
 * @param params the episode's parameters, of which `goal` is the position; three that are the goal where not given
 */
export function finalDistance({ arm: { model } }: Scene, params?: readonly Field[]): Metric {
  const tip = tipFrame(model);
  return distanceToGoal('end effector', (pose, steps) => tip(pose, steps).position, params);
}

/** The same of an object, by its place among the bodies that move. */
export function finalObjectDistance(body: number): Metric {
  return distanceToGoal('object', (pose, steps) => {
    const [x, y, z] = pose.subarray((pose.length / (steps + 1)) * steps + 7 * body);
    return [x, y, z];
  });
}

/** @param positionIn where that is in state t, from the poses of an episode [T+1, B, 7], m */
function distanceToGoal(
  what: string,
  positionIn: (pose: Float32Array, t: number) => Vec3,
  params: readonly Field[] = [goalField],
): Metric {
  const at = offsetOf(params, 'goal') - width(params);
  return {
    name: 'final_distance',
    label: 'distance',
    unit: 'm',
    description: `between ${what} and goal at the end`,
    of({ pose, params, steps }) {
      const [x, y, z] = params.subarray(params.length + at);
      return distance(positionIn(pose, steps), [x, y, z]);
    },
  };
}

const goalField: Field = { name: 'goal', size: 3, unit: 'm', description: 'goal' };
