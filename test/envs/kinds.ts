import { fromRollPitchYaw } from '../../envs/math/axis-angle.ts';
import { identity, type Vec3 } from '../../envs/math/rotation.ts';
import type { Arm, Body, Joint, JointKind } from '../../envs/model/types.ts';

/** Arms of every kind of joint: none that ships has them. */

const origin: Vec3 = [0, 0, 0];

function link(name: string, length: number, mass: number): Body {
  const [across, along] = [(mass * length * length) / 12 + 2e-3, 2e-3];
  return {
    name,
    inertial: { mass, center: [0, 0, length / 2], inertia: [across, across, along, 0, 0, 0] },
    colliders: [],
    visuals: [{ kind: 'capsule', from: origin, to: [0, 0, length], radius: 0.03, part: 'link' }],
  };
}

/** What of a joint is its own. */
interface Own extends Partial<Joint> {
  readonly kind: JointKind;
  readonly axis: Vec3;
}

/** Links of 0.3 m, of falling mass, one upon the other. */
function chain(name: string, joints: readonly Own[], home: readonly number[]): Arm {
  const links = joints.map((_, i) => link(`link${i}`, 0.3, 3 - 0.5 * i));
  return {
    name,
    description: `${joints.length} joints`,
    bodies: [{ name: 'base', colliders: [], visuals: [] }, ...links],
    joints: joints.map((own, i) => ({
      name: `joint${i}`,
      parent: i ? `link${i - 1}` : 'base',
      child: `link${i}`,
      // Frames that lean, so that no axis is one of the world's by chance.
      frame: { position: i ? [0, 0, 0.3] : [0, 0, 0.1], rotation: fromRollPitchYaw([0.1 * i, -0.05 * i, 0.2 * i]) },
      ...own,
    })),
    sites: [
      {
        name: 'tip',
        body: `link${joints.length - 1}`,
        frame: { position: [0, 0, 0.3], rotation: identity },
      },
    ],
    home,
    tip: 'tip',
  };
}

const turn = (stiffness: number) => ({ stiffness, damping: stiffness / 50, maxForce: stiffness / 20 });

/** A turntable that turns on and on, a shoulder of two turns each way, a slide, and an elbow that follows the slide. */
export const allKinds = chain(
  'all kinds',
  [
    { kind: 'continuous', axis: [0, 0, 1], motor: turn(3000) },
    { kind: 'revolute', axis: [0, 1, 0], low: -2 * Math.PI, high: 2 * Math.PI, motor: turn(3000) },
    {
      kind: 'prismatic',
      axis: [0, 0, 1],
      low: -0.1,
      high: 0.4,
      motor: { stiffness: 20000, damping: 600, maxForce: 600 },
    },
    {
      kind: 'revolute',
      axis: [1, 0, 0],
      low: -1,
      high: 1,
      motor: turn(1000),
      mimic: { joint: 'joint2', multiplier: -0.5, offset: 0.3 },
    },
  ],
  [0.1, 0.4, 0.1, 0.25],
);

/** A pan joint of two turns each way under an elbow. */
export const panning = chain(
  'panning',
  [
    { kind: 'revolute', axis: [0, 0, 1], low: -2 * Math.PI, high: 2 * Math.PI, motor: turn(3000) },
    { kind: 'revolute', axis: [0, 1, 0], low: -1, high: 1, motor: turn(1000) },
  ],
  [0, 0.4],
);

/** The arm of all kinds with its joints changed, one by one. */
export function every(change: (joint: Joint, i: number) => Partial<Joint>): Arm {
  return { ...allKinds, joints: allKinds.joints.map((joint, i) => ({ ...joint, ...change(joint, i) })) };
}

/** A link of 0.3 m and 3 kg on one joint. */
export function one(joint: Own): Arm {
  return chain('one joint', [{ motor: turn(3000), ...joint }], [0]);
}

/** The arm under another name, one joint of which turns by 0.014 rad in a control step of the reach tasks at most. */
export function withSlowJoint(arm: Arm, slow: number): Arm {
  const joints = arm.joints.map((joint, i) => (i === slow ? { ...joint, maxVelocity: 0.35 } : joint));
  return { ...arm, name: `slow ${arm.name}`, joints };
}
