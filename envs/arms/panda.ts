import { fromRollPitchYaw } from '../math/axis-angle.ts';
import type { Vec3 } from '../math/rotation.ts';
import { combine, placed } from '../model/inertia.ts';
import type { Arm, Body, Inertial, Joint } from '../model/types.ts';
import { pandaShapes } from './panda-shapes.ts';

/**
 * The Franka Panda with its gripper closed. Kinematics and limits: Franka's URDF (franka_ros, Apache-2.0); masses and inertias: MuJoCo
 * Menagerie (Apache-2.0); force limits, base and neutral pose: panda-gym (MIT).
 */

const quarter = Math.PI / 2;

const inertials: readonly Inertial[] = [
  {
    mass: 4.970684,
    center: [0.003875, 0.002081, -0.04762],
    inertia: [0.70337, 0.70661, 0.009117, -0.000139, 0.006772, 0.019169],
  },
  {
    mass: 0.646926,
    center: [-0.003141, -0.02872, 0.003495],
    inertia: [0.007962, 0.02811, 0.025995, -0.003925, 0.010254, 0.000704],
  },
  {
    mass: 3.228604,
    center: [0.027518, 0.039252, -0.066502],
    inertia: [0.037242, 0.036155, 0.01083, -0.004761, -0.011396, -0.012805],
  },
  {
    mass: 3.587895,
    center: [-0.05317, 0.104419, 0.027454],
    inertia: [0.025853, 0.019552, 0.028323, 0.007796, -0.001332, 0.008641],
  },
  {
    mass: 1.225946,
    center: [-0.011953, 0.041065, -0.038437],
    inertia: [0.035549, 0.029474, 0.008627, -0.002117, -0.004037, 0.000229],
  },
  {
    mass: 1.666555,
    center: [0.060149, -0.014117, -0.010517],
    inertia: [0.001964, 0.004354, 0.005433, 0.000109, -0.001158, 0.000341],
  },
  {
    mass: 0.735522,
    center: [0.010517, -0.004252, 0.061597],
    inertia: [0.012516, 0.010027, 0.004815, -0.000428, -0.001196, -0.000741],
  },
];

/** The hand sits on the flange, 0.107 m along joint 7's axis, turned by -45 degrees. */
export const handPosition: Vec3 = [0, 0, 0.107];
export const handRotation = fromRollPitchYaw([0, 0, -Math.PI / 4]);
export const hand: Inertial = { mass: 0.73, center: [-0.01, 0, 0.03], inertia: [0.001, 0.0025, 0.0017, 0, 0, 0] };
const fingers: Inertial = { mass: 0.03, center: [0, 0, 0.0584], inertia: [0, 0, 0, 0, 0, 0] };
const gripper = [hand, fingers].map((part) => placed(part, handPosition, handRotation));

/** The last link without what hangs on it. */
export const flange = inertials[6];

const links = inertials.map(
  (inertial, i): Body => ({
    name: `link${i + 1}`,
    inertial: combine(i === 6 ? [inertial, ...gripper] : [inertial]),
    colliders: [],
    visuals: pandaShapes.links[i],
  }),
);

/** Position, roll pitch yaw, low, high, stiffness, damping, largest torque. */
type Row = readonly [Vec3, Vec3, number, number, number, number, number];

// PyBullet closes 10 % of an error every 2 ms, as far as the force limit lets it: it brakes along dq = 50 (target - q).
// Damping of stiffness / 50 brakes along the same line.
const rows: readonly Row[] = [
  [[0, 0, 0.333], [0, 0, 0], -2.8973, 2.8973, 12000, 240, 87],
  [[0, 0, 0], [-quarter, 0, 0], -1.7628, 1.7628, 12000, 240, 87],
  [[0, -0.316, 0], [quarter, 0, 0], -2.8973, 2.8973, 6000, 120, 87],
  [[0.0825, 0, 0], [quarter, 0, 0], -3.0718, -0.0698, 6000, 120, 87],
  [[-0.0825, 0.384, 0], [-quarter, 0, 0], -2.8973, 2.8973, 1500, 30, 12],
  [[0, 0, 0], [quarter, 0, 0], -0.0175, 3.7525, 800, 16, 120],
  [[0.088, 0, 0], [quarter, 0, 0], -2.8973, 2.8973, 300, 6, 120],
];

const joints = rows.map(
  ([position, rpy, low, high, stiffness, damping, maxForce], i): Joint => ({
    name: `joint${i + 1}`,
    kind: 'revolute',
    parent: i ? `link${i}` : 'base',
    child: `link${i + 1}`,
    frame: { position, rotation: fromRollPitchYaw(rpy) },
    axis: [0, 0, 1],
    low,
    high,
    motor: { stiffness, damping, maxForce },
  }),
);

export const panda: Arm = {
  name: 'panda',
  description: 'Franka Panda, 7 revolute joints, gripper closed',
  bodies: [{ name: 'base', colliders: [], visuals: pandaShapes.base }, ...links],
  joints,
  sites: [{ name: 'tip', body: 'link7', frame: { position: [0, 0, 0.212], rotation: handRotation } }],
  home: [0, 0.41, 0, -1.85, 0, 2.26, 0.79],
  tip: 'tip',
};
