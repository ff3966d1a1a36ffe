import { combine } from '../model/inertia.ts';
import type { Arm, Body, Inertial, Visual } from '../model/types.ts';
import { unitMoments } from '../model/unit-moments.ts';

/**
 * The arm of dm_control's reacher.xml: two links of 0.12 m in a horizontal plane, a finger at the end of the second. They weigh
 * 82 g, and MuJoCo moves them in steps of 0.02 s, in which a joint has nearly come to its speed. Rapier, whose damping of a joint is ten
 * times theirs, turns heavy rotors in their place, by the torques that make those move alike (dm-control-step.ts).
 */

/** m */
export const linkLength = 0.12;
const handLength = 0.1;
const radius = 0.01;
export const fingerRadius = 0.01;

/** kg/m^3 */
const density = 1000;

/** Viscous friction of each joint, N m s/rad. */
export const damping = 0.01;

/** The wrist turns so far each way, rad. Its limit gives way as MuJoCo's does, by the torques: Rapier has none to hold. */
export const wristLimit = (160 * Math.PI) / 180;

/** Inertia of the rotors that Rapier turns, kg m^2, to which its damping is nothing, and their mass on the joints' axes, kg. */
export const rotor = { inertia: 1000, mass: 0.001 };

/** A capsule along x from the origin. */
function capsule(length: number): Inertial {
  const { volume, moments } = unitMoments({ kind: 'capsule', radius, length });
  const mass = density * volume;
  const [across, , along] = moments.map((moment) => mass * moment);
  return { mass, center: [length / 2, 0, 0], inertia: [along, across, across, 0, 0, 0] };
}

function sphere(x: number, size: number): Inertial {
  const { volume, moments } = unitMoments({ kind: 'sphere', radius: size });
  const mass = density * volume;
  const [xx, yy, zz] = moments.map((moment) => mass * moment);
  return { mass, center: [x, 0, 0], inertia: [xx, yy, zz, 0, 0, 0] };
}

/** The links' own mass properties. */
export const links = [capsule(linkLength), combine([capsule(handLength), sphere(linkLength, fingerRadius)])] as const;

function body(name: string, visuals: readonly Visual[]): Body {
  const { inertia, mass } = rotor;
  return {
    name,
    inertial: { mass, center: [0, 0, 0], inertia: [inertia, inertia, inertia, 0, 0, 0] },
    colliders: [],
    visuals,
  };
}

function joint(name: string, parent: string, child: string, x: number) {
  const frame = { position: [x, 0, 0], rotation: [0, 0, 0, 1] } as const;
  return { name, kind: 'continuous', parent, child, frame, axis: [0, 0, 1] } as const;
}

function segment(length: number): Visual {
  return { kind: 'capsule', from: [0, 0, 0], to: [length, 0, 0], radius, part: 'link' };
}

const root: Visual = { kind: 'cylinder', from: [0, 0, -0.01], to: [0, 0, 0.0105], radius: 0.011, part: 'base' };
const hub: Visual = { kind: 'cylinder', from: [0, 0, -0.01], to: [0, 0, 0.0105], radius: 0.0105, part: 'joint' };
const finger: Visual = { kind: 'sphere', center: [linkLength, 0, 0], radius: fingerRadius, part: 'hand' };

export const dmControlArm: Arm = {
  name: 'planar',
  description: 'planar arm of two 0.12 m links, after dm_control',
  bodies: [
    { name: 'base', colliders: [], visuals: [root] },
    body('arm', [segment(linkLength)]),
    body('hand', [segment(handLength), hub, finger]),
  ],
  joints: [joint('shoulder', 'base', 'arm', 0), joint('wrist', 'arm', 'hand', linkLength)],
  sites: [{ name: 'finger', body: 'hand', frame: { position: [linkLength, 0, 0], rotation: [0, 0, 0, 1] } }],
  home: [0, 1.5],
  tip: 'finger',
};
