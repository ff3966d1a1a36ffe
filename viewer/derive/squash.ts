/** The largest number below 1 that float32 has: artanh of the edge itself is infinite. */
const edge = 1 - 1 / 16777216;

/** u of a = tanh(u) */
export function unsquash(a: number): number {
  return Math.atanh(Math.min(Math.max(a, -edge), edge));
}

/** E[log(1 - tanh(u)^2)] for u of N(mean, sigma^2): by how much tanh changes the entropy of a component, nats. */
export function squashedEntropy(mean: number, sigma: number): number {
  const step = 0.25;
  let [sum, weights] = [0, 0];
  for (let z = -6; z <= 6; z += step) {
    const weight = Math.exp(-0.5 * z * z);
    sum += weight * logSlope(mean + sigma * z);
    weights += weight;
  }
  return sum / weights;
}

/** log(1 - tanh(u)^2), without the difference that loses all digits far out. */
function logSlope(u: number): number {
  const size = Math.abs(u);
  return 2 * (Math.LN2 - size - Math.log1p(Math.exp(-2 * size)));
}
