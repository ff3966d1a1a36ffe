import { width } from '../../../envs/sim/env.ts';
import { type EnvSpec, ends, type Trajectory } from '../../../envs/types.ts';
import type { Collected } from '../collect.ts';

/**
 * Episodes in two arrays, to cross from one thread to another without a copy: an episode's dozen of small arrays would
 * cost more to send than to simulate.
 */
export interface PackedEpisodes {
  readonly doubles: Float64Array;
  readonly floats: Float32Array;
  /** Numbers in a row of `Trajectory.scale`. */
  readonly scaleSize: number;
}

type Column = (steps: number) => number;
type Name = 'logp' | 'reward' | 'terms' | 'mean' | 'scale' | 'value' | 'goal' | 'obs' | 'act' | 'pose';

/** The arrays of a trajectory, and the numbers of each in an episode. */
function columnsOf(spec: EnvSpec, scaleSize: number): Record<'doubles' | 'floats', [Name, Column][]> {
  const [obs, act, pose] = [width(spec.obs), width(spec.act), spec.bodies.length * 7];
  return {
    doubles: [
      ['logp', (T) => T],
      ['reward', (T) => T],
      ['terms', (T) => T * spec.terms.length],
      ['mean', (T) => T * act],
      ['scale', (T) => T * scaleSize],
      ['value', (T) => T + 1],
    ],
    floats: [
      ['goal', () => 3],
      ['obs', (T) => (T + 1) * obs],
      ['act', (T) => T * act],
      ['pose', (T) => (T + 1) * pose],
    ],
  };
}

/** Index, seed, steps, success and end of an episode. */
const facts = 5;

export function pack(collected: readonly Collected[], spec: EnvSpec, scaleSize: number): PackedEpisodes {
  const columns = columnsOf(spec, scaleSize);
  const numbers = (list: [Name, Column][], each: number) =>
    collected.reduce(
      (sum, { trajectory: { steps } }) => sum + list.reduce((total, [, size]) => total + size(steps), each),
      0,
    );
  const doubles = new Float64Array(numbers(columns.doubles, facts));
  const floats = new Float32Array(numbers(columns.floats, 0));
  let [d, f] = [0, 0];
  for (const { episode, trajectory } of collected) {
    const { seed, steps, success, end } = trajectory;
    doubles.set([episode, seed, steps, success ? 1 : 0, ends.indexOf(end)], d);
    d += facts;
    for (const [name, size] of columns.doubles) {
      doubles.set(trajectory[name], d);
      d += size(steps);
    }
    for (const [name, size] of columns.floats) {
      floats.set(trajectory[name], f);
      f += size(steps);
    }
  }
  return { doubles, floats, scaleSize };
}

/** The episodes, as views into the parcel. */
export function unpack({ doubles, floats, scaleSize }: PackedEpisodes, spec: EnvSpec): Collected[] {
  const columns = columnsOf(spec, scaleSize);
  const collected: Collected[] = [];
  let [d, f] = [0, 0];
  while (d < doubles.length) {
    const [episode, seed, steps, success, end] = doubles.subarray(d, d + facts);
    d += facts;
    const arrays: Record<string, Float32Array | Float64Array> = {};
    for (const [name, size] of columns.doubles) {
      arrays[name] = doubles.subarray(d, d + size(steps));
      d += size(steps);
    }
    for (const [name, size] of columns.floats) {
      arrays[name] = floats.subarray(f, f + size(steps));
      f += size(steps);
    }
    const rest = { seed, steps, success: success === 1, end: ends[end] };
    collected.push({ episode, trajectory: { ...rest, ...(arrays as unknown as Pick<Trajectory, Name>) } });
  }
  return collected;
}
