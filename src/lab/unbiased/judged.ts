import { type Estimator, onPolicy } from '../estimators.ts';
import { smallLqr } from '../problems.ts';
import { chance, type Finding, integer, plural, share, type Table } from '../section.ts';

/** Probability that any of a problem's tests fails though all that is claimed is true. */
export const familyLevel = 1e-6;
/** A bias of this share of |grad J|, in whatever direction, is found with this probability. */
export const findable = { bias: 0.03, power: 0.99 };

const toGo = onPolicy(smallLqr.gamma, []).find(({ name }) => name === 'reward-to-go') as Estimator;

/** Reward-to-go that is 3 % too long. */
export const planted: Estimator = {
  ...toGo,
  name: 'reward-to-go, 3 % planted',
  formula: '1.03 γᵗ Gₜ',
  unbiased: false,
  weights: (batch) => toGo.weights(batch).map((w) => w.map((value) => (1 + findable.bias) * value)),
};

/** What was found out about one estimator. */
export interface Judged {
  readonly estimator: Estimator;
  /** |E g - grad J| / |grad J|: enumerated, or as measured. */
  readonly bias: number;
  readonly n: number;
  /** Of T^2 against grad J. */
  readonly p: number;
  readonly holds: boolean;
}

/** One finding for all unbiased estimators, one for all biased ones; those that fail are named. */
export function statements(where: string, judged: readonly Judged[], biasedText: string): Finding[] {
  return [true, false].map((isUnbiased) => {
    const group = judged.filter(({ estimator }) => estimator.unbiased === isUnbiased);
    const failed = group.filter((one) => !one.holds).map(({ estimator }) => estimator.name);
    const text = isUnbiased
      ? `${plural(group.length, 'unbiased estimator')} ${where}: ${group.length === 1 ? 'unbiased' : 'all unbiased'}`
      : `${plural(group.length, 'biased estimator')} ${where}: ${biasedText}`;
    return { text: failed.length ? `${text}; not so: ${failed.join(', ')}` : text, holds: failed.length === 0 };
  });
}

export function plantedFound(where: string, judged: readonly Judged[], alpha: number): Finding {
  const p = judged.find(({ estimator }) => estimator === planted)?.p ?? 1;
  return {
    text: `a bias of 3 % planted into reward-to-go is found ${where}: p ${p < 1e-15 ? chance(p) : `= ${chance(p)}`}, the level is ${chance(alpha)}`,
    holds: p < alpha,
  };
}

export function tableOf(title: string, judged: readonly Judged[], alpha: number, note: string): Table {
  return {
    title,
    columns: ['estimator', 'weight of ∇ log π(aₜ | sₜ)', 'theory', '|bias| / |∇J|', 'n', 'p', 'test'],
    detail: 1,
    rows: judged.map(({ estimator, bias, n, p }) => [
      estimator.name,
      estimator.formula,
      estimator.unbiased ? 'unbiased' : 'biased',
      share(bias),
      integer(n),
      chance(p),
      p >= alpha ? 'no bias found' : 'bias found',
    ]),
    note: `${note} A test finds a bias where p < ${chance(alpha)}, which is 1e-6 shared among all of them.`,
  };
}
