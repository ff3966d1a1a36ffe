import type { DynamicsName } from '../env.ts';
import type { Field } from '../spec.ts';

export type { DynamicsName } from '../env.ts';

/**
 * Numbers of the physics that can be drawn for each episode. Each has a nominal value, at which nothing is changed: a factor is 1, the
 * rest is 0.
 */

/** One of these numbers: the bounds between which it makes sense, and its nominal value. */
export interface DynamicsField extends Field {
  readonly name: DynamicsName;
  readonly size: 1;
  readonly low: number;
  readonly high: number;
  readonly nominal: number;
  /** Whether only whole numbers are drawn. */
  readonly whole?: boolean;
}

/** Farthest from an action to the motors, in control steps. */
export const longestDelay = 50;

/** In this order they stand in an episode. Streams are told apart by their places: a new one goes to the end. */
export const dynamicsFields = [
  number(
    'mass',
    '1',
    [0.1, 10],
    1,
    'factor of the mass and inertia of every moving link; a controller cancels gravity by the nominal mass',
  ),
  number('motor.stiffness', '1', [0.01, 10], 1, 'factor of the stiffness of every motor; damping and force limit stay'),
  number('motor.strength', '1', [0.01, 10], 1, 'factor of the force limit of every motor, or of every torque'),
  number('payload', 'kg', [0, 50], 0, 'fixed to the end effector; no controller cancels its weight'),
  whole('delay', 'steps', [0, longestDelay], 'control steps from an action to the motors'),
  number(
    'noise.position',
    'm',
    [0, 1],
    0,
    'standard deviation of noise on every observed position, and in rad on every joint angle',
  ),
  number('start', 'rad', [0, 3], 0, 'each joint that turns starts off its posture by up to so much, within its limits'),
  whole('gravity', '1', [0, 1], '1: gravity is not cancelled outside of the motors'),
  number('friction', '1', [0, 10], 1, 'factor of the friction between bodies that touch'),
] as const satisfies readonly DynamicsField[];

export const dynamicsNames: readonly DynamicsName[] = dynamicsFields.map(({ name }) => name);

/** The numbers of an episode, by name. */
export type Dynamics = Readonly<Record<DynamicsName, number>>;

/** The world as its task has it. */
export const nominalDynamics: Dynamics = Object.fromEntries(
  dynamicsFields.map(({ name, nominal }) => [name, nominal]),
) as Dynamics;

/** Those that a world is built by; the others are of what goes into an episode and out of it. */
export const worldDynamics: readonly DynamicsName[] = dynamicsNames.filter(
  (name) => name !== 'delay' && name !== 'noise.position' && name !== 'start',
);

function number<const Name extends string>(
  name: Name,
  unit: string,
  [low, high]: readonly [number, number],
  nominal: number,
  description: string,
) {
  return { name, size: 1, unit, low, high, nominal, description } as const;
}

function whole<const Name extends string>(
  name: Name,
  unit: string,
  bounds: readonly [number, number],
  description: string,
) {
  return { ...number(name, unit, bounds, 0, description), whole: true } as const;
}
