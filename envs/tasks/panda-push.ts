import { freeBody } from '../model/free-body.ts';
import { defineTask } from '../task.ts';
import { learnedBy, objectOptions, objectTask } from './panda-object.ts';
import { pushed } from './pushing.ts';

/** A cube of 4 cm and 1 kg. */
export const cube = freeBody({
  name: 'object',
  shape: { kind: 'box', center: [0, 0, 0], size: [0.04, 0.04, 0.04] },
  mass: 1,
  position: [0, 0, 0.02],
});

/** The table of the tasks with a cube. */
export const cubeTable = { length: 1.1, x: -0.3 };

export const pandaPush = defineTask({
  name: 'panda-push',
  description: 'push a cube to a goal on the table, gripper closed (panda-gym PandaPush-v3, PandaPushJoints-v3)',
  arms: ['panda'],
  options: objectOptions,
  training: learnedBy,
  budget: 1_000_000,
  create: (arm, values) =>
    objectTask(arm, values, {
      object: cube,
      table: cubeTable,
      objectHeight: 0.02,
      drawGoal: (random) => [random.between(-0.15, 0.15), random.between(-0.15, 0.15), 0.02],
      // The fingers touch the cube from there.
      ...pushed({ behind: 0.035, speedWeight: 0.05 }),
    }),
});
