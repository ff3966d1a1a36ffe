/** What presses on what in a recording. */
import { touchingBodiesOf } from '../../envs/model/free-body.ts';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import { contactsAt, contactWidth, type Trajectory } from '../../envs/trajectory.ts';

/** Pairs that are told apart: those that press hardest. */
const most = 5;

interface PairForce {
  /** Of the two bodies. */
  readonly name: string;
  /** How hard they press on each other at every state, N [T+1], the sum over their points. */
  readonly force: Float64Array;
}

/**
 * The pairs of bodies that touch in an episode, in the order of their bodies; the gentlest are one where there are many. One line of
 * zeros where nothing touches, and none where nothing can.
 */
export function forcesByPair(episode: Trajectory, { scene, spec }: RecordingHeader): PairForce[] {
  if (!spec.hasContacts) return [];
  const names = touchingBodiesOf(scene);
  const pairs = new Map<number, PairForce>();
  eachPoint(episode, (t, a, b, force) => {
    const key = a * names.length + b;
    const pair = pairs.get(key) ?? { name: `${names[a]} on ${names[b]}`, force: new Float64Array(episode.steps + 1) };
    pair.force[t] += force;
    pairs.set(key, pair);
  });
  const all = [...pairs.entries()].sort(([a], [b]) => a - b).map(([, pair]) => pair);
  if (!all.length) return [{ name: 'nothing touches', force: new Float64Array(episode.steps + 1) }];
  if (all.length <= most) return all;
  const peakOf = ({ force }: PairForce) => force.reduce((peak, x) => Math.max(peak, x), 0);
  const hardest = new Set(all.toSorted((a, b) => peakOf(b) - peakOf(a)).slice(0, most - 1));
  const rest = all.filter((pair) => !hardest.has(pair));
  const together = rest[0].force.map((_, t) => rest.reduce((sum, { force }) => sum + force[t], 0));
  return [...all.filter((pair) => hardest.has(pair)), { name: `${rest.length} others`, force: together }];
}

/** How hard all that touches in state t presses together, N; 0 where nothing can touch. */
export function pressureAt(episode: Trajectory, { spec }: Pick<RecordingHeader, 'spec'>, t: number): number {
  if (!spec.hasContacts) return 0;
  const rows = contactsAt(episode, t);
  let sum = 0;
  for (let at = 0; at < rows.length; at += contactWidth) sum += Math.hypot(rows[at + 5], rows[at + 6], rows[at + 7]);
  return sum;
}

/** Calls with the state, the bodies and the force of every point of contact. */
function eachPoint(
  { contact_count: counts, contacts }: Trajectory,
  see: (t: number, a: number, b: number, force: number) => void,
): void {
  let at = 0;
  counts.forEach((count, t) => {
    for (const end = at + count * contactWidth; at < end; at += contactWidth) {
      const [a, b, , , , x, y, z] = contacts.subarray(at, at + contactWidth);
      see(t, a, b, Math.hypot(x, y, z));
    }
  });
}
