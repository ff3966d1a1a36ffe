import type { Vec3 } from '../math/rotation.ts';
import type { Visual } from '../model/types.ts';
import { capsule, cylinder } from './solids.ts';

/** The shapes of the Panda's hand that arms are recorded with, and that contacts of arm tasks touch. */

/** The hand opens along a line 45 degrees off link 7's axes. */
function across(distance: number, z: number): Vec3 {
  return [distance * Math.SQRT1_2, distance * Math.SQRT1_2, z];
}

/** On link 7, without fingers. */
export const hand: readonly Visual[] = [
  cylinder([0, 0, 0.059], [0, 0, 0.098], 0.045),
  cylinder([0, 0, 0.097], [0, 0, 0.109], 0.039, 'joint'),
  cylinder([0, 0, 0.107], [0, 0, 0.13], 0.034, 'hand'),
  capsule(across(-0.068, 0.138), across(0.068, 0.138), 0.0275, 'hand'),
  cylinder(across(-0.06, 0.166), across(0.06, 0.166), 0.009, 'joint'),
];

/** On link 7, its fingers closed. */
export const closedHand: readonly Visual[] = [
  ...hand,
  ...[-1, 1].flatMap((side) => [
    capsule(across(side * 0.0135, 0.166), across(side * 0.0135, 0.185), 0.012, 'hand'),
    capsule(across(side * 0.009, 0.18), across(side * 0.009, 0.2035), 0.0085, 'joint'),
  ]),
];

/**
 * A finger that slides, in its own frame.
 * @param side 1 or -1
 */
export function finger(side: number): readonly Visual[] {
  return [
    capsule([0, side * 0.0135, 0.0006], [0, side * 0.0135, 0.0196], 0.012, 'hand'),
    capsule([0, side * 0.009, 0.0146], [0, side * 0.009, 0.0381], 0.0085, 'joint'),
  ];
}
