import type { Vec3 } from '../math/rotation.ts';
import type { Visual } from '../model/types.ts';
import { capsule, cylinder } from './solids.ts';

/** How the xArm 7 looks: white tubes and elbows with dark seams where joints twist and caps where they hinge, in each link's frame. */

/** A hinge's drum about the y axis of the link that carries it. */
function across([x, , z]: Vec3, half: number, radius: number): Visual {
  return cylinder([x, -half, z], [x, half, z], radius);
}

/** Both caps of a hinge about the link's own z axis. */
function caps(half: number, radius: number): Visual[] {
  return [-1, 1].flatMap((side) => {
    const at = (z: number): Vec3 => [0, 0, side * z];
    return [
      cylinder(at(half - 0.003), at(half + 0.005), radius - 0.003, 'joint'),
      cylinder(at(half + 0.004), at(half + 0.022), radius),
      cylinder(at(half + 0.02), at(half + 0.025), radius * 0.6, 'joint'),
    ];
  });
}

const base: Visual[] = [
  cylinder([0, 0, 0], [0, 0, 0.014], 0.063, 'joint'),
  cylinder([0, 0, 0.012], [0, 0, 0.03], 0.063, 'base'),
  cylinder([0, 0, 0.028], [0, 0, 0.168], 0.052, 'base'),
];

const links: Visual[][] = [
  [
    cylinder([0, 0, -0.1], [0, 0, -0.09], 0.05, 'joint'),
    cylinder([0, 0, -0.091], [0, 0, 0], 0.052),
    across([0, 0, 0], 0.046, 0.0535),
  ],
  [
    ...caps(0.046, 0.0535),
    cylinder([0, -0.02, 0], [0, -0.19, 0], 0.0495),
    cylinder([0, -0.189, 0], [0, -0.199, 0], 0.047, 'joint'),
  ],
  [
    cylinder([0, 0, -0.095], [0, 0, -0.03], 0.0495),
    capsule([0, 0, -0.035], [0.0525, 0, 0], 0.0455),
    across([0.0525, 0, 0], 0.044, 0.048),
  ],
  [
    ...caps(0.044, 0.048),
    capsule([0, 0, 0], [0.0775, -0.085, 0], 0.0425),
    cylinder([0.0775, -0.08, 0], [0.0775, -0.235, 0], 0.0435),
    cylinder([0.0775, -0.234, 0], [0.0775, -0.244, 0], 0.041, 'joint'),
  ],
  [cylinder([0, 0, -0.099], [0, 0, -0.02], 0.0435), across([0, 0, 0], 0.039, 0.043)],
  [
    ...caps(0.039, 0.043),
    capsule([0, 0, 0], [0.076, 0.012, 0], 0.0365),
    cylinder([0.076, -0.022, 0], [0.076, 0.07, 0], 0.0385),
    cylinder([0.076, 0.069, 0], [0.076, 0.077, 0], 0.0365, 'joint'),
  ],
  [cylinder([0, 0, -0.021], [0, 0, -0.007], 0.0375, 'hand'), cylinder([0, 0, -0.008], [0, 0, 0], 0.0315, 'joint')],
];

export const xarm7Shapes: { base: Visual[]; links: Visual[][] } = { base, links };
