import { fixedBody } from '../model/free-body.ts';
import { defineOptions } from '../options.ts';
import { defineTask } from '../task.ts';
import { costOptions } from './arm-contacts.ts';
import { cubeTable } from './panda-push.ts';
import { endEffectorStepDown, reachInBox, reachOptions, type Setting } from './panda-reach.ts';
import { tableAndFloor } from './panda-table.ts';

/**
 * Reach a goal on either side of a wall without touching anything: the example of contact as a cost. The straight way to most goals
 * leads through the wall, which nothing but the cost, and the wall itself, tells the policy of.
 */

/** The wall across the table, m. */
const wall = { x: -0.02, thickness: 0.02, width: 0.4, height: 0.16 } as const;

/** Nearest to the wall that goals are, m: the hand is 7 cm thick. */
const clear = 0.06;

const { thickness, width, height } = wall;
const setting: Setting = {
  base: [-0.6, 0, 0],
  low: [-0.2, -0.15, 0.03],
  high: [0.15, 0.15, 0.15],
  isFree: ([x]) => Math.abs(x - wall.x) > thickness / 2 + clear,
  around: [
    ...tableAndFloor(cubeTable),
    fixedBody({
      name: 'wall',
      shape: { kind: 'box', center: [0, 0, height / 2], size: [thickness, width, height] },
      position: [wall.x, 0, 0],
    }),
  ],
};

const { relativeGoal, goalLow: _, goalHigh: __, contacts: ___, ...rest } = reachOptions;

export const pandaReachObstacles = defineTask({
  name: 'panda-reach-obstacles',
  description: 'reach a goal on either side of a wall with the end effector, and touch nothing',
  arms: ['panda'],
  options: defineOptions({ ...rest, relativeGoal: { ...relativeGoal, default: true }, ...costOptions }),
  budget: 60_000,
  create: (arm, values) =>
    reachInBox(arm, { ...values, goalLow: '', goalHigh: '', contacts: true }, endEffectorStepDown, setting),
});
