import { exp, log } from '../../envs/math/kernels.ts';
import type { Random } from '../../envs/math/random.ts';
import type { Interval } from '../report/statistics.ts';
import { largestEigenvalue, type Matrix, solve, trace, zeros } from './matrix.ts';

/** Mean [P] and covariance of a random vector, and the second moment of |x - mean|^2, which says how well they can be measured. */
export interface Moments {
  /** How many were measured; infinite where all were enumerated. */
  readonly count: number;
  readonly mean: Float64Array;
  readonly covariance: Matrix;
  /** E |x - mean|^4 */
  readonly fourth: number;
}

/** Moments of vectors that occur with the given probabilities (or counts, which are divided by their sum). */
export function momentsOf(vectors: readonly Float64Array[], weights: ArrayLike<number>, count = Infinity): Moments {
  const size = vectors[0].length;
  let total = 0;
  for (let i = 0; i < vectors.length; i++) total += weights[i];
  const mean = new Float64Array(size);
  vectors.forEach((x, i) => {
    for (let j = 0; j < size; j++) mean[j] += (weights[i] / total) * x[j];
  });
  const covariance = zeros(size, size);
  let fourth = 0;
  vectors.forEach((x, i) => {
    const p = weights[i] / total;
    if (p === 0) return;
    let squared = 0;
    for (let j = 0; j < size; j++) {
      const a = x[j] - mean[j];
      squared += a * a;
      for (let k = 0; k <= j; k++) covariance[j][k] += p * a * (x[k] - mean[k]);
    }
    fourth += p * squared * squared;
  });
  for (let j = 0; j < size; j++) for (let k = 0; k < j; k++) covariance[k][j] = covariance[j][k];
  return { count, mean, covariance, fourth };
}

/**
 * Moments of vectors that come one at a time and are too many to keep. Sums are taken about `origin`, which has only to be
 * of the mean's size for the differences to keep their digits.
 */
export class Accumulator {
  private count = 0;
  private readonly origin: Float64Array;
  private readonly sum: Float64Array;
  private readonly products: Float64Array;

  constructor(origin: Float64Array) {
    this.origin = origin;
    this.sum = new Float64Array(origin.length);
    this.products = new Float64Array(origin.length * origin.length);
  }

  add(x: Float64Array): void {
    const { origin, sum, products } = this;
    const size = origin.length;
    this.count++;
    for (let i = 0; i < size; i++) {
      const a = x[i] - origin[i];
      sum[i] += a;
      for (let j = 0; j <= i; j++) products[i * size + j] += a * (x[j] - origin[j]);
    }
  }

  /** Mean and covariance so far; the fourth moment is not kept. */
  moments(): Moments {
    const { count, origin, sum, products } = this;
    const size = origin.length;
    const shift = sum.map((value) => value / count);
    const covariance = zeros(size, size);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) {
        covariance[i][j] = products[i * size + j] / count - shift[i] * shift[j];
        covariance[j][i] = covariance[i][j];
      }
    }
    return { count, mean: shift.map((value, i) => value + origin[i]), covariance, fourth: Number.NaN };
  }
}

export function momentsOfSample(vectors: readonly Float64Array[]): Moments {
  return momentsOf(vectors, new Float64Array(vectors.length).fill(1), vectors.length);
}

/** log Gamma(d / 2) for a whole d > 0: the recursion Gamma(x + 1) = x Gamma(x) from Gamma(1) or Gamma(1/2) = sqrt(pi). */
function logGammaHalf(d: number): number {
  let out = d % 2 ? 0.5 * log(Math.PI) : 0;
  for (let x = d % 2 ? 0.5 : 1; x < d / 2; x++) out += log(x);
  return out;
}

/** P(chi^2_d <= x), by the series of the incomplete gamma function: all its terms are positive. */
export function chiSquareBelow(x: number, d: number): number {
  if (x <= 0) return 0;
  let term = exp((d / 2) * log(x / 2) - x / 2 - logGammaHalf(d + 2));
  let sum = 0;
  for (let k = 1; term > 1e-18 * sum || 2 * k < x; k++) {
    sum += term;
    term *= x / 2 / (d / 2 + k);
  }
  return Math.min(1, sum);
}

/** P(chi^2_d > x), by Legendre's continued fraction where the series would lose digits in 1 - P. */
export function chiSquareAbove(x: number, d: number): number {
  if (x < d + 2) return 1 - chiSquareBelow(x, d);
  const [a, y] = [d / 2, x / 2];
  let fraction = 0;
  for (let k = 400; k > 0; k--) fraction = (k * (a - k)) / (y + 2 * k + 1 - a + fraction);
  return exp(a * log(y) - y - logGammaHalf(d)) / (y + 1 - a + fraction);
}

/** The value that chi^2_d exceeds with probability alpha. */
export function chiSquareQuantile(alpha: number, d: number): number {
  return bisect((x) => chiSquareAbove(x, d) - alpha, 0, 1000);
}

/** z that |N(0, 1)| exceeds with probability alpha. */
export function normalQuantile(alpha: number): number {
  return Math.sqrt(chiSquareQuantile(alpha, 1));
}

/** P(chi^2_d(noncentrality) > x): a Poisson mixture of chi^2_{d + 2k}. */
export function noncentralAbove(x: number, d: number, noncentrality: number): number {
  let out = 0;
  let logWeight = -noncentrality / 2;
  for (let k = 0; k < 2000; k++) {
    if (k > 0) logWeight += log(noncentrality / 2 / k);
    const weight = exp(logWeight);
    if (2 * k > noncentrality && weight < 1e-15) break;
    out += weight * chiSquareAbove(x, d + 2 * k);
  }
  return out;
}

/** The noncentrality with which a chi^2_d test of level alpha finds what there is with the given power. */
export function requiredNoncentrality(alpha: number, d: number, power: number): number {
  const critical = chiSquareQuantile(alpha, d);
  return bisect((lambda) => power - noncentralAbove(critical, d, lambda), 1e-9, 1000);
}

/** The root of a function that falls from positive to negative between low and high. */
function bisect(f: (x: number) => number, low: number, high: number): number {
  let [a, b] = [low, high];
  for (let k = 0; k < 100; k++) {
    const middle = (a + b) / 2;
    if (f(middle) > 0) a = middle;
    else b = middle;
  }
  return (a + b) / 2;
}

/**
 * Hotelling's T^2 = n (m - mu)^T S^-1 (m - mu), and the probability that chi^2_P exceeds it. For the n of the laboratory
 * (10^5 and more, P below 10) the exact F quantile differs from chi^2's by less than a part in a thousand.
 */
export function hotelling({ count, mean, covariance }: Moments, expected: Float64Array): { t2: number; p: number } {
  const difference = mean.map((value, i) => value - expected[i]);
  const solved = solve(covariance, difference);
  const t2 = count * difference.reduce((sum, value, i) => sum + value * solved[i], 0);
  return { t2, p: chiSquareAbove(t2, mean.length) };
}

/**
 * How many samples find, with `power`, any bias as long as `bias`: in the worst direction, the one of the largest
 * variance, its noncentrality is n bias^2 / (largest eigenvalue of the covariance).
 */
export function samplesToFind(bias: number, covariance: Matrix, alpha: number, power: number): number {
  const needed = requiredNoncentrality(alpha, covariance.length, power);
  return Math.ceil((needed * largestEigenvalue(covariance)) / (bias * bias));
}

/** Standard deviation of the trace of the covariance as measured from n samples. */
export function traceDeviation({ covariance, fourth }: Moments, n: number): number {
  const exact = trace(covariance);
  return Math.sqrt(Math.max(0, fourth - exact * exact) / n);
}

/** 95 % bootstrap interval (percentiles) of a statistic of n things, drawn anew by their indices. */
export function bootstrap(
  n: number,
  statistic: (indices: Int32Array) => number,
  random: Random,
  repetitions = 400,
): Interval {
  const values = new Float64Array(repetitions);
  const indices = new Int32Array(n);
  for (let k = 0; k < repetitions; k++) {
    for (let i = 0; i < n; i++) indices[i] = random.below(n);
    values[k] = statistic(indices);
  }
  values.sort();
  return [values[Math.floor(0.025 * repetitions)], values[Math.ceil(0.975 * repetitions) - 1]];
}

/** Trace of the covariance of the chosen vectors [n][P]. */
export function traceOf(vectors: readonly Float64Array[], indices: Int32Array): number {
  const size = vectors[0].length;
  const sum = new Float64Array(size);
  let squares = 0;
  for (const i of indices) {
    const x = vectors[i];
    for (let j = 0; j < size; j++) {
      sum[j] += x[j];
      squares += x[j] * x[j];
    }
  }
  const n = indices.length;
  return (squares - sum.reduce((total, value) => total + value * value, 0) / n) / (n - 1);
}

/** Slope of the least-squares line through points, and how far it strays when each y does by `deviation`. */
export function slopeOf(x: readonly number[], y: readonly number[], deviation: readonly number[] = []) {
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const spread = x.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
  const weights = x.map((value) => (value - mean) / spread);
  const slope = weights.reduce((sum, w, i) => sum + w * y[i], 0);
  const variance = deviation.reduce((sum, value, i) => sum + weights[i] * weights[i] * value * value, 0);
  return { slope, deviation: Math.sqrt(variance) };
}
