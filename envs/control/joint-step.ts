import { treeOf } from '../model/tree.ts';
import type { Arm } from '../model/types.ts';
import type { Controller } from '../task.ts';

/**
 * A full action moves a joint's target by `scale` from where the joint is, rad, or m where it slides.
 * @param scale of all joints, or of each joint of one degree [J]; the unit says the largest
 */
export function jointStep(arm: Arm, scale: number | readonly number[]): Controller {
  const { degrees, driven } = treeOf(arm);
  const scales = typeof scale === 'number' ? new Array<number>(degrees).fill(scale) : scale;
  const largest = Math.max(...scales);
  const isEven = scales.every((each) => each === largest);
  const own = isEven ? {} : { scales: driven.map((i) => scales[i]) };
  return {
    spec: { kind: 'joint-step', scale: largest, ...own, unit: 'rad' },
    act: [
      {
        name: 'joint_step',
        size: driven.length,
        unit: `${largest} rad`,
        low: -1,
        high: 1,
        description: isEven
          ? 'moves each joint from where it is'
          : 'moves each joint from where it is, a slow one by no more than it can',
      },
    ],
    drive: 'position',
    command({ q }, action, out) {
      for (let k = 0; k < driven.length; k++) out[driven[k]] = q[driven[k]] + scales[driven[k]] * action[k];
    },
  };
}
