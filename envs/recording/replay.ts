import { createEnv, endOf, width } from '../sim/env.ts';
import type { EnvBatch, Trajectory } from '../types.ts';
import type { Recording } from './types.ts';

/** Where a re-simulated episode first departs from the recorded one. */
export interface Difference {
  readonly episode: number;
  /** Control step; the length of the shorter of the two where one ends early. */
  readonly step: number;
  readonly field: string;
  readonly expected: string;
  readonly found: string;
}

/** Episodes re-simulated side by side. No result depends on it. */
const slots = 64;

/**
 * Re-simulates every episode from its seed and its recorded actions and compares, bit for bit, what the physics
 * determines: goal, observations, rewards and their terms, poses, success and end. Await `loadPhysics` before.
 *
 * @returns the first difference by episode, then step, or null
 * @throws UsageError when this version has no such environment
 */
export function findDifference({ header, episodes }: Recording): Difference | null {
  const env = createEnv(header.env);
  const sizes = { obs: width(env.spec.obs), act: width(env.spec.act) };
  for (const [name, found] of Object.entries(sizes)) {
    const recorded = width(name === 'obs' ? header.spec.obs : header.spec.act);
    if (recorded !== found) return difference(0, 0, `${name} size`, recorded, found);
  }
  for (let first = 0; first < episodes.length; first += slots) {
    const group = episodes.slice(first, first + slots);
    const batch = env.open(group.length);
    try {
      const found = compareGroup(batch, group, sizes.act);
      if (found) return { ...found, episode: first + found.episode };
    } finally {
      batch.close();
    }
  }
  return null;
}

/** The first difference in a group of episodes, each in a slot of its own. */
function compareGroup(batch: EnvBatch, episodes: readonly Trajectory[], actSize: number): Difference | null {
  const differences: (Difference | null)[] = episodes.map((episode, slot) => {
    batch.start(slot, episode.seed);
    return (
      compareArrays(slot, 0, 'goal', episode.goal, batch.goal.subarray(slot * 3, slot * 3 + 3)) ??
      compareState(batch, slot, episode, 0)
    );
  });
  const longest = Math.max(...episodes.map((episode) => episode.steps));
  const act = new Float32Array(episodes.length * actSize);
  for (let t = 0; t < longest; t++) {
    const running = episodes.map((episode, slot) => t < episode.steps && !differences[slot] && !batch.last[slot]);
    episodes.forEach((episode, slot) => {
      if (t < episode.steps) act.set(episode.act.subarray(t * actSize, (t + 1) * actSize), slot * actSize);
    });
    batch.step(act);
    episodes.forEach((episode, slot) => {
      if (running[slot]) differences[slot] = compareStep(batch, slot, episode, t);
    });
  }
  return differences.find((found) => found !== null) ?? null;
}

function compareStep(batch: EnvBatch, slot: number, episode: Trajectory, t: number): Difference | null {
  const terms = episode.terms.length / episode.steps;
  const isLast = t + 1 === episode.steps;
  return (
    compareArrays(slot, t, 'reward', episode.reward.subarray(t, t + 1), batch.reward.subarray(slot, slot + 1)) ??
    compareArrays(
      slot,
      t,
      'terms',
      episode.terms.subarray(t * terms, (t + 1) * terms),
      batch.terms.subarray(slot * terms, (slot + 1) * terms),
    ) ??
    compareState(batch, slot, episode, t + 1) ??
    compareValues(slot, t, 'last step', isLast, batch.last[slot] === 1) ??
    (isLast ? compareValues(slot, t, 'end', episode.end, endOf(batch, slot)) : null) ??
    (isLast ? compareValues(slot, t, 'success', episode.success, batch.success[slot] === 1) : null)
  );
}

/** Observation and poses of s_t. */
function compareState(batch: EnvBatch, slot: number, { obs, pose, steps }: Trajectory, t: number): Difference | null {
  const [o, p] = [obs.length / (steps + 1), pose.length / (steps + 1)];
  return (
    compareArrays(slot, t, 'obs', obs.subarray(t * o, (t + 1) * o), batch.obs.subarray(slot * o, (slot + 1) * o)) ??
    compareArrays(slot, t, 'pose', pose.subarray(t * p, (t + 1) * p), batch.pose.subarray(slot * p, (slot + 1) * p))
  );
}

function compareArrays(
  episode: number,
  step: number,
  field: string,
  expected: Float32Array | Float64Array,
  found: Float32Array | Float64Array,
): Difference | null {
  const i = expected.findIndex((value, k) => !Object.is(value, found[k]));
  return i < 0 ? null : difference(episode, step, `${field}[${i}]`, expected[i], found[i]);
}

function compareValues(episode: number, step: number, field: string, expected: unknown, found: unknown) {
  return expected === found ? null : difference(episode, step, field, expected, found);
}

function difference(episode: number, step: number, field: string, expected: unknown, found: unknown): Difference {
  return { episode, step, field, expected: String(expected), found: String(found) };
}
