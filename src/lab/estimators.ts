import { clipWeights, importanceWeights, perDecisionReturns, selfNormalize } from '../estimators/importance.ts';
import {
  discounts,
  fullReturns,
  generalizedAdvantages,
  nStepAdvantages,
  rewardsToGo,
  standardize,
  temporalDifferences,
} from '../estimators/returns.ts';

/** All that an estimator sees of an episode of T steps. Transition probabilities are not among it. */
export interface Episode {
  /** r_t [T] */
  readonly reward: Float64Array;
  /** log pi(a_t | s_t) [T] under the policy whose gradient is sought. */
  readonly logp: Float64Array;
  /** The same under the policy that acted. */
  readonly logpOld: Float64Array;
  /** b(s_t) [T] of a baseline by its name, fitted on earlier episodes. */
  readonly baseline: (name: string) => Float64Array;
  /** An inexact V(s_t) [T + 1], the last state's with it. */
  readonly critic: Float64Array;
  /** The exact V_t(s_t) [T + 1] and Q_t(s_t, a_t) [T], from outside: no estimator could know them. */
  readonly exact: { readonly value: Float64Array; readonly q: Float64Array };
  /** Cut off by the horizon, where it might have gone on. */
  readonly truncated: boolean;
  /** What a linear baseline sees of s_t [T, features]. */
  readonly features: Float64Array;
}

/**
 * An estimator of grad J, as the weights w of the scores: g = sum_i sum_t w_it grad log pi(a_it | s_it), over the episodes i of
 * a batch.
 */
export interface Estimator {
  readonly name: string;
  /** w_it, in plain text. */
  readonly formula: string;
  /** Whether theory says that E g = grad J. */
  readonly unbiased: boolean;
  /** Episodes in a batch. */
  readonly size: number;
  weights(batch: readonly Episode[]): Float64Array[];
}

/** Those of a list that have these names, in the names' order. */
export function pick(list: readonly Estimator[], ...names: readonly string[]): Estimator[] {
  return names.map((name) => list.find((estimator) => estimator.name === name) as Estimator);
}

/** a_t b_t. These two run a million times over arrays of a few numbers; `map` would take three times as long. */
function product(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let t = 0; t < a.length; t++) out[t] = a[t] * b[t];
  return out;
}

/** a_t - b_t, over the steps of a. */
function minus(a: Float64Array, b: Float64Array): Float64Array {
  const out = new Float64Array(a.length);
  for (let t = 0; t < a.length; t++) out[t] = a[t] - b[t];
  return out;
}

const scaled = (a: Float64Array, factor: number) => a.map((value) => value * factor);

type Weights = (episode: Episode) => Float64Array;

function single(name: string, formula: string, unbiased: boolean, weights: Weights): Estimator {
  return { name, formula, unbiased, size: 1, weights: ([episode]) => [weights(episode)] };
}

const ratios: Weights = ({ logp, logpOld }) => importanceWeights('truncated', logp, logpOld);
const whole: Weights = ({ logp, logpOld }) => importanceWeights('trajectory', logp, logpOld);
const upTo: Weights = ({ logp, logpOld }) => importanceWeights('per-decision', logp, logpOld);

/** Where trajectory ratios are cut off. */
export const clipAt = 1.2;

/** The estimators that need one episode of the policy itself. */
export function onPolicy(gamma: number, baselines: readonly string[]): Estimator[] {
  const toGo = ({ reward }: Episode, tail = 0) => rewardsToGo(reward, gamma, tail);
  const gae = ({ reward }: Episode, v: Float64Array, lambda: number) =>
    generalizedAdvantages(reward, v, gamma, lambda, 0);
  const td = ({ reward }: Episode, v: Float64Array) => temporalDifferences(reward, v, gamma, 0);
  const tail = ({ truncated, critic }: Episode) => (truncated ? critic[critic.length - 1] : 0);
  /** With weights gamma^t A_t. */
  const of = (isUnbiased: boolean) => (name: string, formula: string, advantages: Weights) =>
    single(name, formula, isUnbiased, (e) => product(discounts(gamma, e.reward.length), advantages(e)));
  const [unbiased, biased] = [of(true), of(false)];
  return [
    single('full return', 'R(τ)', true, (e) => fullReturns(e.reward, gamma, 0)),
    unbiased('reward-to-go', 'γᵗ Gₜ', (e) => toGo(e)),
    ...baselines.map((name) =>
      unbiased(`to-go, ${name} baseline`, 'γᵗ (Gₜ − b), b of earlier batches', (e) => minus(toGo(e), e.baseline(name))),
    ),
    unbiased('to-go, exact V', 'γᵗ (Gₜ − Vₜ)', (e) => gae(e, e.exact.value, 1)),
    unbiased('exact Q', 'γᵗ Qₜ(sₜ, aₜ)', (e) => e.exact.q),
    unbiased('exact advantage', 'γᵗ (Qₜ − Vₜ)', (e) => minus(e.exact.q, e.exact.value)),
    unbiased('TD, exact V', 'γᵗ δₜ', (e) => td(e, e.exact.value)),
    unbiased('GAE(0.9), exact V', 'γᵗ Σ (γλ)ᵏ δₜ₊ₖ', (e) => gae(e, e.exact.value, 0.9)),
    unbiased('GAE(1), inexact V', 'γᵗ Σ γᵏ δₜ₊ₖ', (e) => gae(e, e.critic, 1)),
    single('to-go without γᵗ', 'Gₜ', false, (e) => toGo(e)),
    biased('TD, inexact V', 'γᵗ δₜ', (e) => td(e, e.critic)),
    biased('GAE(0.9), inexact V', 'γᵗ Σ (γλ)ᵏ δₜ₊ₖ', (e) => gae(e, e.critic, 0.9)),
    biased('2-step, inexact V', 'γᵗ (rₜ + γ rₜ₊₁ + γ² V(sₜ₊₂) − V(sₜ))', (e) =>
      nStepAdvantages(e.reward, e.critic, gamma, 2, 0),
    ),
    biased('bootstrap at the horizon', 'γᵗ (Gₜ + γᵀ⁻ᵗ V(s_T) − V(sₜ))', (e) => minus(toGo(e, tail(e)), e.critic)),
  ];
}

/** The estimators that need one episode of another policy. */
export function offPolicy(gamma: number): Estimator[] {
  const full: Weights = ({ reward }) => fullReturns(reward, gamma, 0);
  const discounted = (weights: Float64Array) => product(discounts(gamma, weights.length), weights);
  const toGo: Weights = ({ reward }) => discounted(rewardsToGo(reward, gamma, 0));
  return [
    single('trajectory ratio', 'ρ(τ) R(τ)', true, (e) => product(whole(e), full(e))),
    single('trajectory ratio, to-go', 'ρ(τ) γᵗ Gₜ', true, (e) => product(whole(e), toGo(e))),
    single('per-decision ratio', 'ρ₀:ₜ γᵗ (rₜ + γ ρₜ₊₁ (rₜ₊₁ + …))', true, (e) =>
      product(upTo(e), discounted(perDecisionReturns(e.reward, ratios(e), gamma, 0))),
    ),
    single('no ratio', 'γᵗ Gₜ', false, toGo),
    single('truncated ratio', 'ρₜ γᵗ Gₜ', false, (e) => product(ratios(e), toGo(e))),
    single('clipped ratio', `min(ρ(τ), ${clipAt}) R(τ)`, false, (e) => product(clipWeights(whole(e), clipAt), full(e))),
  ];
}

/** The estimators that look at a whole batch of n episodes; each divides by n, a constant. */
export function ofBatch(gamma: number, n: number, linearFit: LinearFit): Estimator[] {
  /** With weights gamma^t A_it / n, from the rewards-to-go g of the batch. */
  const of = (
    name: string,
    formula: string,
    unbiased: boolean,
    advantages: (g: readonly Float64Array[], batch: readonly Episode[]) => readonly Float64Array[],
  ): Estimator => ({
    name,
    formula,
    unbiased,
    size: n,
    weights(batch) {
      const g = batch.map(({ reward }) => rewardsToGo(reward, gamma, 0));
      return advantages(g, batch).map((a) => scaled(product(discounts(gamma, a.length), a), 1 / n));
    },
  });
  return [
    of('leave-one-out mean', 'γᵗ (Gₜ − mean of the other episodes)', true, (g) => {
      const [sums, steps] = [g.map(sumOf), stepsOf(g)];
      const total = sums.reduce((a, b) => a + b);
      return g.map((own, i) => own.map((value) => value - (total - sums[i]) / (steps - own.length)));
    }),
    of('mean of the same batch', 'γᵗ (Gₜ − mean of this batch)', false, (g) => {
      const mean = sumOf(Float64Array.from(g, sumOf)) / stepsOf(g);
      return g.map((own) => own.map((value) => value - mean));
    }),
    of('linear fit of the same batch', 'γᵗ (Gₜ − w·φ(sₜ)), w of this batch', false, (g, batch) => {
      const features = batch.map((episode) => episode.features);
      const fitted = linearFit(features, g);
      return g.map((own, i) => minus(own, fitted[i]));
    }),
    of('standardised', 'γᵗ (Gₜ − mean) / deviation of this batch', false, standardized),
  ];
}

const sumOf = (values: Float64Array) => values.reduce((sum, value) => sum + value, 0);
const stepsOf = (g: readonly Float64Array[]) => g.reduce((count, { length }) => count + length, 0);

/** All values of the lists standardised together. */
function standardized(lists: readonly Float64Array[]): Float64Array[] {
  const flat = new Float64Array(stepsOf(lists));
  let at = 0;
  for (const list of lists) {
    flat.set(list, at);
    at += list.length;
  }
  const out = standardize(flat);
  at = 0;
  return lists.map(({ length }) => {
    at += length;
    return out.subarray(at - length, at);
  });
}

/** Predictions for every episode of a linear fit to all of them. */
export type LinearFit = (features: readonly Float64Array[], targets: readonly Float64Array[]) => Float64Array[];

/** The estimator that needs a batch of n episodes of another policy. */
export function selfNormalised(gamma: number, n: number): Estimator {
  return {
    name: 'self-normalised ratio',
    formula: 'ρ(τ) R(τ) / mean ρ of this batch',
    unbiased: false,
    size: n,
    weights(batch) {
      const rho = selfNormalize(Float64Array.from(batch, (e) => whole(e)[0]));
      return batch.map((e, i) => scaled(fullReturns(e.reward, gamma, 0), rho[i] / n));
    },
  };
}
