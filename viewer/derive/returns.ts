import type { Recording } from '../../envs/recording/types.ts';
import { totalReturn } from './derive.ts';

const known = new WeakMap<Recording, Float64Array>();

/** Sum of the rewards of every episode; made once for a recording. */
export function returnsOf(recording: Recording): Float64Array {
  const found = known.get(recording) ?? Float64Array.from(recording.episodes, totalReturn);
  known.set(recording, found);
  return found;
}
