import { jointTorque } from '../control/joint-torque.ts';
import { cos, sin } from '../math/kernels.ts';
import { distance, identity, norm } from '../math/rotation.ts';
import { treeOf } from '../model/tree.ts';
import { type Arm, sceneOf } from '../model/types.ts';
import { multibodyDamping } from '../sim/plan.ts';
import { type Controller, defineTask } from '../task.ts';
import { finalDistance } from './final-distance.ts';

/**
 * Gymnasium's Reacher-v5: bring the fingertip of a two-link arm to a target in its plane by joint torques. The control
 * cost has weight 1, as in the peer's code (its documentation says 0.1).
 */

/** N m for a full action. */
const gear = 200;
const targetRadius = 0.2;

/** Height of the plane, m. */
const height = 0.01;

/** Inertia of the joints' rotors, kg m^2, beside which the links weigh nothing, and their viscous friction, N m s/rad. */
const armature = 1;
const damping = 1;

export const reacher = defineTask({
  name: 'reacher',
  description: 'bring the fingertip to a target by joint torques (Gymnasium Reacher-v5)',
  arms: ['planar'],
  options: {
    horizon: { default: 50, low: 1, high: 10000, integer: true, description: 'control steps in an episode' },
    substeps: { default: 8, low: 1, high: 100, integer: true, description: 'world steps per control step' },
  },
  budget: 400000,
  // As its published figures were.
  defaults: (_options, isDrawn) => ({
    ...(!isDrawn && { algorithm: 'reinforce' }),
    options: {
      ...{ batch: 2000, batchGrowth: 0, gamma: 0.93, evalEvery: 20_000 },
      ...{ advantage: 'monte-carlo', initialLogSigma: -0.5 },
    },
    of: {
      reinforce: { learningRate: 0.01 },
      // The control cost makes sigma small, and ten epochs of a larger step then leave the clipped region far behind.
      ppo: { learningRate: 0.001, minibatch: 250 },
      a2c: { batch: 500, advantage: 'gae', learningRate: 0.003 },
    },
  }),
  create(arm, { horizon, substeps }) {
    const scene = sceneOf(arm, { position: [0, 0, height], rotation: identity });
    return {
      scene,
      controller: jointTorque(arm, gear, rotorTorques(arm)),
      physics: { dt: 0.02, substeps, solverIterations: 1, internalIterations: 1, gravityCompensation: true },
      obs: [
        { name: 'cos_q', size: 2, unit: '1', description: 'cosines of the joint angles' },
        { name: 'sin_q', size: 2, unit: '1', description: 'sines of the joint angles' },
        { name: 'target', size: 2, unit: 'm', description: 'target x, y' },
        { name: 'dq', size: 2, unit: 'rad/s', description: 'joint velocities' },
        { name: 'offset', size: 2, unit: 'm', description: 'fingertip less target x, y' },
      ],
      terms: ['distance', 'control'],
      params: [{ name: 'target', size: 3, unit: 'm', description: 'where the fingertip is to be' }],
      markers: [{ param: 'target' }],
      horizon,
      metrics: [finalDistance(scene)],

      reset(random, { q, dq }, target) {
        for (let i = 0; i < 2; i++) q[i] = random.between(-0.1, 0.1);
        for (let i = 0; i < 2; i++) dq[i] = random.between(-0.005, 0.005);
        for (;;) {
          const [x, y] = [random.between(-targetRadius, targetRadius), random.between(-targetRadius, targetRadius)];
          if (norm([x, y, 0]) < targetRadius) return target.set([x, y, height]);
        }
      },

      observe(state, target, out) {
        const { q, dq } = state;
        const { position } = state.site(arm.tip);
        out[0] = cos(q[0]);
        out[1] = cos(q[1]);
        out[2] = sin(q[0]);
        out[3] = sin(q[1]);
        out[4] = target[0];
        out[5] = target[1];
        out[6] = dq[0];
        out[7] = dq[1];
        out[8] = position[0] - target[0];
        out[9] = position[1] - target[1];
      },

      reward(state, target, action, terms) {
        terms[0] = -distance(state.site(arm.tip).position, target);
        terms[1] = -(action[0] * action[0] + action[1] * action[1]);
      },
    };
  },
});

/**
 * Torques on the links of an arm with parallel axes whose joints have rotors, as MuJoCo's Reacher. There
 * armature ddq_i = torque_i - damping dq_i, joint by joint; but an inertia put on a link is carried by every joint before it,
 * M_ij = sum_{k >= max(i, j)} I_k. The torque that gives the same ddq is M ddq: by Newton and Euler from the tip, a link
 * passes on to its parent what it does not need itself.
 */
function rotorTorques(arm: Arm): NonNullable<Controller['linkTorques']> {
  const inertias = treeOf(arm).bodies.map((body) => body.inertial?.inertia[2] ?? 0);
  return (torque, dq, kick, out) => {
    let spin = 0;
    for (let i = 0; i < out.length; i++) {
      spin += kick[i] + (torque[i] - damping * dq[i]) / armature;
      out[i] = inertias[i] * spin + multibodyDamping * dq[i];
      if (i + 1 < out.length) out[i] -= multibodyDamping * dq[i + 1];
    }
  };
}
