import { treeOf } from '../model/tree.ts';
import type { Arm } from '../model/types.ts';
import type { Controller } from '../task.ts';

/** A full action is `gear` N m at each joint, N at a prismatic one; `linkTorques` may say what each link is given for it. */
export function jointTorque(arm: Arm, gear: number, linkTorques?: Controller['linkTorques']): Controller {
  const { driven } = treeOf(arm);
  return {
    spec: { kind: 'joint-torque', scale: gear, unit: 'N m' },
    act: [
      {
        name: 'torque',
        size: driven.length,
        unit: `${gear} N m`,
        low: -1,
        high: 1,
        description: 'joint torques',
      },
    ],
    drive: 'torque',
    command(_state, action, out) {
      for (let k = 0; k < driven.length; k++) out[driven[k]] = gear * action[k];
    },
    linkTorques,
  };
}
