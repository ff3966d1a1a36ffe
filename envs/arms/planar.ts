import type { Vec3 } from '../math/rotation.ts';
import { combine } from '../model/inertia.ts';
import type { Arm, Body, Joint, Visual } from '../model/types.ts';

/**
 * Gymnasium's Reacher (MIT) as an arm: two links of 0.1 m in a horizontal plane, 0.01 m above the floor. Its joints are rotors of
 * 1 kg m^2 beside which the links weigh nothing; each link carries its rotor's inertia.
 */

function link(name: string, length: number, visuals: readonly Visual[]): Body {
  const inertial = combine([{ mass: 0.036, center: [length / 2, 0, 0], inertia: [1, 1, 1, 0, 0, 0] }]);
  return { name, inertial, colliders: [], visuals };
}

function joint(name: string, parent: string, child: string, position: Vec3) {
  return {
    name,
    parent,
    child,
    frame: { position, rotation: [0, 0, 0, 1] },
    axis: [0, 0, 1],
    motor: { stiffness: 20000, damping: 400, maxForce: 500 },
  } satisfies Omit<Joint, 'kind'>;
}

function segment(length: number): Visual {
  return { kind: 'capsule', from: [0, 0, 0], to: [length, 0, 0], radius: 0.008, part: 'link' };
}

const hub: Visual = { kind: 'cylinder', from: [0, 0, -0.009], to: [0, 0, 0.0095], radius: 0.0105, part: 'joint' };
const fingertip: Visual = { kind: 'sphere', center: [0.11, 0, 0], radius: 0.01, part: 'hand' };
const foot: Visual = { kind: 'cylinder', from: [0, 0, -0.01], to: [0, 0, -0.002], radius: 0.022, part: 'base' };

export const planar: Arm = {
  name: 'planar',
  description: 'planar arm of two 0.1 m links, after Gymnasium Reacher',
  bodies: [
    { name: 'base', colliders: [], visuals: [foot] },
    link('link1', 0.1, [segment(0.1), hub]),
    link('link2', 0.1, [segment(0.1), hub, fingertip]),
  ],
  joints: [
    { ...joint('joint1', 'base', 'link1', [0, 0, 0]), kind: 'continuous' },
    { ...joint('joint2', 'link1', 'link2', [0.1, 0, 0]), kind: 'revolute', low: -3, high: 3 },
  ],
  sites: [{ name: 'tip', body: 'link2', frame: { position: [0.11, 0, 0], rotation: [0, 0, 0, 1] } }],
  home: [0, 1.5],
  tip: 'tip',
};
