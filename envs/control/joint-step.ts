import { treeOf } from '../model/tree.ts';
import type { Arm } from '../model/types.ts';
import type { Controller } from '../task.ts';

/** A full action moves a joint's target by `scale` rad from where the joint is. */
export function jointStep(arm: Arm, scale: number): Controller {
  return {
    spec: { kind: 'joint-step', scale, unit: 'rad' },
    act: [
      {
        name: 'joint_step',
        size: treeOf(arm).degrees,
        unit: `${scale} rad`,
        low: -1,
        high: 1,
        description: 'moves each joint from where it is',
      },
    ],
    drive: 'position',
    command({ q }, action, out) {
      for (let i = 0; i < out.length; i++) out[i] = q[i] + scale * action[i];
    },
  };
}
