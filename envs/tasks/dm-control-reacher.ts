import { cos, sin } from '../math/kernels.ts';
import { distance, identity } from '../math/rotation.ts';
import { sceneOf } from '../model/types.ts';
import { defineTask } from '../task.ts';
import { dmControlArm, fingerRadius, wristLimit } from './dm-control-arm.ts';
import { dmControlPhysics, dmControlTorque } from './dm-control-step.ts';
import { finalDistance } from './final-distance.ts';

/**
 * dm_control's reacher: bring the finger of a two-link arm into a target in its plane by joint torques, and keep it there. A step in
 * the target is worth 1, any other nothing.
 */

export const reacherEasy = reacherWith('reacher-easy', 0.05);
export const reacherHard = reacherWith('reacher-hard', 0.015);

/** N m for a full action. */
const gear = 0.05;

/** Height of the plane, m. */
const height = 0.01;

/** Noise comes across a target of less only where it is wide, m. */
const smallTarget = 0.03;

/** Distance of the target from the shoulder, m. */
const [nearest, farthest] = [0.05, 0.2];

/** @param targetRadius m */
function reacherWith(name: string, targetRadius: number) {
  return defineTask({
    name,
    description: `keep the fingertip in a target of ${targetRadius} m by joint torques (dm_control)`,
    arms: ['planar'],
    options: {
      horizon: { default: 1000, low: 1, high: 10000, integer: true, description: 'control steps in an episode' },
      goalRadius: {
        default: targetRadius,
        low: 0.001,
        high: 1,
        description: 'radius of the target, m, which the finger, of 0.01 m, is to touch',
      },
    },
    budget: 1_000_000,
    // The target is less than a hundred steps away, and the rest of a thousand says little: more starts and targets say more. A small
    // one is found by wide noise.
    defaults: ({ goalRadius }) => ({
      options: {
        ...{ batch: 8000, batchGrowth: 0, gamma: 0.97, cutAfter: 100 },
        ...(goalRadius < smallTarget && { initialLogSigma: 0 }),
      },
      of: { ppo: { minibatch: 250 } },
    }),
    create(_planar, { horizon, goalRadius }) {
      const arm = dmControlArm;
      const scene = sceneOf(arm, { position: [0, 0, height], rotation: identity });
      // The finger's sphere has to touch the target's.
      const radius = goalRadius + fingerRadius;
      return {
        scene,
        controller: dmControlTorque(gear),
        physics: dmControlPhysics,
        obs: [
          { name: 'q', size: 2, unit: 'rad', description: 'joint angles, turns counted' },
          { name: 'to_target', size: 2, unit: 'm', description: 'target less fingertip x, y' },
          { name: 'dq', size: 2, unit: 'rad/s', description: 'joint velocities' },
        ],
        terms: ['in_target'],
        params: [{ name: 'target', size: 3, unit: 'm', description: 'where the fingertip is to be' }],
        markers: [{ param: 'target', radius }],
        horizon,
        metrics: [finalDistance(scene)],

        reset(random, { q }, target) {
          q[0] = random.between(-Math.PI, Math.PI);
          q[1] = random.between(-wristLimit, wristLimit);
          const angle = random.between(0, 2 * Math.PI);
          const away = random.between(nearest, farthest);
          target.set([away * sin(angle), away * cos(angle), height]);
        },

        observe({ q, dq, site }, target, out) {
          const { position } = site(arm.tip);
          out[0] = q[0];
          out[1] = q[1];
          out[2] = target[0] - position[0];
          out[3] = target[1] - position[1];
          out[4] = dq[0];
          out[5] = dq[1];
        },

        reward(state, target, _action, terms) {
          terms[0] = distance(state.site(arm.tip).position, target) <= radius ? 1 : 0;
        },

        success: (state, target) => distance(state.site(arm.tip).position, target) <= radius,
      };
    },
  });
}
