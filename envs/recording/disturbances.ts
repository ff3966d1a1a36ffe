/** What hands did to the episodes of a recording, as a file holds it. */
import * as v from 'valibot';
import { real, text } from '../schema.ts';
import type { EnvSpec } from '../spec.ts';
import type { Disturbance, Trajectory } from '../trajectory.ts';
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
 * @throws FileError for a text that is no list of them
 */
export function disturb(episodes: readonly Trajectory[], json: string, file: string): void {
  const all = parseJson(schema, json, file, 'disturbances');
  episodes.forEach((episode, i) => {
    const disturbances = all[i];
    if (disturbances?.length) Object.assign(episode, { disturbances });
  });
}
