import { pandaBlocked, pandaGripper } from '../arms/panda-grippers.ts';
import { endEffectorStep } from '../control/end-effector-step.ts';
import { fingersOf, gripperStep, widthOf } from '../control/gripper-step.ts';
import { jointStep } from '../control/joint-step.ts';
import type { Random } from '../math/random.ts';
import { distance, type Vec3 } from '../math/rotation.ts';
import { inverseKinematics } from '../model/kinematics.ts';
import { treeOf } from '../model/tree.ts';
import type { Arm, Placed, Scene } from '../model/types.ts';
import { defineOptions, type Values } from '../options.ts';
import { type Field, field } from '../spec.ts';
import type { Controller, State, Task, TaskParts } from '../task.ts';
import { limbContactOptions, withLimbContacts } from './arm-contacts.ts';
import { finalObjectDistance } from './final-distance.ts';
import { contactOptions, contactPhysics, type Table, tableScene } from './panda-table.ts';
import { pointBehind } from './point-behind.ts';
import { rollPitchYaw } from './roll-pitch-yaw.ts';

/**
 * An object is to be brought to a goal: what panda-gym's tasks with one object have in common. Observation, action, reward, goal and
 * timing are the peer's; the dynamics are Rapier's.
 */

/** A full action moves the end effector's target by so many m, or a joint's by so many rad, or the gripper's width by so many m. */
const actionScale = 0.05;
const gripperScale = 0.2;

export const objectOptions = defineOptions({
  reward: {
    default: 'dense',
    choices: ['dense', 'sparse', 'shaped'],
    description:
      'dense: minus the distance between object and goal; sparse: -1 until that is small; shaped: terms that lead there',
  },
  control: {
    default: 'end-effector',
    choices: ['end-effector', 'joints'],
    description: 'what actions move: the end effector with the hand pointing down, or the joints',
  },
  relative: {
    default: false,
    description: 'also observe the object from the end effector, and the goal from the object',
  },
  horizon: { default: 50, low: 1, high: 10000, integer: true, description: 'control steps in an episode' },
  endsOnSuccess: { default: true, description: 'end the episode when the object is at the goal' },
  goalRadius: { default: 0.05, low: 0.001, high: 1, description: 'distance of the object that counts as there, m' },
  ...limbContactOptions,
  ...contactOptions,
});

/** What these tasks are learned by: of the distance alone a hand that touches nothing learns nothing. */
export const learnedBy: Partial<ObjectValues> = { reward: 'shaped', relative: true };

export type ObjectValues = Values<typeof objectOptions>;

/** What a reward of terms that lead to the goal is made of. */
export interface Shaping {
  readonly terms: readonly string[];
  /** Writes the terms for a state in which the object is away from the goal by so much, m, and there or not. */
  write(state: Sight, goal: Float32Array, away: number, isThere: boolean, terms: Float64Array): void;
}

/** What a task sees of a state. */
export interface Sight {
  readonly state: State;
  readonly tip: Float64Array;
  /** Of the object, m. */
  readonly position: ArrayLike<number>;
  /** Of the object, m/s. */
  readonly velocity: Float64Array;
  /** How far below the table's top the end effector is sent, m; 0 where the joints are led, which send it nowhere. */
  readonly pressed: number;
}

/** What distinguishes one of these tasks. */
export interface ObjectSettings {
  readonly object: Placed;
  readonly table: Table;
  /** Each finger's way where they hold the object, m. They move by an action of their own; where it is not given, the hand stays closed. */
  readonly holding?: number;
  /** Height at which the object starts, m; in x and y it does so within 0.15 m of the middle. */
  readonly objectHeight: number;
  drawGoal(random: Random): Vec3;
  readonly shaping: Shaping;
  /** What else is observed along with what is relative. */
  readonly alsoObserved?: {
    readonly fields: readonly Field[];
    write(sight: Pick<Sight, 'state' | 'tip' | 'position'>, goal: Float32Array, out: Float32Array, at: number): void;
  };
}

export function objectTask(panda: Arm, values: ObjectValues, settings: ObjectSettings): TaskParts {
  const { control, reward, goalRadius, horizon, endsOnSuccess, gravity } = values;
  const arm = settings.holding === undefined ? pandaBlocked : pandaGripper;
  const scene = tableScene(arm, settings.object, settings.table, gravity);
  const { shaping } = settings;
  const at = treeOf(arm).bodies.length;
  const positionOf = objectIn(at);
  const isThere = (state: State, goal: Float32Array) => distance(positionOf(state), goal) < goalRadius;
  const parts: TaskParts & { readonly scene: Scene } = {
    scene,
    controller: controllerOf(panda, scene, values, settings),
    physics: contactPhysics(values),
    ...observationOf(scene, values, settings),
    terms: reward === 'shaped' ? shaping.terms : [reward === 'dense' ? 'distance' : 'not_reached'],
    params: [meters('goal', 'where the object is to be')],
    markers: [{ param: 'goal', body: settings.object.model.name, radius: goalRadius }],
    horizon,
    metrics: [finalObjectDistance(at)],

    reset(random, start, goal) {
      goal.set(settings.drawGoal(random));
      start.pose[0] = random.between(-0.15, 0.15);
      start.pose[1] = random.between(-0.15, 0.15);
      start.pose[2] = settings.objectHeight;
    },

    reward(state, goal, action, terms) {
      const position = positionOf(state);
      const away = distance(position, goal);
      if (reward === 'shaped') {
        const tip = state.site(arm.tip).position;
        const pressed = control === 'joints' ? 0 : Math.max(0, -tip[2] - actionScale * action[2]);
        const velocity = state.velocity.subarray(6 * at, 6 * at + 3);
        shaping.write({ state, tip, position, velocity, pressed }, goal, away, away < goalRadius, terms);
      } else terms[0] = reward === 'dense' ? -away : away < goalRadius ? 0 : -1;
    },

    ease: easeOf(panda, scene, values, settings),

    success: isThere,
    terminated: (state, goal) => endsOnSuccess && isThere(state, goal),
  };
  return withLimbContacts(parts, values);
}

/** Nearest that an object is to its goal where training begins, over the distance that counts as there. */
const nearest = 1.2;
/** How high above the object open fingers begin, m, at most, and how high an object that they hold; how far behind it a closed hand does. */
const highest = 0.1;
const highestHeld = 0.2;
const runUp = 0.065;
/** Share of hands that begin where their work does that hold the object: carrying is found before lifting is. */
const holdingShare = 0.5;
/** Iterations of inverse kinematics from home to where the hand begins. */
const iterations = 20;
/** The gripper points straight down. */
const down = [1, 0, 0, 0] as const;
/** Each finger's way where they are open, m. */
const openFinger = 0.04;

/**
 * Starts of training: goals that are nearer to the object, in the direction in which they are; and hands that are where their work
 * begins, open above the object, or with the object between the fingers in the air, or behind it as seen from the goal.
 */
function easeOf(panda: Arm, scene: Scene, { goalRadius }: ObjectValues, { holding }: ObjectSettings): Task['ease'] {
  const placed = { model: panda, frame: scene.arm.frame };
  const fingers = fingersOf(scene.arm.model);
  return (random, start, goal, { distance: share, assisted }) => {
    const object: Vec3 = [start.pose[0], start.pose[1], start.pose[2]];
    const away = distance(object, goal);
    const least = Math.min(away, nearest * goalRadius);
    const part = away > 0 ? (least + share * (away - least)) / away : 0;
    for (let i = 0; i < 3; i++) goal[i] = object[i] + part * (goal[i] - object[i]);
    const [isAssisted, height] = [random.uniform() < assisted, random.uniform()];
    if (!isAssisted) return;
    const hand = (x: number, y: number, z: number) =>
      start.q.set(inverseKinematics(placed, panda.home, [x, y, z], down, iterations));
    if (holding === undefined) {
      const [x, y] = pointBehind(object, goal, runUp);
      return hand(x, y, object[2]);
    }
    const isHeld = random.uniform() < holdingShare;
    const up = height * (isHeld ? highestHeld : highest);
    hand(object[0], object[1], object[2] + up);
    if (isHeld) start.pose[2] += up;
    for (const finger of fingers) start.q[finger] = isHeld ? holding : openFinger;
  };
}

/** The Panda without its fingers is moved as in panda-gym; they have an action of their own, or none. */
function controllerOf(panda: Arm, scene: Scene, { control }: ObjectValues, { holding }: ObjectSettings): Controller {
  const placed = { model: panda, frame: scene.arm.frame };
  const leading = { rotation: down, floor: 0, iterations: 4 } as const;
  const mover = control === 'joints' ? jointStep(panda, actionScale) : endEffectorStep(placed, actionScale, leading);
  return holding === undefined ? mover : gripperStep(scene.arm.model, mover, gripperScale);
}

/** Where the object is in a state, the body that stands there among all. */
const objectIn =
  (at: number) =>
  ({ pose }: State) =>
    pose.subarray(7 * at, 7 * at + 3);

const meters = (name: string, description: string) => field(name, 3, 'm', description);

function observationOf(
  scene: Scene,
  { relative }: ObjectValues,
  { holding, alsoObserved }: ObjectSettings,
): Pick<TaskParts, 'obs' | 'observe'> {
  const { model } = scene.arm;
  const at = treeOf(model).bodies.length;
  const fingers = fingersOf(model);
  const positionOf = objectIn(at);
  const gripper = holding !== undefined;
  const own = gripper ? 7 : 6;
  return {
    obs: [
      meters('position', 'end effector'),
      field('velocity', 3, 'm/s', 'end effector'),
      ...(gripper ? [field('gripper_width', 1, 'm', 'between the fingers')] : []),
      meters('object_position', 'object'),
      field('object_rotation', 3, 'rad', 'roll, pitch and yaw of the object'),
      field('object_velocity', 3, 'm/s', 'object'),
      field('object_angular_velocity', 3, 'rad/s', 'object'),
      meters('achieved_goal', 'object'),
      meters('desired_goal', 'goal'),
      ...(relative ? relativeFields : []),
      ...(relative && alsoObserved ? alsoObserved.fields : []),
    ],
    observe(state, goal, out) {
      const { position, velocity } = state.site(model.tip);
      const { pose, velocity: velocities } = state;
      const turned = rollPitchYaw(pose[7 * at + 3], pose[7 * at + 4], pose[7 * at + 5], pose[7 * at + 6]);
      if (gripper) out[6] = widthOf(fingers, state.q);
      for (let i = 0; i < 3; i++) {
        const object = pose[7 * at + i];
        out[i] = position[i];
        out[3 + i] = velocity[i];
        out[own + i] = object;
        out[own + 3 + i] = turned[i];
        out[own + 6 + i] = velocities[6 * at + i];
        out[own + 9 + i] = velocities[6 * at + 3 + i];
        out[own + 12 + i] = object;
        out[own + 15 + i] = goal[i];
        if (!relative) continue;
        out[own + 18 + i] = object - position[i];
        out[own + 21 + i] = goal[i] - object;
      }
      if (relative) alsoObserved?.write({ state, tip: position, position: positionOf(state) }, goal, out, own + 24);
    },
  };
}

const relativeFields: readonly Field[] = [
  meters('relative_object', 'object less end effector'),
  meters('relative_goal', 'goal less object'),
];
