import type { Visual } from '../model/types.ts';
import { capsule, cylinder } from './solids.ts';

/** How the UR5e looks: tubes between drums with a dark seam at every joint and a cap on every end, in each link's frame. */

/** A drum about the y axis at a height z, with its cap at the end `to`. */
function drum(from: number, to: number, radius: number, z = 0): Visual[] {
  const side = Math.sign(to - from);
  return [
    cylinder([0, from, z], [0, to, z], radius),
    cylinder([0, to - side * 0.001, z], [0, to + side * 0.006, z], radius * 0.82, 'joint'),
  ];
}

const base: Visual[] = [
  cylinder([0, 0, 0], [0, 0, 0.022], 0.0745, 'joint'),
  cylinder([0, 0, 0.02], [0, 0, 0.092], 0.06, 'base'),
];

const links: Visual[][] = [
  [
    cylinder([0, 0, -0.072], [0, 0, -0.062], 0.0575, 'joint'),
    cylinder([0, 0, -0.063], [0, 0, 0], 0.0595),
    ...drum(0.07, -0.062, 0.0595),
  ],
  [
    cylinder([0, -0.069, 0], [0, -0.06, 0], 0.0575, 'joint'),
    ...drum(-0.061, 0.062, 0.0595),
    capsule([0, 0, 0.02], [0, 0, 0.405], 0.0475),
    ...drum(-0.058, 0.056, 0.0535, 0.425),
  ],
  [
    cylinder([0, 0.064, 0], [0, 0.073, 0], 0.0515, 'joint'),
    ...drum(0.065, -0.05, 0.0535),
    capsule([0, 0, 0.02], [0, 0, 0.375], 0.0385),
    ...drum(0.042, -0.042, 0.0425, 0.392),
  ],
  [
    cylinder([0, 0.041, 0], [0, 0.049, 0], 0.0405, 'joint'),
    cylinder([0, 0.048, 0], [0, 0.127, 0], 0.0425),
    cylinder([0, 0.127, 0.043], [0, 0.127, -0.045], 0.0425),
    cylinder([0, 0.127, -0.044], [0, 0.127, -0.051], 0.035, 'joint'),
  ],
  [
    cylinder([0, 0, 0.042], [0, 0, 0.05], 0.0405, 'joint'),
    cylinder([0, 0, 0.049], [0, 0, 0.1], 0.0425),
    ...drum(0.043, -0.045, 0.0425, 0.1),
  ],
  [
    cylinder([0, 0.042, 0], [0, 0.05, 0], 0.036, 'joint'),
    cylinder([0, 0.049, 0], [0, 0.088, 0], 0.0375, 'hand'),
    cylinder([0, 0.087, 0], [0, 0.1, 0], 0.0315, 'joint'),
  ],
];

export const ur5eShapes: { base: Visual[]; links: Visual[][] } = { base, links };
