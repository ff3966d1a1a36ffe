import type { Metric } from '../env.ts';
import { add, norm, rotate, subtract } from '../math/rotation.ts';
import { siteOf, treeOf } from '../model/tree.ts';
import type { Scene } from '../model/types.ts';

/** Distance between the arm's tip and the goal, an episode's three parameters, in the last pose. */
export function finalDistance({ arm: { model } }: Scene): Metric {
  const { site, body } = siteOf(model, model.tip);
  const bodies = treeOf(model).bodies.length;
  return {
    name: 'final_distance',
    label: 'distance',
    unit: 'm',
    description: 'between end effector and goal at the end',
    of({ pose, params, steps }) {
      const at = (steps * bodies + body) * 7;
      const [x, y, z, qx, qy, qz, qw] = pose.subarray(at, at + 7);
      const tip = add([x, y, z], rotate([qx, qy, qz, qw], site.frame.position));
      const [goalX, goalY, goalZ] = params.subarray(params.length - 3);
      return norm(subtract(tip, [goalX, goalY, goalZ]));
    },
  };
}
