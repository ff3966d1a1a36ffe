import { chance, count, plural, share } from '../../../report/format.ts';
import type { Finding, Table } from '../../../report/page.ts';
import { samplesToFind } from '../../../statistics/chi-square.ts';
import type { Matrix } from '../../../statistics/matrix.ts';
import { type Estimator, onPolicy, pick } from '../../estimators.ts';
import { smallLqr } from '../../problems.ts';

/** Probability that any of a problem's tests fails though all that is claimed is true. */
export const familyLevel = 1e-6;
/** A bias of this share of |grad J|, in whatever direction, is found with this probability. */
export const findable = { bias: 0.03, power: 0.99 };

const [toGo] = pick(onPolicy(smallLqr.gamma, []), 'reward-to-go');

/** Reward-to-go that is 3 % too long. */
export const planted: Estimator = {
  ...toGo,
  name: 'reward-to-go, 3 % planted',
  formula: '1.03 γᵗ Gₜ',
  unbiased: false,
  weights: (batch) => toGo.weights(batch).map((w) => w.map((value) => (1 + findable.bias) * value)),
};

/** What a test found out about one estimator. */
export interface Tested {
  readonly estimator: Estimator;
  /** |E g - grad J| / |grad J|: enumerated, or as measured. */
  readonly bias: number;
  readonly n: number;
  /** Of T^2 against grad J. */
  readonly p: number;
  readonly holds: boolean;
}

/** How many samples a test of level alpha needs, for a gradient of length `size`. */
export function samplesNeeded(size: number, covariance: Matrix, alpha: number): number {
  return samplesToFind(findable.bias * size, covariance, alpha, findable.power);
}

/** One finding for all unbiased estimators, one for all biased ones; those that fail are named. */
export function statements(where: string, tested: readonly Omit<Tested, 'p'>[], biasedText: string): Finding[] {
  return [true, false].map((isUnbiased) => {
    const group = tested.filter(({ estimator }) => estimator.unbiased === isUnbiased);
    const failed = group.filter((one) => !one.holds).map(({ estimator }) => estimator.name);
    const text = isUnbiased
      ? `${plural(group.length, 'unbiased estimator')} ${where}: ${group.length === 1 ? 'unbiased' : 'all unbiased'}`
      : `${plural(group.length, 'biased estimator')} ${where}: ${biasedText}`;
    return { text: failed.length ? `${text}; not so: ${failed.join(', ')}` : text, holds: failed.length === 0 };
  });
}

export function plantedFound(where: string, tested: readonly Tested[], alpha: number): Finding {
  const p = tested.find(({ estimator }) => estimator === planted)?.p ?? 1;
  return {
    text: `a bias of 3 % planted into reward-to-go is found ${where}: p ${p < 1e-15 ? chance(p) : `= ${chance(p)}`}, the level is ${chance(alpha)}`,
    holds: p < alpha,
  };
}

const columns = ['estimator', 'weight of ∇ log π(aₜ | sₜ)', 'theory', '|bias| / |∇J|'];

function cells({ estimator, bias }: Pick<Tested, 'estimator' | 'bias'>): string[] {
  return [estimator.name, estimator.formula, estimator.unbiased ? 'unbiased' : 'biased', share(bias)];
}

export function biasTable(title: string, rows: readonly Pick<Tested, 'estimator' | 'bias'>[], note: string): Table {
  return { title, columns, detail: 1, formulas: 1, rows: rows.map(cells), note };
}

export function testTable(title: string, tested: readonly Tested[], alpha: number, note: string): Table {
  return {
    title,
    columns: [...columns, 'n', 'p', 'test'],
    detail: 1,
    formulas: 1,
    rows: tested.map((row) => [
      ...cells(row),
      count(row.n),
      chance(row.p),
      row.p >= alpha ? 'no bias found' : 'bias found',
    ]),
    note: `${note} A test finds a bias where p < ${chance(alpha)}, which is 1e-6 shared among all of them.`,
  };
}
