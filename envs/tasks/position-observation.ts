import { jointFields, observeJoints } from '../control/observe-joints.ts';
import type { Arm } from '../model/types.ts';
import { field, width } from '../spec.ts';
import type { Task } from '../task.ts';
import { lengthOf } from './any-arm.ts';

/** What a policy sees of an arm whose tip is to be at a goal: tip, joints, goal and the way there, lengths over the reach. */
export function positionObservation(arm: Arm): Pick<Task, 'obs' | 'observe'> {
  const [length, joints] = [lengthOf(arm), jointFields(arm)];
  const at = 6 + width(joints);
  return {
    obs: [
      field('tip', 3, '1', 'end effector, over the reach'),
      field('velocity', 3, '1/s', 'end effector, over the reach'),
      ...joints,
      field('goal', 3, '1', 'goal, over the reach'),
      field('relative_goal', 3, '1', 'goal less end effector, over the reach'),
    ],
    observe(state, goal, out) {
      const { position, velocity } = state.site(arm.tip);
      observeJoints(arm, state.q, out, 6);
      for (let i = 0; i < 3; i++) {
        out[i] = position[i] / length;
        out[3 + i] = velocity[i] / length;
        out[at + i] = goal[i] / length;
        out[at + 3 + i] = (goal[i] - position[i]) / length;
      }
    },
  };
}
