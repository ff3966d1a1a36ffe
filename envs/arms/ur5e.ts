import type { Quat, Vec3 } from '../math/rotation.ts';
import type { Arm, Body, Inertial, Joint } from '../model/types.ts';
import { ur5eShapes } from './ur5e-shapes.ts';

/**
 * The Universal Robots UR5e, to its tool flange. Kinematics, masses, inertias and torques: MuJoCo Menagerie (BSD-3-Clause), without its
 * rotors' armature; speeds: the maker's data sheet.
 */

/** rad/s */
const speed = Math.PI;
const turn = 6.28319;

/** A quarter turn about y. */
const down: Quat = [0, Math.SQRT1_2, 0, Math.SQRT1_2];
const straight: Quat = [0, 0, 0, 1];
const y: Vec3 = [0, 1, 0];
const z: Vec3 = [0, 0, 1];

function slender(mass: number, center: Vec3, moments: Vec3): Inertial {
  return { mass, center, inertia: [...moments, 0, 0, 0] };
}

const inertials: readonly Inertial[] = [
  slender(3.7, [0, 0, 0], [0.0102675, 0.0102675, 0.00666]),
  slender(8.393, [0, 0, 0.2125], [0.133886, 0.133886, 0.0151074]),
  slender(2.275, [0, 0, 0.196], [0.0311796, 0.0311796, 0.004095]),
  slender(1.219, [0, 0.127, 0], [0.0025599, 0.0025599, 0.0021942]),
  slender(1.219, [0, 0, 0.1], [0.0025599, 0.0025599, 0.0021942]),
  slender(0.1889, [0, 0.0771683, 0], [9.90863e-5, 1.32134e-4, 9.90863e-5]),
];

const links = ['shoulder', 'upper_arm', 'forearm', 'wrist_1', 'wrist_2', 'wrist_3'].map(
  (name, i): Body => ({ name: `${name}_link`, inertial: inertials[i], colliders: [], visuals: ur5eShapes.links[i] }),
);

/** Name, position, rotation, axis, limit to both sides, stiffness, damping, largest torque. */
type Row = readonly [string, Vec3, Quat, Vec3, number, number, number, number];

const rows: readonly Row[] = [
  ['shoulder_pan', [0, 0, 0.163], straight, z, turn, 3920, 117.5, 150],
  ['shoulder_lift', [0, 0.138, 0], down, y, turn, 9070, 272, 150],
  ['elbow', [0, -0.131, 0.425], straight, y, Math.PI, 2900, 87, 150],
  ['wrist_1', [0, 0, 0.392], down, y, turn, 90.8, 2.62, 28],
  ['wrist_2', [0, 0.127, 0], straight, z, turn, 15.2, 0.356, 28],
  ['wrist_3', [0, 0, 0.1], straight, y, turn, 8, 0.14, 28],
];

const joints = rows.map(
  ([name, position, rotation, axis, limit, stiffness, damping, maxForce], i): Joint => ({
    name,
    kind: 'revolute',
    parent: i ? links[i - 1].name : 'base',
    child: links[i].name,
    frame: { position, rotation },
    axis,
    low: -limit,
    high: limit,
    motor: { stiffness, damping, maxForce },
    maxVelocity: speed,
  }),
);

export const ur5e: Arm = {
  name: 'ur5e',
  description: 'Universal Robots UR5e, 6 revolute joints, most of two turns',
  bodies: [{ name: 'base', colliders: [], visuals: ur5eShapes.base }, ...links],
  joints,
  // The flange looks along the last joint's axis, -z of the tip.
  sites: [
    {
      name: 'tip',
      body: 'wrist_3_link',
      frame: { position: [0, 0.1, 0], rotation: [-Math.SQRT1_2, 0, 0, Math.SQRT1_2] },
    },
  ],
  home: [0, -1.57, 1.57, -1.57, -1.57, 0],
  tip: 'tip',
};
