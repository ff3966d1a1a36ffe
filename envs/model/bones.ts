import { norm, subtract, type Vec3 } from '../math/rotation.ts';
import type { Visual } from './types.ts';

/** Radius of a bone over the arm's reach. */
export const boneThickness = 0.03;

/** A body of which nothing is known but where it begins and ends. */
export interface Bone {
  /** Of the joint that carries the body, in the body's frame; the root has none. */
  readonly axis?: Vec3;
  /** Where the body carries the next one, or the tip. */
  readonly end: Vec3;
  /** Whether it carries the tip. */
  readonly isLast: boolean;
  /** Of the arm, m. */
  readonly reach: number;
}

/** A capsule from the body's joint to the next one, and a hub around the joint's axis. */
export function boneOf({ axis, end, isLast, reach }: Bone): Visual[] {
  const radius = Math.min(Math.max(boneThickness * reach, 1e-3), 10);
  const part = !axis ? 'base' : isLast ? 'hand' : 'link';
  const visuals: Visual[] = [];
  if (norm(end) > radius) visuals.push({ kind: 'capsule', from: [0, 0, 0], to: end, radius, part });
  if (!axis) return [...visuals, { kind: 'sphere', center: [0, 0, 0], radius: 1.6 * radius, part }];
  const half = (length: number): Vec3 => [axis[0] * length, axis[1] * length, axis[2] * length];
  const side = half(1.4 * radius);
  const from = subtract([0, 0, 0], side);
  visuals.push({ kind: 'cylinder', from, to: side, radius: 1.3 * radius, part: 'joint' });
  return visuals;
}
