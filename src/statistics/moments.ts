import { type Matrix, trace, zeros } from './matrix.ts';

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

/** Standard deviation of the trace of the covariance as measured from n samples. */
export function traceDeviation({ covariance, fourth }: Moments, n: number): number {
  const exact = trace(covariance);
  return Math.sqrt(Math.max(0, fourth - exact * exact) / n);
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
