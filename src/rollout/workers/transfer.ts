import type { EnvSpec } from '../../../envs/spec.ts';
import {
  type ActorShape,
  type ColumnName,
  columnsOf,
  contactsIn,
  ends,
  lengthOf,
  sizesOf,
  type Trajectory,
} from '../../../envs/trajectory.ts';
import type { IndexedEpisode } from '../collect.ts';

/**
 * Episodes in two arrays, to cross from one thread to another without a copy: an episode's dozen of small arrays would
 * cost more to send than to simulate.
 */
export interface PackedEpisodes {
  /** By dtype: an episode's `facts`, then its columns of float64; its columns of float32. */
  readonly arrays: { readonly F64: Float64Array<ArrayBuffer>; readonly F32: Float32Array<ArrayBuffer> };
  readonly actor: ActorShape;
}

/** Index, seed, steps, success and end of an episode. */
const facts = 5;

export function pack(
  episodes: readonly IndexedEpisode[],
  spec: EnvSpec,
  { scaleSize, squashed }: ActorShape,
): PackedEpisodes {
  const columns = columnsOf(sizesOf(spec, { scaleSize, squashed }));
  const lengths = { F64: episodes.length * facts, F32: 0 };
  for (const { trajectory } of episodes) {
    for (const { name, dtype } of columns) lengths[dtype] += trajectory[name].length;
  }
  const arrays = { F64: new Float64Array(lengths.F64), F32: new Float32Array(lengths.F32) };
  const at = { F64: 0, F32: 0 };
  for (const { episode, trajectory } of episodes) {
    const { seed, steps, success, end } = trajectory;
    arrays.F64.set([episode, seed, steps, success ? 1 : 0, ends.indexOf(end)], at.F64);
    at.F64 += facts;
    for (const { name, dtype } of columns) {
      arrays[dtype].set(trajectory[name], at[dtype]);
      at[dtype] += trajectory[name].length;
    }
  }
  return { arrays, actor: { scaleSize, squashed } };
}

/** The episodes, as views into the two arrays. */
export function unpack({ arrays, actor }: PackedEpisodes, spec: EnvSpec): IndexedEpisode[] {
  const columns = columnsOf(sizesOf(spec, actor));
  const episodes: IndexedEpisode[] = [];
  const at = { F64: 0, F32: 0 };
  while (at.F64 < arrays.F64.length) {
    const [episode, seed, steps, success, end] = arrays.F64.subarray(at.F64, at.F64 + facts);
    at.F64 += facts;
    let contacts = 0;
    const views = columns.map((column) => {
      const { name, dtype } = column;
      const start = at[dtype];
      at[dtype] += lengthOf(column, steps, contacts);
      const view = arrays[dtype].subarray(start, at[dtype]);
      // The counts come before what they count.
      if (name === 'contact_count') contacts = contactsIn({ contact_count: view as Float32Array });
      return [name, view];
    });
    const data: Pick<Trajectory, ColumnName> = Object.fromEntries(views);
    episodes.push({ episode, trajectory: { seed, steps, ...data, success: success === 1, end: ends[end] } });
  }
  return episodes;
}
