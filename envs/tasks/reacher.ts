import { cos, sin } from '../math/kernels.ts';
import { distance, norm } from '../math/rotation.ts';
import type { Option, Vec3 } from '../types.ts';
import type { TaskEntry } from './types.ts';

/**
 * Gymnasium's Reacher-v5: bring the fingertip of a two-link arm to a target in its plane by joint torques. The control
 * cost has weight 1, as in the peer's code (its documentation says 0.1).
 */

/** N m for a full action. */
const gear = 200;
const targetRadius = 0.2;

const options: readonly Option[] = [
  { name: 'horizon', default: 50, low: 1, high: 10000, integer: true, description: 'control steps in an episode' },
  { name: 'substeps', default: 8, low: 1, high: 100, integer: true, description: 'world steps per control step' },
];

export const reacher: TaskEntry = {
  name: 'reacher',
  description: 'bring the fingertip to a target by joint torques (Gymnasium Reacher-v5)',
  arms: ['planar'],
  options,
  budget: 400000,
  create: (arm, values) => ({
    obs: [
      { name: 'cos_q', size: 2, unit: '1', description: 'cosines of the joint angles' },
      { name: 'sin_q', size: 2, unit: '1', description: 'sines of the joint angles' },
      { name: 'target', size: 2, unit: 'm', description: 'target x, y' },
      { name: 'dq', size: 2, unit: 'rad/s', description: 'joint velocities' },
      { name: 'offset', size: 2, unit: 'm', description: 'fingertip less target x, y' },
    ],
    act: [{ name: 'torque', size: 2, unit: `${gear} N m`, low: -1, high: 1, description: 'joint torques' }],
    action: { kind: 'joint-torque', scale: gear, unit: 'N m' },
    terms: ['distance', 'control'],
    goalRadius: 0,
    horizon: values.horizon as number,
    endsOnSuccess: false,
    physics: {
      dt: 0.02,
      substeps: values.substeps as number,
      solverIterations: 1,
      internalIterations: 1,
      gravity: 9.81,
      gravityCompensation: true,
      drive: 'torque',
    },

    start(random) {
      const q = [random.between(-0.1, 0.1), random.between(-0.1, 0.1)];
      const dq = [random.between(-0.005, 0.005), random.between(-0.005, 0.005)];
      const height = arm.base.position[2];
      for (;;) {
        const target: Vec3 = [
          random.between(-targetRadius, targetRadius),
          random.between(-targetRadius, targetRadius),
          height,
        ];
        if (norm([target[0], target[1], 0]) < targetRadius) return { q, dq, goal: target };
      }
    },

    observe({ q, dq, tip }, goal, out) {
      out[0] = cos(q[0]);
      out[1] = cos(q[1]);
      out[2] = sin(q[0]);
      out[3] = sin(q[1]);
      out[4] = goal[0];
      out[5] = goal[1];
      out[6] = dq[0];
      out[7] = dq[1];
      out[8] = tip[0] - goal[0];
      out[9] = tip[1] - goal[1];
    },

    control(_state, action, out) {
      for (let i = 0; i < out.length; i++) out[i] = gear * action[i];
    },

    judge({ tip }, goal, action, terms) {
      terms[0] = -distance(tip, goal);
      terms[1] = -(action[0] * action[0] + action[1] * action[1]);
      return false;
    },
  }),
};
