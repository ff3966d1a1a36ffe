import { exp, log } from '../../envs/math/kernels.ts';
import { largestEigenvalue, type Matrix, solve } from './matrix.ts';
import type { Moments } from './moments.ts';

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
export function bisect(f: (x: number) => number, low: number, high: number): number {
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
