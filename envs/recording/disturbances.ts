/** What hands did to the episodes of a recording, as a file holds it. */
import * as v from 'valibot';
import { index, real, text } from '../schema.ts';
import type { EnvSpec } from '../spec.ts';
import type { Disturbance, Trajectory } from '../trajectory.ts';
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
  t: index,
  kind: text as v.GenericSchema<string, Disturbance['kind']>,
  target: text,
  values: v.array(real),
});
const schema = v.array(v.array(disturbance));

/** One list for each episode, empty for one that was left alone. */
export function disturbancesText(episodes: readonly Trajectory[]): string {
  return JSON.stringify(episodes.map(({ disturbances }) => disturbances ?? []));
}

/**
 * Gives episodes out of a file the disturbances that the file has for them. Whether there is what they are of, a simulation shows.
 * @throws FileError for a text that is no list of them for these episodes
 */
export function disturb(episodes: readonly Trajectory[], json: string, file: string): void {
  const all = parseJson(schema, json, file, 'disturbances');
  const refuse = (place: string, expected: string, found: unknown): never => {
    throw new FileError('inconsistent', file, { place, expected, found: String(found) });
  };
  if (all.length !== episodes.length)
    refuse('disturbances', `a list for each of ${episodes.length} episodes`, all.length);
  episodes.forEach((episode, i) => {
    const late = all[i].find(({ t }) => t >= episode.steps);
    if (late) refuse(`disturbances[${i}]`, `steps of an episode of ${episode.steps}`, late.t);
    if (all[i].length) Object.assign(episode, { disturbances: all[i] });
  });
}
