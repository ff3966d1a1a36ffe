import { type Mimic, treeOf } from '../model/tree.ts';
import type { Arm, Joint } from '../model/types.ts';

/** Where the motors of an arm are to bring its joints, from one command to the next: the same in every engine. */

/** What holds the goals of an arm's motors back. */
export interface GoalRules {
  readonly joints: readonly Joint[];
  readonly mimics: readonly Mimic[];
  /** Joints whose goals move no faster than their motors let them, and how far in a control step, rad or m. */
  readonly slow: readonly { readonly joint: number; readonly farthest: number }[];
}

/** @param dt length of a control step, s */
export function goalRules(arm: Arm, dt: number): GoalRules {
  const { joints, mimics } = treeOf(arm);
  const slow = joints.flatMap(({ motor }, joint) =>
    motor?.maxSpeed === undefined ? [] : [{ joint, farthest: motor.maxSpeed * dt }],
  );
  return { joints, mimics, slow };
}

/**
 * Moves the motors' goals [J] to targets [J], as far as the joints' limits and the motors' speeds let them; mimics go with their
 * leaders, whatever their targets.
 * @param before is given the goals as they were [J]
 */
export function moveGoals(rules: GoalRules, target: ArrayLike<number>, goal: Float64Array, before: Float64Array): void {
  const { joints, mimics, slow } = rules;
  before.set(goal);
  for (let i = 0; i < goal.length; i++) goal[i] = withinLimits(joints[i], target[i]);
  for (const { joint, farthest } of slow) {
    goal[joint] = before[joint] + Math.min(Math.max(goal[joint] - before[joint], -farthest), farthest);
  }
  for (const mimic of mimics) followLeader(rules, mimic, goal, goal);
}

/** Puts the goal of a mimic joint where its leader's position has it. */
export function followLeader(
  { joints }: Pick<GoalRules, 'joints'>,
  { coordinate, leader, multiplier, offset }: Mimic,
  q: ArrayLike<number>,
  goal: Float64Array,
): void {
  goal[coordinate] = withinLimits(joints[coordinate], multiplier * q[leader] + offset);
}

function withinLimits({ low = -Infinity, high = Infinity }: Joint, position: number): number {
  return Math.min(Math.max(position, low), high);
}
