import type { Metric } from '../env.ts';
import { distance } from '../math/rotation.ts';
import type { Scene } from '../model/types.ts';
import { type Field, offsetOf, width } from '../spec.ts';
import { tipFrame } from './tip-pose.ts';

/**
 * Distance between the arm's tip and the goal in the last state.
 * @param params the episode's parameters, of which `goal` is the position; three that are the goal where not given
 */
export function finalDistance({ arm: { model } }: Scene, params: readonly Field[] = [goalField]): Metric {
  const tip = tipFrame(model);
  const at = offsetOf(params, 'goal') - width(params);
  return {
    name: 'final_distance',
    label: 'distance',
    unit: 'm',
    description: 'between end effector and goal at the end',
    of({ pose, params, steps }) {
      const [x, y, z] = params.subarray(params.length + at);
      return distance(tip(pose, steps).position, [x, y, z]);
    },
  };
}

const goalField: Field = { name: 'goal', size: 3, unit: 'm', description: 'goal' };
