import { type Random, stream } from '../math/random.ts';

/** What is kept, at most: more than the episodes that run side by side. */
const most = 512;

/**
 * What an episode's `start` stream decides for all of its steps, made once and looked up in every one: `reset` has the stream, and
 * `move` the seed that begins it anew. All of it derives from the stream's next number, by which it is kept: a pure function, that
 * remembers.
 */
export function perEpisode<T>(make: (random: Random) => T): (start: Random) => T {
  const made = new Map<number, T>();
  return (start) => {
    const number = start.below(2 ** 53);
    const found = made.get(number) ?? make(stream(number, 'start', 1));
    if (!made.has(number) && made.size >= most) made.delete(made.keys().next().value as number);
    made.set(number, found);
    return found;
  };
}
