import { exp } from '../../envs/math/kernels.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { type Importance, perDecisionReturns } from './importance.ts';
import { fullReturns, generalizedAdvantages, nStepAdvantages, rewardsToGo, temporalDifferences } from './returns.ts';

/** How actions are credited. */
export interface AdvantageOptions {
  readonly advantage: 'monte-carlo' | 'td' | 'gae' | 'n-step';
  readonly returns: 'to-go' | 'full';
  readonly gamma: number;
  readonly lambda: number;
  readonly nSteps: number;
  /** Whether the value of the last state continues the return past the time limit. */
  readonly bootstrap: boolean;
  readonly importance: Importance;
  /** Where products of ratios are cut off; nowhere where 0. */
  readonly ratioLimit: number;
}

/**
 * A_t [T] of an episode: the Monte Carlo return less the baseline, or an estimate from the baseline's values alone.
 * @param baseline b(s_0) .. b(s_T) [T + 1]; NaN for s_T where the baseline does not know the value of a state
 * @param logp log pi(a_t | s_t) under the policy that is to be improved [T]
 */
export function advantagesOf(
  episode: Trajectory,
  baseline: Float64Array,
  logp: Float64Array,
  options: AdvantageOptions,
): Float64Array {
  const { reward } = episode;
  const { gamma, lambda, nSteps } = options;
  const tail = bootstrapValue(episode, baseline, options);
  switch (options.advantage) {
    case 'td':
      return temporalDifferences(reward, baseline, gamma, tail);
    case 'gae':
      return generalizedAdvantages(reward, baseline, gamma, lambda, tail);
    case 'n-step':
      return nStepAdvantages(reward, baseline, gamma, nSteps, tail);
    case 'monte-carlo':
      return monteCarloReturns(episode, logp, options, tail).map((value, t) => value - baseline[t]);
  }
}

/** The return that each action is credited with [T]. */
function monteCarloReturns(
  { reward, logp: behaviour }: Trajectory,
  logp: Float64Array,
  { returns, gamma, importance, ratioLimit }: AdvantageOptions,
  tail: number,
): Float64Array {
  if (returns === 'full') return fullReturns(reward, gamma, tail);
  if (importance !== 'per-decision' || logp === behaviour) return rewardsToGo(reward, gamma, tail);
  const ratio = logp.map((value, t) => exp(value - behaviour[t]));
  return perDecisionReturns(reward, ratio, gamma, tail, ratioLimit || undefined);
}

/**
 * Returns that a baseline is to be fitted to [T]: those of the state where it is a state value, else what actions are
 * credited with.
 */
export function baselineTargets(episode: Trajectory, isStateValue: boolean, options: AdvantageOptions): Float64Array {
  const tail = isStateValue ? bootstrapValue(episode, episode.value, options) : 0;
  const returns = options.returns === 'full' && !isStateValue ? fullReturns : rewardsToGo;
  return returns(episode.reward, options.gamma, tail);
}

/** What follows the last step: the value of s_T where a time limit cut it off and that value is known, else nothing. */
function bootstrapValue({ end, steps }: Trajectory, value: Float64Array, { bootstrap }: AdvantageOptions): number {
  const last = value[steps];
  return end === 'truncated' && bootstrap && !Number.isNaN(last) ? last : 0;
}
