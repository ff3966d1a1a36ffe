import type { Metric } from '../env.ts';
import { stream } from '../math/random.ts';
import { distance } from '../math/rotation.ts';
import { type Arm, type Placed, sceneOf } from '../model/types.ts';
import { defineOptions, type Values } from '../options.ts';
import { type Field, field, width } from '../spec.ts';
import { defineTask } from '../task.ts';
import { anyArmOptions, controllerOf, jointSteps, lengthOf, paceOf, posturesIn } from './any-arm.ts';
import { armContactOptions, withContacts } from './arm-contacts.ts';
import { lapsOf, shapes } from './laps.ts';
import { perEpisode } from './per-episode.ts';
import { positionObservation } from './position-observation.ts';
import { physicsOf, simulationOptions } from './simulation-options.ts';
import { tipFrame } from './tip-pose.ts';

/** Follow a goal that moves, with any arm: on closed ways that the arm can follow, no faster than its joints can. */

const { control, region, jointStep, tipStep } = anyArmOptions;

const options = defineOptions({
  control,
  region,
  path: {
    default: 'mixed',
    choices: ['mixed', ...shapes],
    description: 'the way of the goal: corners go from A to B to C; mixed draws one of them for each episode',
  },
  speed: {
    default: 0.25,
    low: 0.001,
    high: 10,
    description: "the goal's fastest, over the arm's reach, 1/s; slower where a joint would need over half its step",
  },
  horizon: { default: 200, low: 1, high: 10000, integer: true, description: 'control steps in an episode' },
  goalRadius: {
    default: 0.02,
    low: 0.001,
    high: 1,
    description: "distance that counts as being there, over the arm's reach",
  },
  jointStep,
  tipStep,
  ...armContactOptions,
  ...simulationOptions,
});

const params: readonly Field[] = [
  field('goal', 3, 'm', 'where the end effector is to be'),
  field('goal_velocity', 3, 'm/s', 'how the goal moves on from there'),
];

export const track = defineTask({
  name: 'track',
  description: 'follow a goal that moves with the tip of any arm',
  options,
  budget: ({ region }) => (region === 'near' ? 200_000 : 600_000),
  create(arm, values) {
    const { horizon, gravity } = values;
    const scene = sceneOf(arm, undefined, gravity);
    const length = lengthOf(arm);
    const radius = values.goalRadius * length;
    const pace = paceOf(arm, values.jointStep);
    const lapIn = lapsIn(scene.arm, pace.dt, values);
    const seen = positionObservation(arm);
    const at = width(seen.obs);
    return withContacts(
      {
        scene,
        controller: controllerOf(scene, values),
        physics: physicsOf(values, pace),
        obs: [...seen.obs, field('goal_velocity', 3, '1/s', 'goal, over the reach')],
        terms: ['distance'],
        params,
        markers: [{ param: 'goal', radius }],
        horizon,
        metrics: [meanDistance(arm, pace.dt)],
        reset: (random, _start, goal) => writeGoal(lapIn(random), pace.dt, 0, goal),
        move: (seed, t, goal) => writeGoal(lapIn(stream(seed, 'start')), pace.dt, t, goal),

        observe(state, goal, out) {
          seen.observe(state, goal, out);
          for (let i = 0; i < 3; i++) out[at + i] = goal[3 + i] / length;
        },

        reward(state, goal, _action, terms) {
          terms[0] = -distance(state.site(arm.tip).position, goal) / length;
        },

        success: (state, goal) => distance(state.site(arm.tip).position, goal) < radius,
      },
      values,
    );
  },
});

/** Share of its full step that the goal asks of a joint, at most. */
const jointShare = 0.5;

/** Draws the goal's lap for an episode. */
function lapsIn(arm: Placed<Arm>, dt: number, { region, path, speed, jointStep }: Values<typeof options>) {
  const lap = lapsOf({
    arm,
    draw: posturesIn(arm, region),
    speed: speed * lengthOf(arm.model),
    jointSpeeds: jointSteps(arm.model, jointStep).map((step) => (jointShare * step) / dt),
    dt,
  });
  return perEpisode((random) => lap(random, path === 'mixed' ? shapes[random.below(shapes.length)] : path));
}

/** Writes where the goal is in step t, and its velocity to the next. */
function writeGoal(lap: Float64Array, dt: number, t: number, goal: Float32Array): void {
  const [now, next] = [t, t + 1].map((step) => (3 * step) % lap.length);
  for (let i = 0; i < 3; i++) {
    goal[i] = lap[now + i];
    goal[3 + i] = (lap[next + i] - lap[now + i]) / dt;
  }
}

/** Mean distance between the arm's tip and the goal after the first second, or in the last state where none is after it. */
function meanDistance(arm: Arm, dt: number): Metric {
  // In the first second the tip is on its way to the goal.
  const approach = Math.round(1 / dt);
  const tip = tipFrame(arm);
  const size = width(params);
  return {
    name: 'mean_distance',
    label: 'distance',
    unit: 'm',
    description: 'mean between end effector and goal after the first second',
    of({ pose, params, steps }) {
      const from = Math.min(approach, steps);
      let sum = 0;
      for (let t = from; t <= steps; t++) {
        sum += distance(tip(pose, t).position, params.subarray(t * size, t * size + 3));
      }
      return sum / (steps + 1 - from);
    },
  };
}
