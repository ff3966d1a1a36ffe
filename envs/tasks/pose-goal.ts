import type { Metric } from '../env.ts';
import { angleBetween } from '../math/orientation.ts';
import type { Quat } from '../math/rotation.ts';
import type { Arm, Frame } from '../model/types.ts';
import { type Field, field, offsetOf } from '../spec.ts';
import { tipFrame } from './tip-pose.ts';

/** A goal that is a pose, as an episode's parameters, and how far an episode's tip was from it. */

export const poseParams: readonly Field[] = [
  field('goal', 3, 'm', 'where the end effector is to be'),
  field('goal_rotation', 4, '1', 'how it is to be turned there: quaternion x y z w'),
];

export function writePose({ position, rotation }: Frame, params: Float32Array): void {
  params.set(position);
  params.set(rotation, offsetOf(poseParams, 'goal_rotation'));
}

/** The orientation among the parameters. */
export function rotationIn(params: Float32Array): Quat {
  const [x, y, z, w] = params.subarray(3, 7);
  return [x, y, z, w];
}

/** Angle between the arm's tip and its goal in the last state. */
export function finalAngle(arm: Arm): Metric {
  const tip = tipFrame(arm);
  return {
    name: 'final_angle',
    label: 'angle',
    unit: 'rad',
    description: 'between the orientations of end effector and goal at the end',
    of: ({ pose, params, steps }) => angleBetween(tip(pose, steps).rotation, rotationIn(params.subarray(-7))),
  };
}
