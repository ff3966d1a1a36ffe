import type { Arm, ArmJoint, ArmLink } from '../model/types.ts';
import type { ScenePart, Vec3 } from '../types.ts';

/**
 * Gymnasium's Reacher as an arm: two links of 0.1 m in a horizontal plane. Its joints are rotors of 1 kg m^2 beside which
 * the links weigh nothing; each link carries its rotor's inertia, and torques are mapped accordingly (see physics.ts).
 */

const height = 0.01;

function link(name: string, length: number, shapes: readonly ScenePart[]): ArmLink {
  return { name, parts: [{ mass: 0.036, center: [length / 2, 0, 0], inertia: [1, 1, 1, 0, 0, 0] }], shapes };
}

function joint(name: string, position: Vec3, low: number, high: number): ArmJoint {
  return {
    name,
    position,
    rotation: [0, 0, 0, 1],
    low,
    high,
    motor: { stiffness: 20000, damping: 400, maxTorque: 500 },
    rotor: { inertia: 1, damping: 1 },
  };
}

function segment(length: number): ScenePart {
  return { kind: 'capsule', from: [0, 0, 0], to: [length, 0, 0], radius: 0.008, part: 'link' };
}

const hub: ScenePart = { kind: 'cylinder', from: [0, 0, -0.009], to: [0, 0, 0.0095], radius: 0.0105, part: 'joint' };
const fingertip: ScenePart = { kind: 'sphere', center: [0.11, 0, 0], radius: 0.01, part: 'hand' };

export const planar: Arm = {
  name: 'planar',
  description: 'planar arm of two 0.1 m links, after Gymnasium Reacher',
  base: {
    position: [0, 0, height],
    rotation: [0, 0, 0, 1],
    shapes: [{ kind: 'cylinder', from: [0, 0, -height], to: [0, 0, -0.002], radius: 0.022, part: 'base' }],
  },
  links: [link('link1', 0.1, [segment(0.1), hub]), link('link2', 0.1, [segment(0.1), hub, fingertip])],
  joints: [joint('joint1', [0, 0, 0], -Infinity, Infinity), joint('joint2', [0.1, 0, 0], -3, 3)],
  neutral: [0, 1.5],
  endEffector: { position: [0.11, 0, 0], rotation: [0, 0, 0, 1] },
  goals: { low: [0.03, -0.12, height], high: [0.15, 0.12, height] },
};
