import { add, rotate, type Vec3 } from '../math/rotation.ts';
import { combine, placed } from '../model/inertia.ts';
import type { Arm, Body, Inertial, Joint, Shape } from '../model/types.ts';
import { unitMoments } from '../model/unit-moments.ts';
import { flange, hand, handPosition, handRotation, panda } from './panda.ts';
import { finger, hand as handShapes } from './panda-hand-shapes.ts';

/**
 * The Panda with a hand that touches: blocked, so that hand and closed fingers are one, and with fingers that move. Boxes around the
 * hand and its fingers: Franka's collision model. Friction of the fingers: panda-gym.
 */

/** Half of the sides of the hand's box and of a finger's, m, in the hand's axes. */
const handHalf: Vec3 = [0.0315, 0.1025, 0.033];
const fingerHalf: Vec3 = [0.0105, 0.0075, 0.0268];
const fingerSize: Vec3 = [2 * fingerHalf[0], 2 * fingerHalf[1], 2 * fingerHalf[2]];

/** Where fingers begin in the hand's frame, m. */
const fingerStart = 0.0584;
/** Farthest that a finger opens, m. */
const fingerTravel = 0.04;
const fingerFriction = 1;

const sides = [
  { side: 1, name: 'leftfinger', joint: 'finger1' },
  { side: -1, name: 'rightfinger', joint: 'finger2' },
] as const;

/** A box about a point of the hand's frame, in the frame of the last link. */
function inLink(center: Vec3, [x, y, z]: Vec3): Shape {
  const position = add(handPosition, rotate(handRotation, center));
  return { kind: 'box', center: position, size: [2 * x, 2 * y, 2 * z], rotation: handRotation };
}

const handBox = inLink([0, 0, handHalf[2]], handHalf);

function withLastLink(change: (link: Body) => Partial<Body>): Body[] {
  return panda.bodies.map((body) => (body.name === 'link7' ? { ...body, ...change(body) } : body));
}

/** The gripper closed and blocked: the joints of the Panda, and a hand that pushes. */
export const pandaBlocked: Arm = {
  ...panda,
  bodies: withLastLink(() => ({
    colliders: [
      handBox,
      ...sides.map(({ side }) => inLink([0, side * fingerHalf[1], fingerStart + fingerHalf[2]], fingerHalf)),
    ],
    friction: fingerFriction,
  })),
};

/**
 * A real finger weighs 15 g. One so light is too soft for the force that holds things, as the solver has it: these weigh 0.2 kg, and
 * the hand as much less, so that the arm carries what it does.
 */
const fingerMass = 0.2;
const lighter = (hand.mass + 0.03 - 2 * fingerMass) / hand.mass;
const lighterHand: Inertial = {
  mass: lighter * hand.mass,
  center: hand.center,
  inertia: [lighter * hand.inertia[0], lighter * hand.inertia[1], lighter * hand.inertia[2], 0, 0, 0],
};

/** A finger by its box. */
function fingerInertial(side: number): Inertial {
  const [xx, yy, zz] = unitMoments({ kind: 'box', size: fingerSize }).moments.map((moment) => fingerMass * moment);
  return { mass: fingerMass, center: [0, side * fingerHalf[1], fingerHalf[2]], inertia: [xx, yy, zz, 0, 0, 0] };
}

const fingers = sides.map(
  ({ side, name }): Body => ({
    name,
    inertial: fingerInertial(side),
    colliders: [
      {
        kind: 'box',
        center: [0, side * fingerHalf[1], fingerHalf[2]],
        size: fingerSize,
      },
    ],
    friction: fingerFriction,
    visuals: finger(side),
  }),
);

/**
 * Both fingers have motors of their own, and the second is sent where the first one is. What they hold is gripped by up to 40 N; they
 * close by at most 5 mm in 40 ms.
 */
const fingerJoints = sides.map(
  ({ side, name, joint }): Joint => ({
    name: joint,
    kind: 'prismatic',
    parent: 'link7',
    child: name,
    frame: { position: add(handPosition, [0, 0, fingerStart]), rotation: handRotation },
    axis: [0, side, 0],
    low: 0,
    high: fingerTravel,
    motor: { stiffness: 2000, damping: 100, maxForce: 40, maxSpeed: 0.125 },
    ...(side < 0 && { mimic: { joint: 'finger1', multiplier: 1, offset: 0 } }),
  }),
);

/** The gripper free: two fingers slide apart and together. */
export const pandaGripper: Arm = {
  ...panda,
  description: 'Franka Panda, 7 revolute joints and a gripper of two fingers',
  bodies: [
    ...withLastLink(() => ({
      inertial: combine([flange, placed(lighterHand, handPosition, handRotation)]),
      colliders: [handBox],
      friction: fingerFriction,
      visuals: handShapes,
    })),
    ...fingers,
  ],
  joints: [...panda.joints, ...fingerJoints],
  home: [...panda.home, 0, 0],
  gripper: { joints: sides.map(({ joint }) => joint) },
};
