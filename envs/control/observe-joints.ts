import { atan2, cos, sin } from '../math/kernels.ts';
import { followLeaders, treeOf } from '../model/tree.ts';
import type { Arm, Joint } from '../model/types.ts';
import { type Field, field } from '../spec.ts';

/**
 * Joint positions as a policy is to see them: one pose is one observation. A position between limits is seen as it is; a continuous
 * joint turns on and on through the same poses, and is seen by the cosine and the sine of its angle. Mimic joints are left
 * out: each is where its leader has it.
 */

/** Fields of what `observeJoints` writes: angles, then distances, then cosines, then sines; those that the arm has. */
export function jointFields(arm: Arm): Field[] {
  const { angles, distances, continuous } = kindsOf(arm);
  const [some, turns] = [continuous.length ? ' between limits' : '', 'of the continuous joints'];
  return [
    field('q', angles.length, 'rad', `joint angles${some}`),
    field('q_linear', distances.length, 'm', 'joint positions of the prismatic joints'),
    field('cos_q', continuous.length, '1', `cosines of the angles ${turns}`),
    field('sin_q', continuous.length, '1', `sines of the angles ${turns}`),
  ].filter(({ size }) => size > 0);
}

/** Writes joint positions q [J] into an observation, from the place `at` on, as `jointFields` describes them. */
export function observeJoints(arm: Arm, q: ArrayLike<number>, out: Float32Array, at = 0): void {
  const { angles, distances, continuous } = kindsOf(arm);
  let next = at;
  for (const i of angles) out[next++] = q[i];
  for (const i of distances) out[next++] = q[i];
  for (const i of continuous) out[next++] = cos(q[i]);
  for (const i of continuous) out[next++] = sin(q[i]);
}

/** The joint positions [J] that such a part of an observation tells of: angles of continuous joints within half a turn of zero. */
export function observedJoints(arm: Arm, obs: ArrayLike<number>, at = 0): Float64Array {
  const { angles, distances, continuous } = kindsOf(arm);
  const q = new Float64Array(treeOf(arm).degrees);
  let next = at;
  for (const i of angles) q[i] = obs[next++];
  for (const i of distances) q[i] = obs[next++];
  for (const i of continuous) q[i] = atan2(obs[next + continuous.length], obs[next++]);
  return followLeaders(arm, q);
}

/** Joints by how they are observed, as places in q. */
interface Kinds {
  readonly angles: readonly number[];
  readonly distances: readonly number[];
  readonly continuous: readonly number[];
}

const known = new WeakMap<Arm, Kinds>();

/** Made once for an arm: an observation is made in every step. */
function kindsOf(arm: Arm): Kinds {
  const { joints, coordinates, driven } = treeOf(arm);
  const made = known.get(arm);
  if (made) return made;
  const of = (is: (joint: Joint) => boolean) => driven.filter((i) => is(joints[coordinates.indexOf(i)]));
  const distances = of(({ kind }) => kind === 'prismatic');
  const continuous = of(isContinuous);
  const angles = driven.filter((i) => !distances.includes(i) && !continuous.includes(i));
  const kinds = { angles, distances, continuous };
  known.set(arm, kinds);
  return kinds;
}

/** Whether a joint turns on and on. */
function isContinuous({ kind, low, high }: Joint): boolean {
  return kind !== 'prismatic' && low === undefined && high === undefined;
}
