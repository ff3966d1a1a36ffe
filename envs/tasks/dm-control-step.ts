import { jointTorque } from '../control/joint-torque.ts';
import { cos, sin } from '../math/kernels.ts';
import type { Controller, PhysicsSettings, State } from '../task.ts';
import { damping, dmControlArm, linkLength, links, rotor, wristLimit } from './dm-control-arm.ts';

/**
 * How MuJoCo moves the links of dm_control's reacher in a step: semi-implicit Euler, the joints' damping d taken implicitly, the limit
 * of the wrist a soft constraint. With M(q) the inertia of the links in the joints,
 *
 *   (M + h d) ddq = torque - d dq - coriolis(q, dq) + limit,   dq <- dq + h ddq,   q <- q + h dq.
 *
 * The rotors that Rapier turns get this acceleration in the first half of the step, and turn on as fast in the second: they
 * end where the formula has them, at a velocity that can be read then (Rapier's readings of it are one world step old).
 */

/** s */
const h = 0.02;

export const dmControlPhysics: PhysicsSettings = {
  dt: h,
  substeps: 2,
  solverIterations: 1,
  internalIterations: 1,
  gravityCompensation: true,
};

/** A full action is `gear` N m at each joint of the links; what is commanded is what the rotors are given for it, each by itself. */
export function dmControlTorque(gear: number): Controller {
  const { inertia, mass } = rotor;
  const carried = mass * linkLength * linkLength;
  return {
    ...jointTorque(dmControlArm, gear),
    command(state, action, out) {
      const [first, second] = accelerations(state, gear * action[0], gear * action[1]);
      out[0] = (inertia + carried) * first;
      out[1] = inertia * (first + second);
    },
    linkTorques(torque, _dq, kick, out, substep) {
      const share = substep === 0 ? dmControlPhysics.substeps : 0;
      out[0] = share * torque[0] + (inertia + carried) * kick[0];
      out[1] = share * torque[1] + inertia * (kick[0] + kick[1]);
    },
  };
}

const [upper, lower] = links;

/** The inertia is [[m11 + 2 k cos q2, m22 + k cos q2], [m22 + k cos q2, m22]], kg m^2. */
const k = lower.mass * linkLength * lower.center[0];
const m22 = lower.inertia[2] + lower.mass * lower.center[0] * lower.center[0];
const m11 =
  upper.inertia[2] + upper.mass * upper.center[0] * upper.center[0] + m22 + lower.mass * linkLength * linkLength;

/** What a torque at the wrist adds to its acceleration where the arm is stretched, 1/(kg m^2). */
const stretched = (m11 + 2 * k) / determinant(m11 + 2 * k, m22 + k, m22);

/** Accelerations of shoulder and wrist over a step, rad/s^2. */
function accelerations({ q, dq }: State, shoulder: number, wrist: number): [number, number] {
  const along = k * cos(q[1]);
  const coriolis = k * sin(q[1]);
  const [i11, i12] = [m11 + 2 * along, m22 + along];
  const f1 = shoulder - damping * dq[0] + coriolis * (2 * dq[0] + dq[1]) * dq[1];
  let f2 = wrist - damping * dq[1] - coriolis * dq[0] * dq[0];
  const det = determinant(i11, i12, m22);
  f2 += limitTorque(q[1], dq[1], (i11 * f2 - i12 * f1) / det, i11 / det);

  const [d11, d22] = [i11 + h * damping, m22 + h * damping];
  const implicit = determinant(d11, i12, d22);
  return [(d22 * f1 - i12 * f2) / implicit, (d11 * f2 - i12 * f1) / implicit];
}

function determinant(a11: number, a12: number, a22: number): number {
  return a11 * a22 - a12 * a12;
}

/** MuJoCo's usual constraint: its time constant, two steps at the least, s, and how much of one it is, at no depth and at this one, rad. */
const timeConstant = 2 * h;
const [softest, hardest, depth] = [0.9, 0.95, 0.001];

/**
 * The torque of the wrist's limit, which lets it in a little (solref and solimp of MuJoCo's manual, "Computation").
 * @param free acceleration of the wrist without it, rad/s^2
 * @param mobility what a torque at the wrist adds to that, 1/(kg m^2)
 */
function limitTorque(q: number, dq: number, free: number, mobility: number): number {
  const inside = wristLimit - Math.abs(q);
  if (inside >= 0) return 0;
  const side = q > 0 ? -1 : 1;
  const x = Math.min(-inside / depth, 1);
  const share = x <= 0.5 ? 2 * x * x : 1 - 2 * (1 - x) * (1 - x);
  const impedance = softest + (hardest - softest) * share;
  const time = hardest * timeConstant;
  const wanted = (-2 * side * dq) / time - (impedance * inside) / (time * time);
  const softness = ((1 - impedance) / impedance) * stretched;
  return side * Math.max(0, (wanted - side * free) / (mobility + softness));
}
