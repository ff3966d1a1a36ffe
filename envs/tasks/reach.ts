import { stream } from '../math/random.ts';
import { distance } from '../math/rotation.ts';
import { sceneOf } from '../model/types.ts';
import { defineOptions } from '../options.ts';
import { field } from '../spec.ts';
import { defineTask } from '../task.ts';
import { anyArmOptions, controllerOf, lengthOf, paceOf, posturesIn } from './any-arm.ts';
import { armContactOptions, withContacts } from './arm-contacts.ts';
import { goalIn } from './ends.ts';
import { finalDistance } from './final-distance.ts';
import { goalsReached } from './goals-reached.ts';
import { perEpisode } from './per-episode.ts';
import { positionObservation } from './position-observation.ts';
import { physicsOf, simulationOptions } from './simulation-options.ts';

/** Reach goals with any arm, one or several in turn: where the tip gets at random joint positions. */

const { control, region, jointStep, tipStep } = anyArmOptions;

/**
 * Far away goals take as many steps as near ones where each goes farther: they are found, and credited with what they led to, as soon.
 */
const usualJointStep = { near: jointStep.default, all: 0.3 } as const;

const options = defineOptions({
  control,
  region,
  reward: {
    default: 'dense',
    choices: ['dense', 'sparse'],
    description: 'dense: minus the distance to the goal over the reach; sparse: -1 until it is reached',
  },
  horizon: {
    default: 50,
    low: 1,
    high: 10000,
    integer: true,
    description: 'control steps in an episode, for each of its goals',
  },
  goals: {
    default: 1,
    low: 1,
    high: 100,
    integer: true,
    description: 'goals of an episode, one after the other',
  },
  endsOnSuccess: { default: true, description: 'end the episode when its goal, or the last of them, is reached' },
  goalRadius: {
    default: 0.05,
    low: 0.001,
    high: 1,
    description: "distance that counts as reached, over the arm's reach",
  },
  jointStep: {
    ...jointStep,
    default: 0,
    low: 0,
    description: `${jointStep.description}; 0 is ${usualJointStep.near}, and ${usualJointStep.all} where goals are all over the place`,
  },
  tipStep,
  ...armContactOptions,
  ...simulationOptions,
});

const params = [field('goal', 3, 'm', 'where the end effector is to be')];

export const reach = defineTask({
  name: 'reach',
  description: 'reach a goal with the tip of any arm',
  options,
  // Six times the postures to tell apart: goals all over the place are learned in about as many more steps.
  budget: ({ region }) => (region === 'near' ? 60_000 : 600_000),
  // Goals all over the place: there are more postures to tell apart. What an action was worth shows in the next few steps. A goal is at
  // most some twenty away; what an arm that has got stuck does in the others says little, and is most of what it does while few goals are
  // reached: more goals say more.
  defaults: ({ region, goals }) =>
    region === 'near' ? {} : { options: { hiddenWidth: 128, gamma: 0.8, ...(goals === 1 && { cutAfter: 25 }) } },
  create(arm, given) {
    const values = { ...given, jointStep: given.jointStep || usualJointStep[given.region] };
    const { region, reward, horizon, goals, endsOnSuccess, gravity } = values;
    const scene = sceneOf(arm, undefined, gravity);
    const length = lengthOf(arm);
    const radius = values.goalRadius * length;
    const draw = posturesIn(scene.arm, region);
    const isReached = (position: ArrayLike<number>, goal: Float32Array) => distance(position, goal) < radius;
    const goalsOf = perEpisode((random) => Array.from({ length: goals }, () => draw(random).tip.position));
    const reachedOf = goalsReached(arm, params, horizon, ({ position }, goal) => isReached(position, goal));
    return withContacts(
      {
        scene,
        controller: controllerOf(scene, values),
        physics: physicsOf(values, paceOf(arm, values.jointStep)),
        ...positionObservation(arm),
        terms: [reward === 'dense' ? 'distance' : 'not_reached'],
        params,
        markers: [{ param: 'goal', radius }],
        horizon: goals * horizon,
        metrics: [finalDistance(scene), ...(goals > 1 ? [reachedOf] : [])],

        reset(random, _start, goal) {
          goal.set(goals > 1 ? goalsOf(random)[0] : draw(random).tip.position);
        },
        ...(goals > 1 && {
          move: (seed: number, t: number, goal: Float32Array) =>
            goal.set(goalsOf(stream(seed, 'start'))[goalIn(t, horizon, goals)]),
        }),

        reward(state, goal, _action, terms) {
          const { position } = state.site(arm.tip);
          terms[0] = reward === 'dense' ? -distance(position, goal) / length : isReached(position, goal) ? 0 : -1;
        },

        success: (state, goal) => isReached(state.site(arm.tip).position, goal),
        terminated: (state, goal) =>
          endsOnSuccess &&
          goalIn(state.t, horizon, goals) === goals - 1 &&
          isReached(state.site(arm.tip).position, goal),
      },
      values,
    );
  },
});
