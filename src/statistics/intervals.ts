import { cos, sin } from '../../envs/math/kernels.ts';
import { type Random, stream } from '../../envs/math/random.ts';
import { bisect } from './chi-square.ts';

/** Two-sided 95 % quantile of the standard normal. */
const z = 1.959963984540054;

export type Interval = readonly [low: number, high: number];

/** What holds both intervals. */
export function hull(a: Interval, b: Interval): Interval {
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Wilson's 95 % interval for a proportion: sound for rates near 0 and 1, where the normal one is not. */
export function proportionInterval(rate: number, n: number): Interval {
  const center = (rate + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((rate * (1 - rate)) / n + (z * z) / (4 * n * n));
  // It holds the rate itself; at rates of 0 and 1, but for rounding, it ends there.
  return [Math.max(0, Math.min(rate, center - half)), Math.min(1, Math.max(rate, center + half))];
}

/** Student's 95 % interval of a mean; null for fewer than two values, which say nothing of how far they scatter. */
export function meanInterval(values: readonly number[]): Interval | null {
  const n = values.length;
  if (n < 2) return null;
  const center = mean(values);
  const variance = values.reduce((sum, value) => sum + (value - center) * (value - center), 0) / (n - 1);
  const half = studentQuantile(n - 1) * Math.sqrt(variance / n);
  return [center - half, center + half];
}

/** From so many degrees of freedom on, the first terms of Student's quantile in 1 / d leave less than 1e-8 of it. */
const many = 200;

/**
 * Two-sided 95 % quantile of Student's t with d degrees of freedom. With t = sqrt(d) tan(theta), P(|T| <= t) is the integral of
 * cos^(d-1) up to theta over that up to pi / 2, and both follow from I_k = cos^(k-1) sin / k + (k - 1) / k I_(k-2).
 */
export function studentQuantile(d: number): number {
  // Abramowitz and Stegun 26.7.5
  const s = z * z;
  const terms = [1, (s + 1) / 4, ((5 * s + 16) * s + 3) / 96, (((3 * s + 19) * s + 17) * s - 15) / 384];
  if (d > many) return terms.reduceRight((sum, term) => term + sum / d, 0) * z;
  const within = (theta: number) => cosinePower(d - 1, theta) / cosinePower(d - 1, Math.PI / 2);
  const theta = bisect((angle) => 0.95 - within(angle), 0, Math.PI / 2);
  return (Math.sqrt(d) * sin(theta)) / cos(theta);
}

/** Integral of cos^k from 0 to theta. */
function cosinePower(k: number, theta: number): number {
  const [c, s] = [cos(theta), sin(theta)];
  let [integral, power] = k % 2 ? [s, c * c] : [theta, c];
  for (let j = k % 2 ? 3 : 2; j <= k; j += 2) {
    integral = (power * s + (j - 1) * integral) / j;
    power *= c * c;
  }
  return integral;
}

/** Two sets of values on the same cases. */
export interface Paired {
  /** mean(a) - mean(b), and Student's 95 % interval of it: what the cases share cancels. */
  readonly difference: number;
  readonly differenceInterval: Interval | null;
  /** mean(a) / mean(b), and its 95 % interval: bootstrap over the cases; null for fewer than ten, where it holds too rarely. */
  readonly ratio: number;
  readonly ratioInterval: Interval | null;
}

const fewest = 10;

/** @param b as many as a, in the same order, with a mean that is not 0 */
export function paired(a: readonly number[], b: readonly number[]): Paired {
  const cases = a.map((_, i) => i);
  const sum = (values: readonly number[], of: readonly number[]) => of.reduce((total, i) => total + values[i], 0);
  const ratio = (of: readonly number[]) => sum(a, of) / sum(b, of);
  return {
    difference: (sum(a, cases) - sum(b, cases)) / a.length,
    differenceInterval: meanInterval(a.map((value, i) => value - b[i])),
    ratio: ratio(cases),
    ratioInterval: a.length < fewest ? null : bootstrapInterval(cases, ratio, 2000, 0),
  };
}

/** The quantile p in [0, 1] of the values, linear between two in order: at position p (n - 1), as in NumPy. */
export function quantile(values: readonly number[], p: number): number {
  return quantileOfOrdered(ordered(values), p);
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/**
 * Interquartile mean, the mean of the middle half: as robust as a median, and of less variance.
 *
 *   IQM(x) = sum_i w_i x_(i) / (n / 2),   w_i = max(0, min(i + 1, 3n / 4) - max(i, n / 4)),   i = 0 .. n - 1
 *
 * with x_(i) in ascending order. A quarter of the mass goes at either end; where n / 4 is no whole number, the value at the cut
 * keeps the fraction of itself that lies inside. Recommended for a few runs by Agarwal et al., "Deep reinforcement
 * learning at the edge of the statistical precipice", NeurIPS 2021. Their rliable cuts whole values, floor(n / 4) of
 * them at either end, so for n not divisible by 4 it keeps a little more than the middle half, and differs a little.
 */
export function interquartileMean(values: readonly number[]): number {
  const n = values.length;
  const weight = (i: number) => Math.max(0, Math.min(i + 1, (3 * n) / 4) - Math.max(i, n / 4));
  return ordered(values).reduce((sum, value, i) => sum + weight(i) * value, 0) / (n / 2);
}

/**
 * 95 % percentile bootstrap interval of a statistic of independent runs: the 2.5 % and 97.5 % quantiles of
 *
 *   statistic(x*_1), .., statistic(x*_B),   x*_b = n draws from x with replacement
 *
 * (Efron 1979; for runs of learning, Agarwal et al. 2021, section 4.1). Their bootstrap is stratified: it redraws the runs of each
 * task by themselves. With one task and one algorithm in `values` there is one stratum, and this is that bootstrap.
 */
export function bootstrapInterval(
  values: readonly number[],
  statistic: (values: readonly number[]) => number,
  resamples: number,
  seed: number,
): Interval {
  const [interval] = bootstrapBand([values], statistic, resamples, seed);
  return interval;
}

/**
 * The same at every point of curves, from the same draws: whole runs are drawn, not points of them. Each interval holds
 * at its point; they do not hold jointly.
 * @param points the runs' values at every point, runs in the same order
 */
export function bootstrapBand(
  points: readonly (readonly number[])[],
  statistic: (values: readonly number[]) => number,
  resamples: number,
  seed: number,
): Interval[] {
  const of = (draw: Int32Array) => points.map((values) => statistic(Array.from(draw, (i) => values[i])));
  const found = bootstrap(points[0]?.length ?? 0, of, stream(seed, 'bootstrap'), resamples);
  return found.map((values) => [quantileOfOrdered(values, 0.025), quantileOfOrdered(values, 0.975)]);
}

/**
 * 95 % interval of a location of independent runs, their mean or interquartile mean: what holds both the bootstrap's and Student's about
 * the value. Of few runs the percentile bootstrap alone holds too rarely, 75 times in 100 of three and 90 of five; Student's alone
 * does where runs fall into two kinds. Together they hold 93 to 97 times in 100, of two runs and more; neither tells of
 * a kind of run that none of the few was. Null of a single run, which says nothing of how far others scatter.
 * @param possible what values can be, which the interval does not leave
 */
export function runsInterval(
  values: readonly number[],
  statistic: (values: readonly number[]) => number,
  resamples: number,
  seed: number,
  possible?: Interval,
): Interval | null {
  return runsBand([values], statistic, resamples, seed, possible)?.[0] ?? null;
}

/**
 * The same at every point of curves, from the same draws.
 * @param points as of `bootstrapBand`
 */
export function runsBand(
  points: readonly (readonly number[])[],
  statistic: (values: readonly number[]) => number,
  resamples: number,
  seed: number,
  [least, most]: Interval = [-Infinity, Infinity],
): Interval[] | null {
  if ((points[0]?.length ?? 0) < 2) return null;
  return bootstrapBand(points, statistic, resamples, seed).map((interval, i): Interval => {
    const [below, above] = meanInterval(points[i]) ?? interval;
    const [value, half] = [statistic(points[i]), (above - below) / 2];
    const [low, high] = hull(interval, [value - half, value + half]);
    return [Math.max(least, low), Math.min(most, high)];
  });
}

/**
 * 95 % interval of a rate over runs, each of which is a share of `n` cases of its own: that of the runs, and of all the cases together,
 * where runs that are alike say less than that.
 */
export function ratesInterval(rates: readonly number[], n: number, resamples: number, seed: number): Interval | null {
  const found = runsInterval(rates, mean, resamples, seed, [0, 1]);
  return found && hull(found, proportionInterval(mean(rates), n * rates.length));
}

/** Values of statistics [statistic][resamples], each in ascending order, of n things that are drawn anew by their indices [n]. */
export function bootstrap(
  n: number,
  statistics: (indices: Int32Array) => readonly number[],
  random: Random,
  resamples: number,
): Float64Array[] {
  const indices = new Int32Array(n);
  const found = Array.from({ length: resamples }, () => statistics(indices.map(() => random.below(n))));
  return (found[0] ?? []).map((_, k) => Float64Array.from(found, (values) => values[k]).sort());
}

/** The middle 95 % of ascending values, each end one of them. */
export function middle(values: Float64Array): Interval {
  return [values[Math.floor(0.025 * values.length)], values[Math.ceil(0.975 * values.length) - 1]];
}

function ordered(values: readonly number[]): number[] {
  return [...values].sort((a, b) => a - b);
}

function quantileOfOrdered(values: ArrayLike<number>, p: number): number {
  const at = p * (values.length - 1);
  const below = Math.floor(at);
  const [low, high] = [values[below], values[Math.min(below + 1, values.length - 1)]];
  // Not low + (high - low) t, which can miss `high` by a rounding where both are the same.
  return low === high ? low : low * (1 - (at - below)) + high * (at - below);
}
