import { sampledIn, type Trajectory } from '../../envs/trajectory.ts';
import type { Batch } from '../algorithms/types.ts';
import type { Baseline } from '../baselines/types.ts';
import { advantagesOf } from '../estimators/advantages.ts';
import { clipWeights, effectiveSampleSize, importanceWeights, selfNormalize } from '../estimators/importance.ts';
import { discounts, standardize } from '../estimators/returns.ts';
import { type Normalizer, normalize } from '../policy/normalizer.ts';
import type { Policy } from '../policy/policy.ts';
import type { TrainOptions } from './options.ts';

/** The policy and the baseline that a batch is made for. */
export interface BatchInputs {
  readonly policy: Policy;
  readonly theta: Float64Array;
  readonly normalizer: Normalizer;
  readonly baseline: Baseline;
  readonly options: TrainOptions;
}

/** An episode as the present policy and baseline see it. */
interface SeenEpisode {
  readonly episode: Trajectory;
  /** Normalised s_0 .. s_T [T + 1, O]. */
  readonly x: Float64Array;
  /** b(s_0) .. b(s_T) [T + 1]; NaN for s_T unless b is a state value. */
  readonly baseline: Float64Array;
  /** log pi(a_t | s_t) under the present policy [T]. */
  readonly logp: Float64Array;
}

/**
 * The steps of whole episodes with their weights and advantages: those of the present policy, and `reused` ones of earlier
 * policies, which importance sampling makes serve this one.
 */
export function batchOf(
  inputs: BatchInputs,
  fresh: readonly Trajectory[],
  reused: readonly Trajectory[],
): { batch: Batch; effectiveSamples: number } {
  const { options } = inputs;
  const all = [
    ...fresh.map((episode) => seeFresh(inputs, episode)),
    ...reused.map((episode) => seeReused(inputs, episode)),
  ];
  const ratios = join(all.map((one, i) => (i < fresh.length ? ones(one.episode.steps) : importance(one, options))));
  const corrected = options.selfNormalize ? selfNormalize(ratios) : ratios;
  const advantage = join(all.map(({ episode, baseline, logp }) => advantagesOf(episode, baseline, logp, options)));
  const divisor = {
    steps: ratios.length,
    episodes: all.length,
    batch: options.batchEpisodes || options.batch,
  }[options.divide];
  const weight = join(all.map(({ episode }) => gammas(episode.steps, options))).map(
    (discount, i) => (discount * corrected[i]) / divisor,
  );
  const batch = {
    x: join(all.map(({ x, episode }) => x.subarray(0, (x.length / (episode.steps + 1)) * episode.steps))),
    act: joinFloat32(all.map(({ episode }) => sampledIn(episode))),
    logp: join(all.map(({ logp }) => logp)),
    weight,
    advantage: options.standardize ? standardize(advantage, stepsOf(fresh) || advantage.length) : advantage,
  };
  return { batch, effectiveSamples: effectiveSampleSize(ratios) };
}

/** An episode of the present policy: what was recorded with it is what policy and baseline would say again. */
function seeFresh({ normalizer, baseline }: BatchInputs, episode: Trajectory): SeenEpisode {
  const x = normalize(normalizer, episode.obs, new Float64Array(episode.obs.length));
  const values = baseline.isStateValue ? episode.value : predictedBy(baseline, x, episode.steps);
  return { episode, x, baseline: values, logp: episode.logp };
}

/**
 * An episode of an earlier policy, whose probabilities are those of the present one. Its values are those of when it was run: the
 * baseline has been fitted to its returns since, and would no longer be independent of the actions that it judges.
 */
function seeReused({ policy, theta, normalizer, baseline }: BatchInputs, episode: Trajectory): SeenEpisode {
  const { obs, steps } = episode;
  const x = normalize(normalizer, obs, new Float64Array(obs.length));
  const values = baseline.isStateValue ? episode.value : predictedBy(baseline, x, steps);
  const { y, phi } = policy.outputs(theta, x.subarray(0, (x.length / (steps + 1)) * steps), steps);
  return { episode, x, baseline: values, logp: policy.distribution.logProbability(sampledIn(episode), y, phi, steps) };
}

function stepsOf(episodes: readonly Trajectory[]): number {
  return episodes.reduce((sum, { steps }) => sum + steps, 0);
}

function predictedBy(baseline: Baseline, x: Float64Array, steps: number): Float64Array {
  const values = baseline.predict(x, timeSteps(steps + 1));
  if (!baseline.isStateValue) values[steps] = Number.NaN;
  return values;
}

function importance({ episode, logp }: SeenEpisode, { importance: kind, ratioLimit }: TrainOptions): Float64Array {
  const weights = importanceWeights(kind, logp, episode.logp);
  return ratioLimit > 0 ? clipWeights(weights, ratioLimit) : weights;
}

function gammas(steps: number, { discountWeighting, gamma }: TrainOptions): Float64Array {
  return discountWeighting ? discounts(gamma, steps) : ones(steps);
}

function ones(length: number): Float64Array {
  return new Float64Array(length).fill(1);
}

/** 0 .. T - 1 */
export function timeSteps(steps: number): Int32Array {
  return Int32Array.from({ length: steps }, (_, t) => t);
}

/** Arrays end to end. */
export function join(parts: readonly Float64Array[]): Float64Array {
  return fillFrom(new Float64Array(total(parts)), parts);
}

export function joinFloat32(parts: readonly Float32Array[]): Float32Array {
  return fillFrom(new Float32Array(total(parts)), parts);
}

function total(parts: readonly { readonly length: number }[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

function fillFrom<A extends Float32Array | Float64Array>(out: A, parts: readonly A[]): A {
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
}
