import { distance } from '../math/rotation.ts';
import { inverseKinematics } from '../model/kinematics.ts';
import type { Arm } from '../model/types.ts';
import type { ArmState } from '../sim/physics.ts';
import type { Field, Option, OptionValue, Quat, Vec3 } from '../types.ts';
import type { Task, TaskEntry } from './types.ts';

/**
 * panda-gym's PandaReach-v3 (the end effector is moved) and PandaReachJoints-v3 (the joints are moved): reach a goal
 * drawn from a box. Observation, action, reward, goal and timing are the peer's; the dynamics are Rapier's.
 */

/** A full action moves the end effector's target by this many metres, or a joint's by this many radians. */
const actionScale = 0.05;

/** The gripper points straight down. */
const down: Quat = [1, 0, 0, 0];

const ikIterations = 4;

const options: readonly Option[] = [
  {
    name: 'reward',
    default: 'dense',
    choices: ['dense', 'sparse'],
    description: 'dense: minus the distance to the goal; sparse: -1 until it is reached',
  },
  { name: 'relativeGoal', default: false, description: 'also observe the goal relative to the end effector' },
  { name: 'observeJoints', default: false, description: 'also observe the joint angles' },
  { name: 'horizon', default: 50, low: 1, high: 10000, integer: true, description: 'control steps in an episode' },
  { name: 'endsOnSuccess', default: true, description: 'end the episode when the goal is reached' },
  { name: 'goalRadius', default: 0.05, low: 0.001, high: 1, description: 'distance that counts as reached, m' },
  { name: 'gravity', default: 9.81, low: 0, high: 100, description: 'm/s^2, downwards' },
  { name: 'gravityCompensation', default: true, description: 'the arm cancels gravity outside of its motors' },
  {
    name: 'solverIterations',
    default: 4,
    low: 1,
    high: 100,
    integer: true,
    description: "Rapier's solver iterations per control step",
  },
  {
    name: 'internalIterations',
    default: 8,
    low: 1,
    high: 100,
    integer: true,
    description: 'inner iterations of each solver iteration',
  },
];

const meters = (name: string, description: string): Field => ({ name, size: 3, unit: 'm', description });

function create(arm: Arm, values: Readonly<Record<string, OptionValue>>, kind: 'joints' | 'end-effector'): Task {
  const { reward, relativeGoal, observeJoints } = values;
  const goalRadius = values.goalRadius as number;
  const joints = kind === 'joints';
  const obs: Field[] = [
    meters('position', 'end effector'),
    { name: 'velocity', size: 3, unit: 'm/s', description: 'end effector' },
    meters('achieved_goal', 'end effector'),
    meters('desired_goal', 'goal'),
  ];
  if (relativeGoal) obs.push(meters('relative_goal', 'goal less end effector'));
  if (observeJoints) obs.push({ name: 'q', size: arm.joints.length, unit: 'rad', description: 'joint angles' });
  const act: Field = joints
    ? { name: 'joint_step', size: arm.joints.length, unit: `${actionScale} rad`, low: -1, high: 1, description: '' }
    : { name: 'end_effector_step', size: 3, unit: `${actionScale} m`, low: -1, high: 1, description: '' };
  return {
    obs,
    act: [
      { ...act, description: joints ? 'moves each joint from where it is' : 'moves the end effector from where it is' },
    ],
    action: joints
      ? { kind: 'joint-step', scale: actionScale, unit: 'rad' }
      : { kind: 'end-effector-step', scale: actionScale, unit: 'm' },
    terms: [reward === 'dense' ? 'distance' : 'not_reached'],
    goalRadius,
    horizon: values.horizon as number,
    endsOnSuccess: values.endsOnSuccess as boolean,
    physics: {
      dt: 0.04,
      substeps: 1,
      solverIterations: values.solverIterations as number,
      internalIterations: values.internalIterations as number,
      gravity: values.gravity as number,
      gravityCompensation: values.gravityCompensation as boolean,
      drive: 'position',
    },

    start(random) {
      const { low, high } = arm.goals;
      const goal: Vec3 = [
        random.between(low[0], high[0]),
        random.between(low[1], high[1]),
        random.between(low[2], high[2]),
      ];
      return { q: arm.neutral, dq: null, goal };
    },

    observe({ tip, tipVelocity, q }, goal, out) {
      for (let i = 0; i < 3; i++) {
        out[i] = tip[i];
        out[3 + i] = tipVelocity[i];
        out[6 + i] = tip[i];
        out[9 + i] = goal[i];
        if (relativeGoal) out[12 + i] = goal[i] - tip[i];
      }
      if (observeJoints) out.set(q, relativeGoal ? 15 : 12);
    },

    control({ q, tip }, action, out) {
      if (joints) {
        for (let i = 0; i < out.length; i++) out[i] = q[i] + actionScale * action[i];
        return;
      }
      const target: Vec3 = [
        tip[0] + actionScale * action[0],
        tip[1] + actionScale * action[1],
        Math.max(0, tip[2] + actionScale * action[2]),
      ];
      out.set(inverseKinematics(arm, q, target, down, ikIterations));
    },

    judge({ tip }: ArmState, goal, _action, terms) {
      const away = distance(tip, goal);
      const reached = away < goalRadius;
      terms[0] = reward === 'dense' ? -away : reached ? 0 : -1;
      return reached;
    },
  };
}

export const pandaReach: TaskEntry = {
  name: 'panda-reach',
  description: 'reach a goal with the end effector by moving it (panda-gym PandaReach-v3)',
  arms: ['panda'],
  options,
  budget: 60000,
  create: (arm, values) => create(arm, values, 'end-effector'),
};

export const pandaReachJoints: TaskEntry = {
  name: 'panda-reach-joints',
  description: 'reach a goal with the end effector by moving the joints (panda-gym PandaReachJoints-v3)',
  arms: ['panda', 'planar'],
  options,
  budget: 60000,
  create: (arm, values) => create(arm, values, 'joints'),
};
