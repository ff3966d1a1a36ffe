import { freeBody } from '../model/free-body.ts';
import { defineTask } from '../task.ts';
import { learnedBy, objectOptions, objectTask } from './panda-object.ts';
import { pushed } from './pushing.ts';

/** A puck of 6 cm across, 3 cm high, 1 kg, that slides far. */
const puck = freeBody({
  name: 'object',
  shape: { kind: 'cylinder', from: [0, 0, -0.015], to: [0, 0, 0.015], radius: 0.03 },
  mass: 1,
  friction: 0.04,
  position: [0, 0, 0.03],
});

/** Goal and start are at the height that panda-gym has them at, 1.5 cm above where the puck comes to lie. */
const height = 0.03;

export const pandaSlide = defineTask({
  name: 'panda-slide',
  description: 'slide a puck to a goal out of reach, gripper closed (panda-gym PandaSlide-v3, PandaSlideJoints-v3)',
  arms: ['panda'],
  options: objectOptions,
  training: learnedBy,
  budget: 1_000_000,
  // The goal is out of reach: what only touches is near it at first.
  defaults: () => ({ options: { goalCurriculum: 0.5 } }),
  create: (arm, values) =>
    objectTask(arm, values, {
      object: puck,
      table: { length: 1.4, x: -0.1 },
      objectHeight: height,
      drawGoal: (random) => [0.4 + random.between(-0.15, 0.15), random.between(-0.15, 0.15), height],
      ...pushed({ behind: 0.05 }),
    }),
});
