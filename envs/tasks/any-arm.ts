import { endEffectorStep } from '../control/end-effector-step.ts';
import { jointStep } from '../control/joint-step.ts';
import { type Random, stream } from '../math/random.ts';
import { DefinitionError } from '../model/definition-error.ts';
import { degreesOf, treeOf } from '../model/tree.ts';
import type { Arm, Placed, Scene } from '../model/types.ts';
import { limitsOf, nearHome, perJoint, reachOf } from '../model/workspace.ts';
import { defineOptions, type Values } from '../options.ts';
import { type Controller, type PhysicsSettings, usualPhysics } from '../task.ts';
import { type ReachablePosture, reachablePostures } from './reachable-postures.ts';

/**
 * What tasks for any arm share: they know the arm by its data alone. Every length that a policy sees, or is rewarded by, is one
 * over the arm's reach, so that a small arm and a large one of the same shape are the same task.
 */

/** Goals near home are those of joints within so many radians of it. */
const nearAngle = 0.6;

export const anyArmOptions = defineOptions({
  control: {
    default: 'joints',
    choices: ['joints', 'end-effector'],
    description: 'what an action moves: each joint, or the end effector',
  },
  region: {
    default: 'near',
    choices: ['near', 'all'],
    description: 'goals within 0.6 rad of home, or within all of the joint limits',
  },
  jointStep: {
    default: 0.1,
    low: 0.001,
    high: 1,
    description: 'a full action moves a joint by so much, rad; the slower the joints, the longer a control step',
  },
  tipStep: { default: 0.05, low: 0.001, high: 1, description: "or the end effector by so much, over the arm's reach" },
});

type Region = Values<typeof anyArmOptions>['region'];

const nowhere: Readonly<Record<Region, string>> = {
  near: 'no posture near its home has the tip above the floor and outside of the base, and no part within another; try --set region=all',
  all: 'no posture within its limits has the tip above the floor and outside of the base, and no part within another',
};

/**
 * Draws postures of a region that have the tip where goals may be: the same one each time where none is found.
 * @throws DefinitionError for an arm that has none
 */
export function posturesIn(arm: Placed<Arm>, region: Region): (random: Random) => ReachablePosture {
  const ranges = region === 'near' ? nearHome(arm.model, nearAngle) : limitsOf(arm.model);
  const draw = reachablePostures(arm, ranges);
  const usual = draw(stream(0, 'workspace', 1));
  if (!usual) throw new DefinitionError(`arm ${arm.model.name}: ${nowhere[region]}`);
  return (random) => draw(random) ?? usual;
}

/**
 * The unit of length, m.
 * @throws DefinitionError for an arm that does not get anywhere
 */
export function lengthOf(arm: Arm): number {
  const length = reachOf(arm);
  if (length > 0 && Number.isFinite(length)) return length;
  throw new DefinitionError(
    `arm ${arm.name}: its tip is expected to get away from its first joint, and reaches ${length} m`,
  );
}

/** The most of the usual control steps in one. */
const longestStep = 5;

/**
 * How long a control step is: as many of the usual ones as the middle one of the joints needs for a full action of `angle`, rad.
 * So a slow arm is the same task as a fast one of the same shape. Over a long step targets move evenly, no faster than the joints can.
 */
export function paceOf(arm: Arm, angle: number): Pick<PhysicsSettings, 'dt' | 'substeps' | 'interpolateTargets'> {
  const steps = perJoint(arm, angle);
  const joints = degreesOf(arm);
  const needed = treeOf(arm)
    .driven.map((i) => steps[i] / (joints[i].maxVelocity ?? Number.POSITIVE_INFINITY) / usualPhysics.dt)
    .sort((a, b) => a - b);
  const substeps = Math.min(Math.max(Math.round(needed[Math.floor(needed.length / 2)]), 1), longestStep);
  return { dt: substeps * usualPhysics.dt, substeps, ...(substeps > 1 && { interpolateTargets: true }) };
}

/**
 * Farthest that each joint gets in a control step, with all that follow it, rad or m [J]; infinite where nothing is said of their
 * velocities.
 */
function fastestSteps(arm: Arm, dt: number): number[] {
  const steps = degreesOf(arm).map(({ maxVelocity = Number.POSITIVE_INFINITY }) => maxVelocity * dt);
  for (const { coordinate, leader, multiplier } of treeOf(arm).mimics) {
    steps[leader] = Math.min(steps[leader], steps[coordinate] / Math.abs(multiplier));
  }
  return steps;
}

/** A full action of `angle`, rad, at each joint, or what a slide moves the tip about as far by; no more than the joint can [J]. */
export function jointSteps(arm: Arm, angle: number): number[] {
  const fastest = fastestSteps(arm, paceOf(arm, angle).dt);
  return perJoint(arm, angle).map((step, i) => Math.min(step, fastest[i]));
}

/** Steps by joints or end effector, none of which asks a joint to move faster than it can. */
export function controllerOf(
  { arm }: Scene,
  { control, jointStep: angle, tipStep }: Omit<Values<typeof anyArmOptions>, 'region'>,
): Controller {
  if (control === 'joints') return jointStep(arm.model, jointSteps(arm.model, angle));
  // Where the end effector is to point nothing says.
  const leading = {
    rotation: null,
    floor: Number.NEGATIVE_INFINITY,
    iterations: 4,
    farthest: fastestSteps(arm.model, paceOf(arm.model, angle).dt),
  };
  return endEffectorStep(arm, tipStep * reachOf(arm.model), leading);
}
