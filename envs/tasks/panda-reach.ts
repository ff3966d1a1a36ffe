import { endEffectorStep } from '../control/end-effector-step.ts';
import { jointStep } from '../control/joint-step.ts';
import { jointFields, observeJoints } from '../control/observe-joints.ts';
import type { TrainingDefaults } from '../env.ts';
import { distance, identity, type Vec3 } from '../math/rotation.ts';
import { type Arm, type Placed, type Scene, sceneOf } from '../model/types.ts';
import { defineOptions, numbersOf, UsageError, type Values } from '../options.ts';
import { type Field, field } from '../spec.ts';
import { type Controller, defineTask, type TaskParts } from '../task.ts';
import { armContactOptions, withContacts } from './arm-contacts.ts';
import { finalDistance } from './final-distance.ts';
import { cubeTable } from './panda-push.ts';
import { tableAndFloor } from './panda-table.ts';
import { physicsOf, simulationOptions } from './simulation-options.ts';

/**
 * Reach a goal drawn from a box: panda-gym's PandaReach-v3 (the end effector is moved) and PandaReachJoints-v3 (the joints
 * are moved). Observation, action, reward, goal and timing are the peer's; the dynamics are Rapier's.
 */

/** Where an arm stands, m, and the box that goals are drawn from, m, world. */
export interface Setting {
  readonly base: Vec3;
  readonly low: Vec3;
  readonly high: Vec3;
  /** Whether a goal may be here; anywhere in the box if not given. */
  readonly isFree?: (goal: Float32Array) => boolean;
  /** What stands, where there are contacts; a floor if not given. */
  readonly around?: readonly Placed[];
}

const settings: Readonly<Record<string, Setting>> = {
  panda: { base: [-0.6, 0, 0], low: [-0.15, -0.15, 0], high: [0.15, 0.15, 0.3], around: tableAndFloor(cubeTable) },
  planar: { base: [0, 0, 0.01], low: [0.03, -0.12, 0.01], high: [0.15, 0.12, 0.01] },
};

/** A full action moves the end effector's target by this many metres, or a joint's by this many radians. */
const actionScale = 0.05;

export const reachOptions = defineOptions({
  reward: {
    default: 'dense',
    choices: ['dense', 'sparse'],
    description: 'dense: minus the distance to the goal; sparse: -1 until it is reached',
  },
  relativeGoal: { default: false, description: 'also observe the goal relative to the end effector' },
  observeJoints: { default: false, description: 'also observe the joint angles; a continuous one by cosine and sine' },
  goalLow: {
    default: '',
    size: 3,
    low: -10,
    high: 10,
    description: "lowest corner of the goals' box, m, if not the usual",
  },
  goalHigh: { default: '', size: 3, low: -10, high: 10, description: 'highest corner' },
  horizon: { default: 50, low: 1, high: 10000, integer: true, description: 'control steps in an episode' },
  endsOnSuccess: { default: true, description: 'end the episode when the goal is reached' },
  goalRadius: { default: 0.05, low: 0.001, high: 1, description: 'distance that counts as reached, m' },
  ...armContactOptions,
  ...simulationOptions,
});

export function reachInBox(
  arm: Arm,
  values: Values<typeof reachOptions>,
  control: (scene: Scene) => Controller,
  setting: Setting | undefined = settings[arm.name],
): TaskParts {
  const { reward, relativeGoal, horizon, endsOnSuccess, goalRadius } = values;
  if (!setting) throw new Error(`it is not said where arm ${arm.name} stands and what it is to reach`);
  const { base, isFree = () => true, around } = setting;
  const [low, high] = boxOf(setting, values);
  const scene = sceneOf(arm, { position: base, rotation: identity }, values.gravity);
  const isReached = (position: Float64Array, goal: Float32Array) => distance(position, goal) < goalRadius;
  return withContacts(
    {
      scene,
      controller: control(scene),
      physics: physicsOf(values),
      obs: observationOf(arm, values),
      terms: [reward === 'dense' ? 'distance' : 'not_reached'],
      params: [meters('goal', 'where the end effector is to be')],
      markers: [{ param: 'goal', radius: goalRadius }],
      horizon,
      metrics: [finalDistance(scene)],

      reset(random, _start, goal) {
        do for (let i = 0; i < 3; i++) goal[i] = random.between(low[i], high[i]);
        while (!isFree(goal));
      },

      observe(state, goal, out) {
        const { position, velocity } = state.site(arm.tip);
        for (let i = 0; i < 3; i++) {
          out[i] = position[i];
          out[3 + i] = velocity[i];
          out[6 + i] = position[i];
          out[9 + i] = goal[i];
          if (relativeGoal) out[12 + i] = goal[i] - position[i];
        }
        if (values.observeJoints) observeJoints(arm, state.q, out, relativeGoal ? 15 : 12);
      },

      reward(state, goal, _action, terms) {
        const { position } = state.site(arm.tip);
        terms[0] = reward === 'dense' ? -distance(position, goal) : isReached(position, goal) ? 0 : -1;
      },

      success: (state, goal) => isReached(state.site(arm.tip).position, goal),
      terminated: (state, goal) => endsOnSuccess && isReached(state.site(arm.tip).position, goal),
    },
    values,
    around,
  );
}

/** @throws UsageError for a box with its corners exchanged */
function boxOf(
  { low, high }: Setting,
  { goalLow, goalHigh }: Values<typeof reachOptions>,
): readonly (readonly number[])[] {
  const [from, to] = [numbersOf(goalLow) ?? low, numbersOf(goalHigh) ?? high];
  if (from.every((least, i) => least <= to[i])) return [from, to];
  throw new UsageError(
    `goalLow ${from.join(',')} is expected to be at most goalHigh ${to.join(',')}, in each of x, y and z`,
  );
}

const meters = (name: string, description: string) => field(name, 3, 'm', description);

function observationOf(arm: Arm, { relativeGoal, observeJoints: observed }: Values<typeof reachOptions>): Field[] {
  const obs: Field[] = [
    meters('position', 'end effector'),
    { name: 'velocity', size: 3, unit: 'm/s', description: 'end effector' },
    meters('achieved_goal', 'end effector'),
    meters('desired_goal', 'goal'),
  ];
  if (relativeGoal) obs.push(meters('relative_goal', 'goal less end effector'));
  if (observed) obs.push(...jointFields(arm));
  return obs;
}

/** Actions move the end effector, and the gripper points straight down. */
export function endEffectorStepDown({ arm }: Scene): Controller {
  return endEffectorStep(arm, actionScale, { rotation: [1, 0, 0, 0], floor: 0, iterations: 4 });
}

/** The peer's box of goals, and its physics, are learned as the published figures were; others by the rule for all tasks. */
function defaults({ goalLow, goalHigh, reward }: Values<typeof reachOptions>, isDrawn: boolean): TrainingDefaults {
  if (isDrawn) return {};
  const algorithm = 'reinforce';
  if (goalLow || goalHigh) return { algorithm };
  // Quadratic values fit distances to a goal near by at once; over wider states, continued past the horizon, they diverge.
  const options = {
    ...{ batch: 1000, batchGrowth: 0, gamma: 0.9, initialLogSigma: -0.5 },
    ...{ advantage: 'monte-carlo', baseline: 'linear' },
  };
  const ppo = { learningRate: 0.003, minibatch: 250 };
  const a2c = { batch: 500, baseline: 'value' };
  if (reward === 'dense') {
    const advantage = 'n-step';
    return {
      algorithm,
      options,
      of: { reinforce: { learningRate: 0.01 }, ppo, a2c: { ...a2c, advantage, learningRate: 0.005 } },
    };
  }
  // Most batches say little of where the goal is: smaller steps, and values that reach beyond what was seen.
  const learningRate = 0.003;
  return {
    algorithm,
    options,
    of: {
      reinforce: { learningRate, baseline: 'value' },
      ppo: { ...ppo, batch: 2000 },
      a2c: { ...a2c, learningRate, advantage: 'gae' },
    },
  };
}

export const pandaReach = defineTask({
  name: 'panda-reach',
  description: 'reach a goal with the end effector by moving it (panda-gym PandaReach-v3)',
  arms: ['panda'],
  options: reachOptions,
  defaults,
  budget: 60000,
  create: (arm, values) => reachInBox(arm, values, endEffectorStepDown),
});

export const pandaReachJoints = defineTask({
  name: 'panda-reach-joints',
  description: 'reach a goal with the end effector by moving the joints (panda-gym PandaReachJoints-v3)',
  arms: ['panda', 'planar'],
  options: reachOptions,
  defaults,
  budget: 60000,
  create: (arm, values) => reachInBox(arm, values, () => jointStep(arm, actionScale)),
});
