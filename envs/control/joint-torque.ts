import { treeOf } from '../model/tree.ts';
import type { Arm } from '../model/types.ts';
import type { Controller } from '../task.ts';

/** A full action is `gear` N m at each joint; `linkTorques` says what each link is given for it. */
export function jointTorque(arm: Arm, gear: number, linkTorques: Controller['linkTorques']): Controller {
  return {
    spec: { kind: 'joint-torque', scale: gear, unit: 'N m' },
    act: [
      {
        name: 'torque',
        size: treeOf(arm).degrees,
        unit: `${gear} N m`,
        low: -1,
        high: 1,
        description: 'joint torques',
      },
    ],
    drive: 'torque',
    command(_state, action, out) {
      for (let i = 0; i < out.length; i++) out[i] = gear * action[i];
    },
    linkTorques,
  };
}
