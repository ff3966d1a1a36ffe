import { fromRollPitchYaw } from '../math/axis-angle.ts';
import { add, type Quat, rotate, type Vec3 } from '../math/rotation.ts';
import type { ShapePart, Visual } from '../model/types.ts';
import { capsule, cylinder } from './solids.ts';

/**
 * How the Panda looks: tubes and drums in each link's frame, after the proportions of Franka's collision model. Every
 * seam lies on a joint axis, so that no gap opens at any angle: links 1, 3 and 5 twist on rings, 2, 4 and 6 hinge on
 * drums across the arm.
 */

/** Both halves of a hinge that clamp the previous link's drum between them: a dark seam and a cap on each side. */
function clamp(half: number, radius: number): Visual[] {
  return [-1, 1].flatMap((side) => {
    const at = (z: number): Vec3 => [0, 0, side * z];
    return [
      cylinder(at(half - 0.004), at(half + 0.006), radius - 0.003, 'joint'),
      cylinder(at(half + 0.005), at(half + 0.034), radius),
      cylinder(at(half + 0.03), at(half + 0.037), radius * 0.62, 'joint'),
    ];
  });
}

/** Where the hand sits on link 7, and how it is turned there: it opens along its y axis. */
const [mount, turned]: [Vec3, Quat] = [[0, 0, 0.107], fromRollPitchYaw([0, 0, -Math.PI / 4])];

/** Where fingers begin in the hand's frame, m. */
const fingerStart = 0.0584;

type Block = Visual & { readonly kind: 'box' };

function block(center: Vec3, size: Vec3, part: ShapePart): Block {
  return { kind: 'box', center, size, part };
}

/** A block of the hand's frame, in link 7's. */
function onHand({ center, ...box }: Block): Block {
  return { ...box, center: add(mount, rotate(turned, center)), rotation: turned };
}

/** A finger in its own frame, whose origin lies where the fingers begin. */
function finger(side: number): Block[] {
  return [
    block([0, side * 0.0135, 0.0125], [0.022, 0.026, 0.021], 'hand'),
    block([0, side * 0.0095, 0.0275], [0.02, 0.018, 0.018], 'hand'),
    block([0, side * 0.0072, 0.0415], [0.018, 0.0125, 0.026], 'hand'),
  ];
}

/** A finger of the closed gripper. */
function closedFinger(side: number): Block[] {
  return finger(side).map(({ center, ...box }) => onHand({ ...box, center: add(center, [0, 0, fingerStart]) }));
}

const base: Visual[] = [
  { kind: 'box', center: [-0.035, 0, 0.016], size: [0.23, 0.2, 0.032], part: 'joint' },
  { kind: 'box', center: [-0.035, 0, 0.05], size: [0.215, 0.185, 0.05], part: 'base' },
  { kind: 'box', center: [-0.06, 0, 0.085], size: [0.13, 0.13, 0.07], part: 'base' },
  cylinder([0, 0, 0.04], [0, 0, 0.136], 0.072, 'base'),
];

/** The hand without its fingers, on its flange. */
const hand: Visual[] = [
  cylinder([0, 0, 0.059], [0, 0, 0.098], 0.045),
  cylinder([0, 0, 0.097], [0, 0, 0.109], 0.039, 'joint'),
  cylinder([0, 0, 0.107], [0, 0, 0.125], 0.0375),
  ...[
    block([0, 0, 0.022], [0.062, 0.136, 0.03], 'link'),
    block([0, 0, 0.039], [0.063, 0.204, 0.036], 'link'),
    block([0, 0, 0.0585], [0.052, 0.19, 0.011], 'joint'),
  ].map(onHand),
];

const links: Visual[][] = [
  [
    cylinder([0, 0, -0.199], [0, 0, -0.186], 0.0655, 'joint'),
    cylinder([0, 0, -0.187], [0, 0, 0], 0.063),
    cylinder([0, -0.061, 0], [0, 0.061, 0], 0.0655),
  ],
  [
    ...clamp(0.061, 0.0655),
    cylinder([0, -0.02, 0], [0, -0.187, 0], 0.06),
    cylinder([0, -0.186, 0], [0, -0.198, 0], 0.0575, 'joint'),
  ],
  [
    cylinder([0, 0, -0.119], [0, 0, -0.06], 0.06),
    capsule([0, 0, -0.066], [0.0825, 0, 0], 0.056),
    cylinder([0.0825, -0.053, 0], [0.0825, 0.053, 0], 0.0585),
  ],
  [
    ...clamp(0.053, 0.0585),
    capsule([0, 0, 0], [-0.0825, 0.072, 0], 0.054),
    cylinder([-0.0825, 0.07, 0], [-0.0825, 0.125, 0], 0.058),
    cylinder([-0.0825, 0.124, 0], [-0.0825, 0.136, 0], 0.0555, 'joint'),
  ],
  [
    cylinder([0, 0, -0.249], [0, 0, -0.2], 0.058),
    capsule([0, 0, -0.205], [0, 0.012, -0.165], 0.0555),
    capsule([0, 0.012, -0.165], [0, 0.05, -0.06], 0.044),
    capsule([0, 0.05, -0.06], [0, 0.058, 0], 0.042),
    cylinder([0, 0.033, 0], [0, 0.094, 0], 0.05),
    cylinder([0, 0.09, 0], [0, 0.097, 0], 0.031, 'joint'),
    cylinder([0, 0.024, 0], [0, 0.034, 0], 0.0475, 'joint'),
  ],
  [
    cylinder([0, 0, -0.025], [0, 0, 0.055], 0.05),
    cylinder([0, 0, 0.051], [0, 0, 0.058], 0.031, 'joint'),
    capsule([0, 0, 0.01], [0.088, 0, 0], 0.043),
    cylinder([0.088, 0.046, 0], [0.088, -0.05, 0], 0.047),
    cylinder([0.088, -0.049, 0], [0.088, -0.06, 0], 0.0445, 'joint'),
  ],
  [...hand, ...closedFinger(-1), ...closedFinger(1)],
];

export const pandaShapes = { base, links, hand, finger };
