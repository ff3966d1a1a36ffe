/** What hands did to the episodes of a recording, as a file holds it. */
import * as v from 'valibot';
import { real, text } from '../schema.ts';
import type { EnvSpec } from '../spec.ts';
import type { Trajectory } from '../trajectory.ts';
import { FileError } from './errors.ts';
import { parseJson } from './json.ts';

/** Whether a hand was in any of the episodes. */
export function isDisturbed(episodes: readonly Trajectory[]): boolean {
  return episodes.some(({ disturbances }) => disturbances !== undefined);
}

/** An environment's spec where hands can move the parameters of its episodes. */
export function disturbedSpec(spec: EnvSpec): EnvSpec {
  return { ...spec, paramsMove: true };
}

const disturbance = v.strictObject({
  t: v.number(),
  kind: v.picklist(['force', 'param', 'dynamics', 'pose', 'reset']),
  target: text,
  values: v.array(real),
});
const schema = v.array(v.nullable(v.array(disturbance)));

/** One list for each episode, null for one that was left alone. */
export function disturbancesText(episodes: readonly Trajectory[]): string {
  return JSON.stringify(episodes.map(({ disturbances }) => disturbances ?? null));
}

/**
 * Gives episodes out of a file the disturbances that the file has for them. Whether there is what they are of shows in a simulation.
 * @throws FileError for a text that has none for each episode
 */
export function disturb(episodes: readonly Trajectory[], json: string, file: string): void {
  const all = parseJson(schema, json, file, 'disturbances');
  if (all.length !== episodes.length) {
    const [expected, found] = [`${episodes.length} episodes`, String(all.length)];
    throw new FileError('inconsistent', file, { place: 'disturbances', expected, found, noun: 'a rollout file' });
  }
  all.forEach((value, i) => {
    if (value) Object.defineProperty(episodes[i], 'disturbances', { value, enumerable: true });
  });
}
