import { stream } from '../math/random.ts';
import { treeOf } from '../model/tree.ts';
import type { Arm } from '../model/types.ts';
import { type Dynamics, dynamicsFields, nominalDynamics } from './fields.ts';
import type { DynamicsRanges } from './ranges.ts';

/** The stream of a start posture, among those of the fields, which have their places. */
const postureStream = 1000;

/**
 * The dynamics of the episode of a seed. Every number has a stream of its own, so that none depends on what else is drawn, and is
 * rounded to float32, as the episode records it.
 */
export function drawDynamics(ranges: DynamicsRanges, seed: number): Dynamics {
  const drawn: Record<string, number> = { ...nominalDynamics };
  dynamicsFields.forEach((field, i) => {
    const range = ranges[field.name];
    if (!range) return;
    const [low, high] = range;
    const random = stream(seed, 'dynamics', i);
    drawn[field.name] = Math.fround('whole' in field ? low + random.below(high - low + 1) : random.between(low, high));
  });
  return drawn as unknown as Dynamics;
}

/**
 * Moves joint positions q [J] at the start of the episode of a seed: each joint that turns by a uniform number of at most `most` rad
 * either way, within its limits. Mimic joints follow their leaders when the arm is placed.
 */
export function moveStart(arm: Arm, q: Float64Array, most: number, seed: number): void {
  if (most === 0) return;
  const random = stream(seed, 'dynamics', postureStream);
  const { joints, coordinates } = treeOf(arm);
  joints.forEach(({ kind, low = -Infinity, high = Infinity }, i) => {
    const at = coordinates[i];
    if (at < 0) return;
    const off = random.between(-most, most);
    if (kind !== 'prismatic') q[at] = Math.min(Math.max(q[at] + off, low), high);
  });
}
