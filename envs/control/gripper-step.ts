import { treeOf } from '../model/tree.ts';
import type { Arm } from '../model/types.ts';
import type { Controller } from '../task.ts';

/** Where the fingers of an arm stand among its joints of one degree. */
export function fingersOf(arm: Arm): number[] {
  const { joints, coordinates } = treeOf(arm);
  return (arm.gripper?.joints ?? []).map((name) => coordinates[joints.findIndex((joint) => joint.name === name)]);
}

/**
 * A controller of the arm with one action more, for the gripper: a full one changes its width by `scale` m from what it is, half of
 * that by each finger.
 */
export function gripperStep(arm: Arm, controller: Controller, scale: number): Controller {
  const fingers = fingersOf(arm);
  return {
    ...controller,
    act: [
      ...controller.act,
      {
        name: 'gripper_step',
        size: 1,
        unit: `${scale} m`,
        low: -1,
        high: 1,
        description: 'changes the width of the gripper from what it is',
      },
    ],
    command(state, action, out) {
      controller.command(state, action, out);
      const wanted = widthOf(fingers, state.q) + scale * action[action.length - 1];
      for (const finger of fingers) out[finger] = wanted / fingers.length;
    },
  };
}

/** How far the fingers are apart, m: each one's way from where they meet, together. */
export function widthOf(fingers: readonly number[], q: ArrayLike<number>): number {
  let width = 0;
  for (let i = 0; i < fingers.length; i++) width += q[fingers[i]];
  return width;
}
