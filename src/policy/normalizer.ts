/**
 * Running mean and variance of observations. It is a part of the policy: statistics lost between training and use give
 * another policy. Statistics stand still while a batch is collected and take the batch in afterwards.
 */
export interface Normalizer {
  /** Observations taken in so far. */
  count: number;
  /** [O] */
  readonly mean: Float64Array;
  /** Sum of squared deviations from the mean [O]. */
  readonly squares: Float64Array;
}

/** Where normalised observations are clipped. */
export const clipAt = 10;
const epsilon = 1e-8;

export function createNormalizer(size: number): Normalizer {
  return { count: 0, mean: new Float64Array(size), squares: new Float64Array(size) };
}

/** Takes in observations [n, O] (Chan, Golub and LeVeque's update of a mean and a sum of squares by a batch). */
export function takeIn(normalizer: Normalizer, obs: Float32Array): void {
  const size = normalizer.mean.length;
  const n = obs.length / size;
  const total = normalizer.count + n;
  for (let j = 0; j < size; j++) {
    let mean = 0;
    for (let i = j; i < obs.length; i += size) mean += obs[i];
    mean /= n;
    let squares = 0;
    for (let i = j; i < obs.length; i += size) squares += (obs[i] - mean) * (obs[i] - mean);
    const delta = mean - normalizer.mean[j];
    normalizer.squares[j] += squares + (delta * delta * normalizer.count * n) / total;
    normalizer.mean[j] += (delta * n) / total;
  }
  normalizer.count = total;
}

/** What the normaliser divides by [O]: standard deviations, 1 while nothing was taken in. */
export function deviations({ count, squares }: Normalizer): Float64Array {
  return squares.map((sum) => (count ? Math.sqrt(sum / count + epsilon) : 1));
}

/** (s - mean) / standard deviation, clipped at 10; the observation itself while nothing was taken in [n, O]. */
export function normalize(normalizer: Normalizer, obs: Float32Array, out: Float64Array): Float64Array {
  const { mean, squares, count } = normalizer;
  const size = mean.length;
  for (let j = 0; j < size; j++) {
    const scale = count ? 1 / Math.sqrt(squares[j] / count + epsilon) : 1;
    for (let i = j; i < obs.length; i += size) {
      out[i] = Math.min(Math.max((obs[i] - mean[j]) * scale, -clipAt), clipAt);
    }
  }
  return out;
}
