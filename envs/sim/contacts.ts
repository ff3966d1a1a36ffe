import { add, type QuatOut, rotate, type Vec3, type Vec3Out } from '../math/rotation.ts';
import { contactWidth, mostContacts } from '../trajectory.ts';
import type { RapierWorld } from './rapier.ts';

/** Two colliders that may touch, and the bodies that carry them, by their places among those that touch. */
export interface ColliderPair {
  readonly colliders: readonly [number, number];
  readonly bodies: readonly [number, number];
}

/**
 * What touches what: a row for each point, [bodies a and b, the point (m, world), the force with which a presses on b there (N,
 * world)]. The force is that along the normal, the mean of the last world step; friction is not in it.
 */
export interface Contacts {
  count: number;
  /** [mostContacts, 8] */
  readonly rows: Float32Array;
}

export function createContacts(): Contacts {
  return { count: 0, rows: new Float32Array(mostContacts * contactWidth) };
}

const [position, rotation]: [Vec3Out, QuatOut] = [
  [0, 0, 0],
  [0, 0, 0, 1],
];

/** Pairs of which one collider comes first: of many, few meet, and to ask for each takes as long as the rest of a step. */
const many = 8;
const near = new Set<number>();
const meet = (other: number) => near.add(other);

/**
 * Reads the points at which the pairs touch, in their order; beyond the most that a state may have they are left out.
 * @param h s in a world step
 */
export function readContacts(world: RapierWorld, pairs: readonly ColliderPair[], h: number, out: Contacts): void {
  const { rows } = out;
  out.count = 0;
  let first = -1;
  for (const { colliders, bodies } of pairs) {
    if (pairs.length > many) {
      if (colliders[0] !== first) {
        first = colliders[0];
        near.clear();
        world.forEachNeighbor(first, meet);
      }
      if (!near.has(colliders[1])) continue;
    }
    let isFirst = true;
    world.forEachContact(colliders[0], colliders[1], (point, normal, impulse) => {
      if (out.count === mostContacts) return;
      if (isFirst) world.colliderFrame(colliders[0], position, rotation);
      isFirst = false;
      add(position, rotate(rotation, point, where), where);
      const at = out.count++ * contactWidth;
      rows[at] = bodies[0];
      rows[at + 1] = bodies[1];
      for (let k = 0; k < 3; k++) {
        rows[at + 2 + k] = where[k];
        rows[at + 5 + k] = (normal[k] * impulse) / h;
      }
    });
  }
}

const where: Vec3Out = [0, 0, 0];

/** How hard two bodies press on each other, N: the sum over their points; or all that touch, where no bodies are given. */
export function pressBetween({ count, rows }: Contacts, a?: number, b?: number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) {
    const at = i * contactWidth;
    if (a !== undefined && b !== undefined && signOf(rows, at, a, b) === 0) continue;
    const [x, y, z] = [rows[at + 5], rows[at + 6], rows[at + 7]];
    sum += Math.sqrt(x * x + y * y + z * z);
  }
  return sum;
}

/** The force with which a presses on b, N. */
export function forceBetween({ count, rows }: Contacts, a: number, b: number, out: Vec3Out): Vec3 {
  out.fill(0);
  for (let i = 0; i < count; i++) {
    const at = i * contactWidth;
    const sign = signOf(rows, at, a, b);
    if (sign !== 0) for (let k = 0; k < 3; k++) out[k] += sign * rows[at + 5 + k];
  }
  return out;
}

/** 1 where a row is of a on b, -1 where it is of b on a, else 0. */
function signOf(rows: Float32Array, at: number, a: number, b: number): number {
  if (rows[at] === a && rows[at + 1] === b) return 1;
  return rows[at] === b && rows[at + 1] === a ? -1 : 0;
}
