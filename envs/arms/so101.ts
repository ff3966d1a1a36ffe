import { fromRollPitchYaw } from '../math/axis-angle.ts';
import type { Vec3 } from '../math/rotation.ts';
import { combine, placed } from '../model/inertia.ts';
import type { Arm, Body, Inertial, Joint, Motor } from '../model/types.ts';
import { so101Shapes } from './so101-shapes.ts';

/**
 * The SO-101 follower with its jaw closed. Kinematics, limits, masses and inertias: TheRobotStudio's URDF of it (SO-ARM100,
 * Simulation/SO101, Apache-2.0). Torque and speed: Feetech's data sheet of the STS3215 servo at 12 V.
 */

/** Stall torque, N m, and speed without a load, rad/s. */
const torque = 2.94;
const speed = 4.7;

const jaw = placed(
  {
    mass: 0.012,
    center: [-0.00157495, -0.0300244, 0.0192755],
    inertia: [6.61427e-6, 1.89032e-6, 5.28738e-6, -3.19807e-7, -5.90717e-9, -1.09945e-7],
  },
  [0.0202, 0.0188, -0.0234],
  fromRollPitchYaw([1.5708, -5.24284e-8, -1.41553e-15]),
);

const inertials: readonly Inertial[] = [
  {
    mass: 0.100006,
    center: [-0.0307604, -1.66727e-5, -0.0252713],
    inertia: [8.3759e-5, 8.10403e-5, 2.39783e-5, 7.55525e-8, -1.16342e-6, 1.54663e-7],
  },
  {
    mass: 0.103,
    center: [-0.0898471, -0.00838224, 0.0184089],
    inertia: [4.08002e-5, 1.47318e-4, 1.42487e-4, -1.97819e-5, -4.03016e-8, 8.97326e-9],
  },
  {
    mass: 0.104,
    center: [-0.0980701, 0.00324376, 0.0182831],
    inertia: [2.87438e-5, 1.59844e-4, 1.4529e-4, 7.41152e-6, 1.26409e-6, -4.90188e-8],
  },
  {
    mass: 0.079,
    center: [-1.03312e-4, -0.0386143, 0.0281156],
    inertia: [3.68263e-5, 2.5391e-5, 2.1e-5, 1.7893e-8, -5.28128e-8, 3.6412e-6],
  },
  combine([
    {
      mass: 0.087,
      center: [2.13627e-4, 2.45138e-4, -0.025187],
      inertia: [2.75087e-5, 4.33657e-5, 3.45059e-5, -3.35241e-7, -5.7352e-6, -5.17847e-8],
    },
    jaw,
  ]),
];

const links = ['shoulder', 'upper_arm', 'lower_arm', 'wrist', 'gripper'].map(
  (name, i): Body => ({ name, inertial: inertials[i], colliders: [], visuals: so101Shapes.links[i] }),
);

/** Name, position, roll pitch yaw, low, high, stiffness, damping. */
type Row = readonly [string, Vec3, Vec3, number, number, number, number];

const rows: readonly Row[] = [
  ['shoulder_pan', [0.0388353, 0, 0.0624], [Math.PI, 0, -Math.PI], -1.91986, 1.91986, 68, 1.94],
  ['shoulder_lift', [-0.0303992, -0.0182778, -0.0542], [-1.5708, -1.5708, 0], -1.74533, 1.74533, 72.5, 2.07],
  ['elbow_flex', [-0.11257, -0.028, 0], [0, 0, 1.5708], -1.69, 1.69, 38.3, 1.05],
  ['wrist_flex', [-0.1349, 0.0052, 0], [0, 0, -1.5708], -1.65806, 1.65806, 8, 0.14],
  ['wrist_roll', [0, -0.0611, 0.0181], [1.5708, 0.0486795, Math.PI], -2.74385, 2.84121, 8, 0.14],
];

const joints = rows.map(
  ([name, position, rpy, low, high, stiffness, damping], i): Joint => ({
    name,
    kind: 'revolute',
    parent: i ? links[i - 1].name : 'base',
    child: links[i].name,
    frame: { position, rotation: fromRollPitchYaw(rpy) },
    axis: [0, 0, 1],
    low,
    high,
    motor: { stiffness, damping, maxForce: torque } satisfies Motor,
    maxVelocity: speed,
  }),
);

export const so101: Arm = {
  name: 'so101',
  description: 'SO-101 follower, 5 revolute joints, jaw closed',
  bodies: [{ name: 'base', colliders: [], visuals: so101Shapes.base }, ...links],
  joints,
  sites: [
    {
      name: 'tip',
      body: 'gripper',
      frame: { position: [-0.0079, -0.000218121, -0.0981274], rotation: fromRollPitchYaw([0, Math.PI, 0]) },
    },
  ],
  home: [0, 0, 0, 0, 0],
  tip: 'tip',
};
