import type { Quat, Vec3 } from '../math/rotation.ts';
import { placed } from '../model/inertia.ts';
import type { Arm, Body, Inertial, Joint } from '../model/types.ts';
import { xarm7Shapes } from './xarm7-shapes.ts';

/**
 * The UFACTORY xArm 7, to its tool flange. Kinematics, limits, masses, inertias and torques: MuJoCo Menagerie (BSD-3-Clause); speeds: the
 * maker's data sheet.
 */

/** rad/s */
const speed = Math.PI;
const turn = 6.28319;

/** Mass, centre of mass, principal moments, and their frame as w x y z. */
type Mass = readonly [number, Vec3, Vec3, readonly [number, number, number, number]];

const masses: readonly Mass[] = [
  [
    2.382,
    [-0.0002, 0.02905, -0.01233],
    [0.00569127, 0.00533384, 0.00293865],
    [0.978953, -0.202769, -0.00441617, -0.0227264],
  ],
  [
    1.869,
    [0.00022, -0.12856, 0.01735],
    [0.00959898, 0.00937717, 0.00201315],
    [0.50198, 0.86483, -0.00778841, 0.00483285],
  ],
  [
    1.6383,
    [0.0466, -0.02463, -0.00768],
    [0.00351721, 0.00294089, 0.00195868],
    [0.913819, 0.289775, 0.281481, -0.0416455],
  ],
  [1.7269, [0.07047, -0.11575, 0.012], [0.00657137, 0.00647948, 0.00186763], [0.422108, 0.852026, -0.126025, 0.282832]],
  [
    1.3203,
    [-0.00032, 0.01604, -0.026],
    [0.00534729, 0.00499076, 0.0013489],
    [0.999311, -0.0304457, 0.000577067, 0.0212082],
  ],
  [1.325, [0.06469, 0.03278, 0.02141], [0.00245421, 0.00221646, 0.00107273], [-0.217672, 0.772419, 0.16258, 0.574069]],
  [0.17, [0, -0.00677, -0.01098], [0.000132176, 9.3e-5, 5.85236e-5], [0.487612, 0.512088, -0.512088, 0.487612]],
];

function inertialOf([mass, center, moments, [w, x, y, z]]: Mass): Inertial {
  const length = Math.sqrt(w * w + x * x + y * y + z * z);
  const frame: Quat = [x / length, y / length, z / length, w / length];
  return placed({ mass, center: [0, 0, 0], inertia: [...moments, 0, 0, 0] }, center, frame);
}

const links = masses.map(
  (mass, i): Body => ({
    name: `link${i + 1}`,
    inertial: inertialOf(mass),
    colliders: [],
    visuals: xarm7Shapes.links[i],
  }),
);

/** A quarter turn about x, there and back. */
const tilt: Quat = [Math.SQRT1_2, 0, 0, Math.SQRT1_2];
const back: Quat = [-Math.SQRT1_2, 0, 0, Math.SQRT1_2];
const straight: Quat = [0, 0, 0, 1];

/** Position, rotation, low, high, stiffness, damping, largest torque. */
type Row = readonly [Vec3, Quat, number, number, number, number, number];

const rows: readonly Row[] = [
  [[0, 0, 0.267], straight, -turn, turn, 1770, 53.1, 50],
  [[0, 0, 0], back, -2.059, 2.0944, 3830, 115, 50],
  [[0, -0.293, 0], tilt, -turn, turn, 2280, 68.2, 30],
  [[0.0525, 0, 0], tilt, -0.19198, 3.927, 2020, 60.4, 30],
  [[0.0775, -0.3425, 0], tilt, -turn, turn, 17.8, 0.435, 30],
  [[0, 0, 0], tilt, -1.69297, Math.PI, 51.7, 1.45, 20],
  [[0.076, 0.097, 0], back, -turn, turn, 8, 0.14, 20],
];

const joints = rows.map(
  ([position, rotation, low, high, stiffness, damping, maxForce], i): Joint => ({
    name: `joint${i + 1}`,
    kind: 'revolute',
    parent: i ? `link${i}` : 'base',
    child: `link${i + 1}`,
    frame: { position, rotation },
    axis: [0, 0, 1],
    low,
    high,
    motor: { stiffness, damping, maxForce },
    maxVelocity: speed,
  }),
);

export const xarm7: Arm = {
  name: 'xarm7',
  description: 'UFACTORY xArm 7, 7 revolute joints, to its tool flange',
  bodies: [{ name: 'base', colliders: [], visuals: xarm7Shapes.base }, ...links],
  joints,
  sites: [{ name: 'tip', body: 'link7', frame: { position: [0, 0, 0], rotation: [0, 0, 0, 1] } }],
  home: [0, -0.247, 0, 0.909, 0, 1.156, 0],
  tip: 'tip',
};
