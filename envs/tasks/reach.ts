import { jointFields, observeJoints } from '../control/observe-joints.ts';
import { stream } from '../math/random.ts';
import { distance, identity } from '../math/rotation.ts';
import { sceneOf } from '../model/types.ts';
import { defineOptions } from '../options.ts';
import { field, width } from '../spec.ts';
import { defineTask } from '../task.ts';
import { anyArmOptions, controllerOf, dt, lengthOf, nowhere, rangesOf } from './any-arm.ts';
import { finalDistance } from './final-distance.ts';
import { reachableGoals } from './reachable-goals.ts';
import { simulationOptions } from './simulation-options.ts';

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
    const { solverIterations, internalIterations, gravityCompensation } = values;
    const scene = sceneOf(arm, { position: [0, 0, 0], rotation: identity }, gravity);
    const length = lengthOf(arm);
    const radius = values.goalRadius * length;
    const draw = reachableGoals(scene.arm, rangesOf(arm, region));
    const usual = draw(stream(0, 'workspace', 1));
    if (!usual) throw nowhere(arm, region);
    const joints = jointFields(arm);
    const at = 6 + width(joints);
    const isReached = (position: Float64Array, goal: Float32Array) => distance(position, goal) < radius;
    return {
      scene,
      controller: controllerOf(scene, values),
      physics: { dt, substeps: 1, solverIterations, internalIterations, gravityCompensation },
      obs: [
        field('tip', 3, '1', 'end effector, over the reach'),
        field('velocity', 3, '1/s', 'end effector, over the reach'),
        ...joints,
        field('goal', 3, '1', 'goal, over the reach'),
        field('relative_goal', 3, '1', 'goal less end effector, over the reach'),
      ],
      terms: [reward === 'dense' ? 'distance' : 'not_reached'],
      params: [field('goal', 3, 'm', 'where the end effector is to be')],
      markers: [{ param: 'goal', radius }],
      horizon,
      metrics: [finalDistance(scene)],

      reset(random, _start, goal) {
        goal.set(draw(random) ?? usual);
      },

      observe(state, goal, out) {
        const { position, velocity } = state.site(arm.tip);
        observeJoints(arm, state.q, out, 6);
        for (let i = 0; i < 3; i++) {
          out[i] = position[i] / length;
          out[3 + i] = velocity[i] / length;
          out[at + i] = goal[i] / length;
          out[at + 3 + i] = (goal[i] - position[i]) / length;
        }
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
