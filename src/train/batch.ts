import { exp } from '../../envs/math/kernels.ts';
import type { OptionValue, Trajectory } from '../../envs/types.ts';
import type { Batch } from '../algorithms/types.ts';
import type { Baseline } from '../baselines/types.ts';
import {
  clipWeights,
  effectiveSampleSize,
  type Importance,
  importanceWeights,
  perDecisionReturns,
  selfNormalize,
} from '../estimators/importance.ts';
import {
  discounts,
  fullReturns,
  generalizedAdvantages,
  nStepAdvantages,
  rewardsToGo,
  standardize,
  temporalDifferences,
} from '../estimators/returns.ts';
import { type Normalizer, normalize } from '../policy/normalizer.ts';
import type { Policy } from '../policy/policy.ts';

type Options = Readonly<Record<string, OptionValue>>;

/** Who judges episodes, and by what. */
export interface Judge {
  readonly policy: Policy;
  readonly theta: Float64Array;
  readonly normalizer: Normalizer;
  readonly baseline: Baseline;
  readonly options: Options;
}

/** An episode as the present policy and baseline see it. */
interface Judged {
  readonly episode: Trajectory;
  /** Normalised s_0 .. s_T [T + 1, O]. */
  readonly x: Float64Array;
  /** b(s_0) .. b(s_T) [T + 1]; b(s_T) is not looked at unless it is a state value. */
  readonly expected: Float64Array;
  /** log pi(a_t | s_t) under the present policy [T]. */
  readonly logp: Float64Array;
}

/**
 * The steps of whole episodes with their weights and advantages: those of the present policy, and `reused` ones of earlier
 * policies, which importance sampling makes serve this one.
 */
export function batchOf(
  judge: Judge,
  fresh: readonly Trajectory[],
  reused: readonly Trajectory[],
): { batch: Batch; effectiveSamples: number } {
  const { options } = judge;
  const judged = [
    ...fresh.map((episode) => look(judge, episode, episode.logp)),
    ...reused.map((episode) => look(judge, episode, null)),
  ];
  const ratios = join(judged.map((one, i) => (i < fresh.length ? ones(one.episode.steps) : importance(one, options))));
  const corrected = options.selfNormalize ? selfNormalize(ratios) : ratios;
  const advantage = join(judged.map((one) => advantages(one, options)));
  const counted = {
    steps: ratios.length,
    episodes: judged.length,
    batch: (options.batchEpisodes || options.batch) as number,
  };
  const divisor = counted[options.divide as keyof typeof counted];
  const weight = join(judged.map(({ episode }) => gammas(episode.steps, options))).map(
    (discount, i) => (discount * corrected[i]) / divisor,
  );
  const batch = {
    x: join(judged.map(({ x, episode }) => x.subarray(0, (x.length / (episode.steps + 1)) * episode.steps))),
    act: joinFloat32(judged.map(({ episode }) => episode.act)),
    logp: join(judged.map(({ logp }) => logp)),
    weight,
    advantage: options.standardize ? standardize(advantage) : advantage,
  };
  return { batch, effectiveSamples: effectiveSampleSize(ratios) };
}

/** Returns that the baseline is to be fitted to [T]: of the state where it is a state value, else what actions are credited with. */
export function baselineTargets(episode: Trajectory, baseline: Baseline, options: Options): Float64Array {
  const tail = baseline.isStateValue ? tailOf(episode, episode.value, options) : 0;
  const returns = options.returns === 'full' && !baseline.isStateValue ? fullReturns : rewardsToGo;
  return returns(episode.reward, options.gamma as number, tail);
}

/** 0 .. T - 1 */
export function timeSteps(steps: number): Int32Array {
  return Int32Array.from({ length: steps }, (_, t) => t);
}

/** A_t [T]: the return less the baseline, or an estimate from the baseline's values alone. */
function advantages({ episode, expected, logp }: Judged, options: Options): Float64Array {
  const { reward } = episode;
  const gamma = options.gamma as number;
  const tail = tailOf(episode, expected, options);
  switch (options.advantage) {
    case 'td':
      return temporalDifferences(reward, expected, gamma, tail);
    case 'gae':
      return generalizedAdvantages(reward, expected, gamma, options.lambda as number, tail);
    case 'n-step':
      return nStepAdvantages(reward, expected, gamma, options.nSteps as number, tail);
    default:
      return credited(episode, logp, options, tail).map((value, t) => value - expected[t]);
  }
}

/** The Monte Carlo return that each action is credited with [T]. */
function credited({ reward, logp: behaviour }: Trajectory, logp: Float64Array, options: Options, tail: number) {
  const gamma = options.gamma as number;
  if (options.returns === 'full') return fullReturns(reward, gamma, tail);
  if (options.importance !== 'per-decision' || logp === behaviour) return rewardsToGo(reward, gamma, tail);
  return perDecisionReturns(
    reward,
    logp.map((value, t) => exp(value - behaviour[t])),
    gamma,
    tail,
  );
}

/** What follows the last step: the value of s_T where a time limit cut it off and the baseline knows it, else nothing. */
function tailOf({ end, steps }: Trajectory, value: Float64Array, { bootstrap }: Options): number {
  const last = value[steps];
  return end === 'truncated' && bootstrap && !Number.isNaN(last) ? last : 0;
}

function look({ policy, theta, normalizer, baseline }: Judge, episode: Trajectory, logp: Float64Array | null): Judged {
  const { obs, act, steps, value } = episode;
  const x = normalize(normalizer, obs, new Float64Array(obs.length));
  const states = steps + 1;
  // What was noted while collecting is what the present policy and baseline would say again.
  const noted = logp !== null && baseline.isStateValue;
  const expected = noted ? value : baseline.predict(x, timeSteps(states));
  if (!baseline.isStateValue) expected[steps] = Number.NaN;
  if (logp) return { episode, x, expected, logp };
  const { y, phi } = policy.outputs(theta, x.subarray(0, (x.length / states) * steps), steps);
  return { episode, x, expected, logp: policy.distribution.logProbability(act, y, phi, steps) };
}

function importance({ episode, logp }: Judged, options: Options): Float64Array {
  const weights = importanceWeights(options.importance as Importance, logp, episode.logp);
  const limit = options.ratioLimit as number;
  return limit > 0 ? clipWeights(weights, limit) : weights;
}

function gammas(steps: number, { discountWeighting, gamma }: Options): Float64Array {
  return discountWeighting ? discounts(gamma as number, steps) : ones(steps);
}

function ones(length: number): Float64Array {
  return new Float64Array(length).fill(1);
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
