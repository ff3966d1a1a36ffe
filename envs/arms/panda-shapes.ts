import type { Vec3 } from '../math/rotation.ts';
import type { Visual } from '../model/types.ts';
import { closedHand } from './panda-hand-shapes.ts';
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

const base: Visual[] = [
  { kind: 'box', center: [-0.035, 0, 0.016], size: [0.23, 0.2, 0.032], part: 'joint' },
  { kind: 'box', center: [-0.035, 0, 0.05], size: [0.215, 0.185, 0.05], part: 'base' },
  { kind: 'box', center: [-0.06, 0, 0.085], size: [0.13, 0.13, 0.07], part: 'base' },
  cylinder([0, 0, 0.04], [0, 0, 0.136], 0.072, 'base'),
];

const links: (readonly Visual[])[] = [
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
  closedHand,
];

export const pandaShapes = { base, links };
