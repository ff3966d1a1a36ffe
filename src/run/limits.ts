import type { EnvSpec } from '../../envs/spec.ts';
import { columnsOf, lengthOf, sizesOf, type Trajectory } from '../../envs/trajectory.ts';
import { policyFor } from '../rollout/acting-policy.ts';
import { arraysOf, type Learner, policyPartsOf } from '../train/learner.ts';
import type { Training } from '../train/training.ts';
import { Failure } from './failure.ts';

/** What a file of this program may hold: so many bytes can be digested at once, less room for its header. */
export const mostBytes = 2 ** 31 - 1 - 2 ** 24;

const number = { F32: 4, F64: 8 } as const;
/** Of an episode's facts: its seed, steps, success and end. */
const factBytes = 14;

/** An episode of so many steps in a file. */
export function episodeBytes(spec: EnvSpec, scaleSize: number, steps: number): number {
  const columns = columnsOf(sizesOf(spec, scaleSize));
  return columns.reduce((sum, column) => sum + number[column.dtype] * lengthOf(column, steps), factBytes);
}

/** As many of the episodes, from the first on, as fit in a file. */
export function fitting(spec: EnvSpec, episodes: readonly Trajectory[], most = mostBytes): readonly Trajectory[] {
  let bytes = 0;
  const end = episodes.findIndex(({ scale, steps }) => {
    bytes += episodeBytes(spec, scale.length / steps, steps);
    return bytes > most;
  });
  return end < 0 ? episodes : episodes.slice(0, end);
}

/** What to say of a file that holds fewer episodes than were to be recorded. */
export function cutOff(file: string, kept: number, wanted: number): string {
  return `${file} holds the first ${kept} of ${wanted} episodes: more do not fit in a file of 2 GiB`;
}

/**
 * Makes sure, before anything is allocated, that the parameters alone and a single episode fit in a file.
 * @throws Failure that says what is too large
 */
export function checkTraining(training: Training, most = mostBytes): void {
  const { spec } = training.env;
  const parts = policyPartsOf(training);
  const policy = policyFor(spec, parts);
  refuseOver(most, 8 * policy.size, 'the parameters of the policy', fewerUnits);
  const episode = episodeBytes(spec, policy.distribution.scaleSize, spec.horizon);
  refuseOver(most, episode, `a recording of one episode of ${spec.horizon} steps`, 'make the horizon shorter');
}

/**
 * The same of everything that the learner's file holds: its arrays, and the batches that are used again, at their longest.
 * @throws Failure that says what is too large
 */
export function checkLearner(learner: Learner, most = mostBytes): void {
  const { env, policy, training } = learner;
  const { batch, batchEpisodes, reuse } = training.options;
  const { spec } = env;
  const arrays = Object.values(arraysOf(learner)).reduce((sum, { byteLength }) => sum + byteLength, 0);
  refuseOver(most, arrays, 'what the learner goes on from', fewerUnits);
  // A batch that is counted by steps ends with the episode that fills it.
  const steps = batchEpisodes ? batchEpisodes * spec.horizon : batch + spec.horizon;
  const perStep = episodeBytes(spec, policy.distribution.scaleSize, spec.horizon) / spec.horizon;
  const past = reuse * Math.min(steps, training.config.steps + spec.horizon) * perStep;
  refuseOver(most, arrays + past, `the learner with ${reuse} batches that are used again`, 'lower --reuse or --batch');
}

const fewerUnits = 'lower --hidden-width or --hidden-layers';

function refuseOver(most: number, bytes: number, what: string, remedy: string): void {
  if (bytes <= most) return;
  const size = (value: number) => `${(value / 1e9).toFixed(2)} GB`;
  throw new Failure(
    `cannot save the run: expected files of at most ${size(most)}, found ${size(bytes)} for ${what}: ${remedy}`,
  );
}
