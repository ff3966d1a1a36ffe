import { distance } from '../math/rotation.ts';
import { sceneOf } from '../model/types.ts';
import { defineOptions } from '../options.ts';
import { field } from '../spec.ts';
import { defineTask } from '../task.ts';
import { anyArmOptions, controllerOf, lengthOf, posturesIn } from './any-arm.ts';
import { finalDistance } from './final-distance.ts';
import { positionObservation } from './position-observation.ts';
import { physicsOf, simulationOptions } from './simulation-options.ts';

/** Reach goals with any arm: where the tip gets at random joint positions. */

const { control, region, jointStep, tipStep } = anyArmOptions;

const options = defineOptions({
  control,
  region,
  reward: {
    default: 'dense',
    choices: ['dense', 'sparse'],
    description: 'dense: minus the distance to the goal over the reach; sparse: -1 until it is reached',
  },
  horizon: { default: 50, low: 1, high: 10000, integer: true, description: 'control steps in an episode' },
  endsOnSuccess: { default: true, description: 'end the episode when the goal is reached' },
  goalRadius: {
    default: 0.05,
    low: 0.001,
    high: 1,
    description: "distance that counts as reached, over the arm's reach",
  },
  jointStep,
  tipStep,
  ...simulationOptions,
});

export const reach = defineTask({
  name: 'reach',
  description: 'reach a goal with the tip of any arm',
  options,
  // Six times the postures to tell apart: goals all over the place are learned in about as many more steps.
  budget: ({ region }) => (region === 'near' ? 60_000 : 600_000),
  create(arm, values) {
    const { region, reward, horizon, endsOnSuccess, gravity } = values;
    const scene = sceneOf(arm, undefined, gravity);
    const length = lengthOf(arm);
    const radius = values.goalRadius * length;
    const draw = posturesIn(scene.arm, region);
    const isReached = (position: Float64Array, goal: Float32Array) => distance(position, goal) < radius;
    return {
      scene,
      controller: controllerOf(scene, values),
      physics: physicsOf(values),
      ...positionObservation(arm),
      terms: [reward === 'dense' ? 'distance' : 'not_reached'],
      params: [field('goal', 3, 'm', 'where the end effector is to be')],
      markers: [{ param: 'goal', radius }],
      horizon,
      metrics: [finalDistance(scene)],

      reset(random, _start, goal) {
        goal.set(draw(random).tip.position);
      },

      reward(state, goal, _action, terms) {
        const { position } = state.site(arm.tip);
        terms[0] = reward === 'dense' ? -distance(position, goal) / length : isReached(position, goal) ? 0 : -1;
      },

      success: (state, goal) => isReached(state.site(arm.tip).position, goal),
      terminated: (state, goal) => endsOnSuccess && isReached(state.site(arm.tip).position, goal),
    };
  },
});
