import { type EnvSpec, width } from '../../envs/spec.ts';
import {
  type ActorShape,
  columnsOf,
  contactsIn,
  lengthOf,
  mostContacts,
  shapeOf,
  sizesOf,
  type Trajectory,
} from '../../envs/trajectory.ts';
import { policyFor } from '../rollout/acting-policy.ts';
import { envFor } from '../rollout/rollout.ts';
import { policyPartsOf } from '../train/learner.ts';
import { largestBatch } from '../train/options.ts';
import type { Training } from '../train/training.ts';
import { Failure } from './failure.ts';

/** What a file of this program may hold: so many bytes can be digested at once, less room for its header. */
export const mostBytes = 2 ** 31 - 1 - 2 ** 24;

const number = { F32: 4, F64: 8 } as const;
/** Of an episode's facts: its seed, steps, success and end. */
const factBytes = 14;

/** An episode of so many steps in a file, with so many points of contact; as many as there can be if not given. */
export function episodeBytes(
  spec: EnvSpec,
  actor: ActorShape,
  steps: number,
  contacts = (steps + 1) * mostContacts,
): number {
  const columns = columnsOf(sizesOf(spec, actor));
  return columns.reduce((sum, column) => sum + number[column.dtype] * lengthOf(column, steps, contacts), factBytes);
}

/** As many of the episodes, from the first on, as fit in a file. */
export function fitting(spec: EnvSpec, episodes: readonly Trajectory[], most = mostBytes): readonly Trajectory[] {
  let bytes = 0;
  const end = episodes.findIndex((episode) => {
    bytes += episodeBytes(spec, shapeOf(episode, spec), episode.steps, contactsIn(episode));
    return bytes > most;
  });
  return end < 0 ? episodes : episodes.slice(0, end);
}

/** What to say of a file that holds fewer episodes than were to be recorded. */
export function cutOff(file: string, kept: number, wanted: number): string {
  return `${file} holds the first ${kept} of ${wanted} episodes: more do not fit in a file of 2 GiB`;
}

/**
 * Makes sure, before anything large is made, that every file of a run can be written: its parameters with all that training goes
 * on from, the batches that are used again, at their longest, and a recording of a single episode.
 * @throws Failure that says what is too large
 */
export function checkTraining(training: Training, most = mostBytes): void {
  const { baseline, config, env, options } = training;
  const { spec } = env;
  const parts = policyPartsOf(training);
  const policy = policyFor(spec, parts);
  const episode = episodeBytes(spec, policy.distribution, spec.horizon);
  refuseOver(most, episode, `a recording of one episode of ${spec.horizon} steps`, 'make the horizon shorter');
  const theta = 8 * policy.size;
  refuseOver(most, theta, 'the parameters of the policy', fewerUnits);
  const fitted = 8 * (baseline.stateSize?.(width(spec.obs), parts.hidden) ?? 0);
  const state = Object.values(training.createAlgorithm(policy).state).reduce((sum, each) => sum + each.byteLength, 0);
  refuseOver(most, theta + fitted + state, 'the policy with all that training goes on from', fewerUnits);
  // A batch that is counted by steps ends with the episode that fills it.
  const { horizon } = envFor(training, options).spec;
  const batch = options.batchEpisodes ? options.batchEpisodes * horizon : largestBatch(options) + horizon;
  const past = (options.reuse * Math.min(batch, config.steps + spec.horizon) * episode) / spec.horizon;
  const many = `the policy with ${options.reuse} batches that are used again`;
  refuseOver(most, theta + fitted + state + past, many, 'lower --reuse or --batch');
}

const fewerUnits = 'lower --hidden-width or --hidden-layers';

function refuseOver(most: number, bytes: number, what: string, remedy: string): void {
  if (bytes <= most) return;
  const size = (value: number) => `${(value / 1e9).toFixed(2)} GB`;
  throw new Failure(
    `cannot save the run: expected files of at most ${size(most)}, found ${size(bytes)} for ${what}: ${remedy}`,
  );
}
