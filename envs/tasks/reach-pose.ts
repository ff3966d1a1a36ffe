import { jointStep } from '../control/joint-step.ts';
import { jointFields, observeJoints } from '../control/observe-joints.ts';
import { writeAxes } from '../math/axes.ts';
import { log, tanh } from '../math/kernels.ts';
import { angleBetween } from '../math/orientation.ts';
import { stream } from '../math/random.ts';
import { conjugate, distance, multiply, type Quat } from '../math/rotation.ts';
import { treeOf } from '../model/tree.ts';
import { type Arm, type Placed, sceneOf } from '../model/types.ts';
import { perJoint } from '../model/workspace.ts';
import { defineOptions, type Values } from '../options.ts';
import { field, width } from '../spec.ts';
import { defineTask, type State, type Task } from '../task.ts';
import { anyArmOptions, jointSteps, lengthOf, paceOf, posturesIn } from './any-arm.ts';
import { armContactOptions, withContacts } from './arm-contacts.ts';
import { goalIn } from './ends.ts';
import { finalDistance } from './final-distance.ts';
import { goalsReached } from './goals-reached.ts';
import { perEpisode } from './per-episode.ts';
import { finalAngle, poseParams, rotationIn, writePose } from './pose-goal.ts';
import { physicsOf, simulationOptions } from './simulation-options.ts';
import { tipRotation } from './tip-pose.ts';

/**
 * Reach poses with any arm, one after the other: positions with the orientations that the tip has there in some posture, so that an
 * arm of five joints reaches both as well as one of seven. Reward and timing are those of Isaac Lab's Reach-Franka (12 s an
 * episode, a new goal every 4 s), its lengths over the arm's reach; actions are steps of the joints, as in `reach`.
 */

const { region, jointStep: stepOption } = anyArmOptions;

const options = defineOptions({
  region,
  horizon: { default: 300, low: 1, high: 10000, integer: true, description: 'control steps in an episode' },
  goalSteps: { default: 100, low: 1, high: 10000, integer: true, description: 'control steps that a goal stands' },
  goalRadius: {
    default: 0.02,
    low: 0.001,
    high: 1,
    description: "distance that counts as reached, over the arm's reach",
  },
  goalAngle: { default: 0.1, low: 0.001, high: 3.2, description: 'angle that counts as reached, rad' },
  jointStep: stepOption,
  reward: {
    default: 'dense',
    choices: ['dense', 'shaped'],
    description: "Isaac Lab's terms, or halving an error counts alike until it is well within what counts as reached",
  },
  ...armContactOptions,
  ...simulationOptions,
});

export const reachPose = defineTask({
  name: 'reach-pose',
  description: "reach positions and orientations, one after the other, with the tip of any arm (Isaac Lab's reward)",
  options,
  // What a pose is short of Isaac Lab's terms say too faintly near it.
  training: { reward: 'shaped' },
  budget: ({ region }) => (region === 'near' ? 1_000_000 : 3_000_000),
  // Three goals an episode, each of a hundred steps: a small batch is few goals. What a step is worth shows in the next few, and all that
  // follows them is noise to it.
  defaults: () => ({ options: { batch: 4000, batchGrowth: 0, gamma: 0.8 } }),
  create(arm, values) {
    const { horizon, goalSteps, goalAngle, gravity } = values;
    const scene = sceneOf(arm, undefined, gravity);
    const radius = values.goalRadius * lengthOf(arm);
    const isReached = (position: ArrayLike<number>, rotation: Quat, goal: Float32Array) =>
      distance(position, goal) < radius && angleBetween(rotation, rotationIn(goal)) < goalAngle;
    const goalsOf = goalsIn(scene.arm, values);
    const turned = tipRotation(arm);
    return withContacts(
      {
        scene,
        controller: jointStep(arm, jointSteps(arm, values.jointStep)),
        physics: physicsOf(values, paceOf(arm, values.jointStep)),
        ...observation(arm),
        ...(values.reward === 'dense' ? dense(arm) : shaped(arm, values)),
        params: poseParams,
        markers: [{ param: 'goal', radius, rotation: 'goal_rotation', angle: goalAngle }],
        horizon,
        metrics: [
          finalDistance(scene, poseParams),
          finalAngle(arm),
          goalsReached(arm, poseParams, goalSteps, ({ position, rotation }, goal) =>
            isReached(position, rotation, goal),
          ),
        ],
        reset: (random, _start, goal) => writePose(goalsOf(random)[0], goal),
        move(seed, t, goal) {
          const goals = goalsOf(stream(seed, 'start'));
          writePose(goals[goalIn(t, goalSteps, goals.length)], goal);
        },
        success: (state, goal) => isReached(state.site(arm.tip).position, turned(state.pose), goal),
      },
      values,
    );
  },
});

/** Draws the goals of a whole episode. */
function goalsIn(arm: Placed<Arm>, { region, horizon, goalSteps }: Values<typeof options>) {
  const draw = posturesIn(arm, region);
  const count = Math.ceil(horizon / goalSteps);
  return perEpisode((random) => Array.from({ length: count }, () => draw(random).tip));
}

/** Tip, joints, goal, the way there and the action before; orientations by their axes. */
function observation(arm: Arm): Pick<Task, 'obs' | 'observe'> {
  const { driven } = treeOf(arm);
  const [length, joints, turned] = [lengthOf(arm), jointFields(arm), tipRotation(arm)];
  const perRadian = perJoint(arm, 1);
  return {
    obs: [
      field('tip', 3, '1', 'end effector, over the reach'),
      field('velocity', 3, '1/s', 'end effector, over the reach'),
      field('tip_axes', 6, '1', 'x and y axis of the end effector'),
      ...joints,
      field(
        'dq',
        driven.length,
        'rad/s',
        'joint velocities; of a slide, over what moves the tip about as far as a radian',
      ),
      field('goal', 3, '1', 'goal, over the reach'),
      field('goal_axes', 6, '1', 'x and y axis of the goal'),
      field('relative_goal', 3, '1', 'goal less end effector, over the reach'),
      field('relative_axes', 6, '1', 'where the turn from end effector to goal takes the x and y axis of the world'),
      field('previous_action', driven.length, '1', 'the action before'),
    ],
    observe(state, goal, out) {
      const { position, velocity } = state.site(arm.tip);
      const [rotation, goalRotation] = [turned(state.pose), rotationIn(goal)];
      for (let i = 0; i < 3; i++) {
        out[i] = position[i] / length;
        out[3 + i] = velocity[i] / length;
      }
      writeAxes(rotation, out, 6);
      observeJoints(arm, state.q, out, 12);
      let at = 12 + width(joints);
      for (const i of driven) out[at++] = state.dq[i] / perRadian[i];
      for (let i = 0; i < 3; i++) {
        out[at + i] = goal[i] / length;
        out[at + 9 + i] = (goal[i] - position[i]) / length;
      }
      writeAxes(goalRotation, out, at + 3);
      writeAxes(multiply(goalRotation, conjugate(rotation)), out, at + 12);
      out.set(state.previousAction, at + 18);
    },
  };
}

type Reward = Pick<Task, 'terms' | 'reward'>;

/** Distance over the reach within which the fine term tells positions apart. */
const fine = 0.1;

/** Isaac Lab's terms with their weights. */
function dense(arm: Arm): Reward {
  const [length, turned, effort] = [lengthOf(arm), tipRotation(arm), effortOf(arm)];
  return {
    terms: ['position', 'position_fine', 'orientation', 'action_rate', 'joint_velocity'],
    reward(state, goal, action, terms) {
      const away = distance(state.site(arm.tip).position, goal) / length;
      terms[0] = -0.2 * away;
      terms[1] = 0.1 * (1 - tanh(away / fine));
      terms[2] = -0.1 * angleBetween(turned(state.pose), rotationIn(goal));
      effort(state, action, terms, 3);
    },
  };
}

/**
 * -0.05 log(1 + (error / tolerance)^2) of position and orientation: near a goal a linear error says little of a policy that still varies
 * its actions, and a bounded one says little far away (the logarithm beside a quadratic cost of Levine et al. 2016, section 5.2).
 */
function shaped(arm: Arm, { goalRadius, goalAngle }: Values<typeof options>): Reward {
  const [length, turned, effort] = [lengthOf(arm), tipRotation(arm), effortOf(arm)];
  const term = (error: number) => -0.05 * log(1 + error * error);
  return {
    terms: ['position', 'orientation', 'action_rate', 'joint_velocity'],
    reward(state, goal, action, terms) {
      terms[0] = term(distance(state.site(arm.tip).position, goal) / length / goalRadius);
      terms[1] = term(angleBetween(turned(state.pose), rotationIn(goal)) / goalAngle);
      effort(state, action, terms, 2);
    },
  };
}

/** Writes two terms from a place on. */
type Effort = (state: State, action: ArrayLike<number>, terms: Float64Array, at: number) => void;

/** Isaac Lab's terms of changes of the action and of joint velocities; a slide counts by what moves the tip about as far as a radian. */
function effortOf(arm: Arm): Effort {
  const { driven } = treeOf(arm);
  const perRadian = perJoint(arm, 1);
  return (state, action, terms, at) => {
    let [changes, speeds] = [0, 0];
    for (let k = 0; k < driven.length; k++) {
      const change = action[k] - state.actionBefore[k];
      const speed = state.dq[driven[k]] / perRadian[driven[k]];
      changes += change * change;
      speeds += speed * speed;
    }
    terms[at] = -1e-4 * changes;
    terms[at + 1] = -1e-4 * speeds;
  };
}
