import { pandaGripper } from '../arms/panda-grippers.ts';
import { tanh } from '../math/kernels.ts';
import { distance, dot, norm, type QuatOut, rotate, type Vec3, type Vec3Out } from '../math/rotation.ts';
import { treeOf } from '../model/tree.ts';
import { field } from '../spec.ts';
import { defineTask, type State } from '../task.ts';
import { learnedBy, objectOptions, objectTask, type Shaping } from './panda-object.ts';
import { cube, cubeTable } from './panda-push.ts';

/** How near to the line between the fingers a press has to be, as the cosine of an angle, and how hard at least, N. */
const alongFingers = 0.7;
const leastPress = 0.5;

const fingerNames = ['leftfinger', 'rightfinger'] as const;
const leftFinger = treeOf(pandaGripper).bodies.findIndex(({ name }) => name === fingerNames[0]);

/**
 * Whether both fingers press on the object along the line between them: pressing on its top is not holding it.
 * @returns tells it of states of an arm with fingers
 */
export function createGrasp(object: string): (state: State) => boolean {
  const [force, axis, turned]: [Vec3Out, Vec3Out, QuatOut] = [
    [0, 0, 0],
    [0, 0, 0],
    [0, 0, 0, 1],
  ];
  const across: Vec3 = [0, 1, 0];
  return (state) => {
    for (let i = 0; i < 4; i++) turned[i] = state.pose[7 * leftFinger + 3 + i];
    rotate(turned, across, axis);
    return fingerNames.every((finger) => {
      const press = state.contactForce(finger, object, force);
      const strength = norm(press);
      return strength > leastPress && Math.abs(dot(press, axis)) > alongFingers * strength;
    });
  };
}

const isHeld = createGrasp('object');

/** Per metre: at 20 cm a way counts three quarters of what it counts at the most. */
const steepness = 5;

/** Cost of a metre below the table. */
const pressingWeight = 10;

/**
 * Costs by which picking up and placing are learned, each at most 1 and nothing once the object is there: the way to the object, not
 * holding it, the way of what is held to the goal, and pressing on the table, without which nothing tells a hand that is sent down to
 * it how far: it stays there, and lifts nothing.
 */
const grasping: Shaping = {
  terms: ['reaching', 'grasping', 'placing', 'pressing'],
  write({ state, tip, position, pressed }, _goal, away, isThere, terms) {
    const held = isHeld(state);
    terms[0] = isThere ? 0 : -tanh(steepness * distance(tip, position));
    terms[1] = isThere || held ? 0 : -1;
    terms[2] = isThere ? 0 : held ? -tanh(steepness * away) : -1;
    terms[3] = isThere ? 0 : -pressingWeight * pressed;
  },
};

export const pandaPickAndPlace = defineTask({
  name: 'panda-pick-and-place',
  description:
    'pick up a cube and bring it to a goal, three tenths of the goals on the table (panda-gym PandaPickAndPlace-v3, PandaPickAndPlaceJoints-v3)',
  arms: ['panda'],
  options: objectOptions,
  training: learnedBy,
  budget: 2_000_000,
  // From the first touch to the goal it is farther than by a push. What is held in the air is carried to the goal by chance, what lies on
  // the table is not.
  defaults: () => ({ options: { gamma: 0.95, assistedStarts: 0.6 }, of: { ppo: { finalLearningRate: 0.3 } } }),
  create: (arm, values) =>
    objectTask(arm, values, {
      object: cube,
      table: cubeTable,
      holding: 0.02,
      objectHeight: 0.02,
      drawGoal(random) {
        const [x, y] = [random.between(-0.15, 0.15), random.between(-0.15, 0.15)];
        const [lift, chance] = [random.between(0, 0.2), random.between(0, 1)];
        return [x, y, 0.02 + (chance < 0.3 ? 0 : lift)];
      },
      shaping: grasping,
      alsoObserved: {
        fields: [field('held', 1, '1', 'whether both fingers press on the object')],
        write({ state }, _goal, out, at) {
          out[at] = isHeld(state) ? 1 : 0;
        },
      },
    }),
});
