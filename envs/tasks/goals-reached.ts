import type { Metric } from '../env.ts';
import type { Arm, Frame } from '../model/types.ts';
import { type Field, width } from '../spec.ts';
import { tipFrame } from './tip-pose.ts';

/**
 * Percentage of an episode's goals that are reached in the last state of their time, each of which is `goalSteps` long.
 * @param isReached whether the tip's frame is at the goal of these parameters
 */
export function goalsReached(
  arm: Arm,
  fields: readonly Field[],
  goalSteps: number,
  isReached: (tip: Frame, params: Float32Array) => boolean,
): Metric {
  const tip = tipFrame(arm);
  const size = width(fields);
  return {
    name: 'goals_reached',
    label: 'goals',
    unit: '%',
    description: 'of the goals are reached at the end of their time',
    of({ pose, params, steps }) {
      let [reached, goals] = [0, 0];
      for (let t = Math.min(goalSteps, steps); ; t = Math.min(t + goalSteps, steps)) {
        goals++;
        if (isReached(tip(pose, t), params.subarray(t * size, (t + 1) * size))) reached++;
        if (t === steps) return (100 * reached) / goals;
      }
    },
  };
}
