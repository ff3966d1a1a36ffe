import { fullGaussian } from '../policy/distributions/full.ts';
import { add, type Matrix, multiply, trace, transpose, zeros } from '../statistics/matrix.ts';

/**
 * The linear-quadratic problem: s_{t+1} = A s_t + B a_t + w_t with w ~ N(0, W), r(s, a) = bonus - s^T Q s - a^T R a, T steps, and
 * a policy N(K s, L L^T). Its objective and its gradient have closed forms; nothing about it is finite.
 */
export interface Lqr {
  readonly a: Matrix;
  readonly b: Matrix;
  readonly q: Matrix;
  readonly r: Matrix;
  /** What each step is worth by itself. */
  readonly bonus: number;
  /** W is diagonal: standard deviations of w. */
  readonly noise: readonly number[];
  /** s_0 ~ N(mean, diag deviation^2) */
  readonly start: { readonly mean: readonly number[]; readonly deviation: readonly number[] };
  readonly horizon: number;
  readonly gamma: number;
}

/** theta [P]: K [actions, states] by rows, then the full Gaussian's parameters phi of L (src/policy/distributions/full.ts). */
interface LinearGaussian {
  readonly k: Matrix;
  readonly phi: Float64Array;
}

export function split({ a, b }: Lqr, theta: Float64Array): LinearGaussian {
  const [states, actions] = [a.length, b[0].length];
  return {
    k: Array.from({ length: actions }, (_, i) => Array.from(theta.subarray(i * states, (i + 1) * states))),
    phi: theta.subarray(actions * states),
  };
}

/** diag(values^2) */
export const diagonal = (values: readonly number[]) =>
  values.map((value, i) => values.map((_, j) => (i === j ? value * value : 0)));

/** L [actions][actions], lower */
function factor({ b }: Lqr, phi: Float64Array): number[][] {
  const actions = b[0].length;
  const flat = fullGaussian.create(actions, 0).scale(new Float64Array(actions), phi, 1);
  return Array.from({ length: actions }, (_, i) => Array.from(flat.subarray(i * actions, (i + 1) * actions)));
}

/**
 * V_t(s) = -s^T P_t s - c_t, backwards from P_T = 0, c_T = 0, with the closed loop C = A + B K (Riccati's recursion for a
 * given K):
 *
 *   P_t = Q + K^T R K + gamma C^T P_{t+1} C
 *   c_t = -bonus + tr(H_t Sigma) + gamma tr(P_{t+1} W) + gamma c_{t+1},   H_t = R + gamma B^T P_{t+1} B
 */
export function riccati(lqr: Lqr, { k, phi }: LinearGaussian) {
  const { a, b, q, r, horizon, gamma } = lqr;
  const l = factor(lqr, phi);
  const sigma = multiply(l, transpose(l));
  const closed = add(a, multiply(b, k));
  const p: Matrix[] = new Array(horizon + 1);
  const h: Matrix[] = new Array(horizon);
  const c = new Float64Array(horizon + 1);
  p[horizon] = zeros(a.length, a.length);
  for (let t = horizon - 1; t >= 0; t--) {
    h[t] = add(r, multiply(transpose(b), p[t + 1], b), gamma);
    p[t] = add(add(q, multiply(transpose(k), r, k)), multiply(transpose(closed), p[t + 1], closed), gamma);
    c[t] =
      -lqr.bonus +
      trace(multiply(h[t], sigma)) +
      gamma * trace(multiply(p[t + 1], diagonal(lqr.noise))) +
      gamma * c[t + 1];
  }
  return { p, h, c, l, sigma, closed };
}

/** E s_0 s_0^T */
function startMoment({ start }: Lqr): Matrix {
  return add(
    start.mean.map((x) => start.mean.map((y) => x * y)),
    diagonal(start.deviation),
  );
}

/** J = -tr(P_0 M_0) - c_0, M_0 = E s_0 s_0^T */
export function objective(lqr: Lqr, theta: Float64Array): number {
  const { p, c } = riccati(lqr, split(lqr, theta));
  return -trace(multiply(p[0], startMoment(lqr))) - c[0];
}

/**
 * grad J, forwards with Lyapunov's recursion for M_t = E s_t s_t^T, M_{t+1} = C M_t C^T + B Sigma B^T + W:
 *
 *   dJ/dK = -2 sum_t gamma^t (H_t K + gamma B^T P_{t+1} A) M_t
 *   dJ/dL = -2 sum_t gamma^t H_t L, its lower triangle; a diagonal entry of L is exp phi
 */
export function gradient(lqr: Lqr, theta: Float64Array): Float64Array {
  const { a, b, gamma, horizon } = lqr;
  const { k, phi } = split(lqr, theta);
  const { p, h, l, sigma, closed } = riccati(lqr, { k, phi });
  let byK: Matrix = zeros(k.length, a.length);
  let byL: Matrix = zeros(k.length, k.length);
  let m = startMoment(lqr);
  let discount = 1;
  for (let t = 0; t < horizon; t++) {
    const slope = add(multiply(h[t], k), multiply(transpose(b), p[t + 1], a), gamma);
    byK = add(byK, multiply(slope, m), -2 * discount);
    byL = add(byL, multiply(h[t], l), -2 * discount);
    m = add(add(multiply(closed, m, transpose(closed)), multiply(b, sigma, transpose(b))), diagonal(lqr.noise));
    discount *= gamma;
  }
  const out = Float64Array.from([...byK.flat(), ...phi.map(() => 0)]);
  let at = k.length * a.length;
  for (let i = 0; i < k.length; i++) out[at++] = byL[i][i] * l[i][i];
  for (let i = 0; i < k.length; i++) for (let j = 0; j < i; j++) out[at++] = byL[i][j];
  return out;
}
