import type { Random } from '../../envs/math/random.ts';
import { fullGaussian } from '../policy/distributions/full.ts';
import type { Episode } from './estimators.ts';
import { add, type Matrix, multiply, trace, transpose, zeros } from './matrix.ts';

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

/** theta [P]: K [actions, states] by rows, then the full Gaussian's parameters phi of L (src/distributions/full.ts). */
export interface LinearGaussian {
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

const diagonal = (values: readonly number[]) =>
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
function riccati(lqr: Lqr, { k, phi }: LinearGaussian) {
  const { a, b, q, r, horizon, gamma } = lqr;
  const l = factor(lqr, phi);
  const sigma = multiply(l, transpose(l));
  const closed = add(a, multiply(b, k));
  const p: Matrix[] = new Array(horizon + 1);
  const h: Matrix[] = new Array(horizon);
  const c = new Float64Array(horizon + 1);
  p[horizon] = zeros(a.length, a.length);
  for (let t = horizon - 1; t >= 0; t--) {
    h[t] = add(r, multiply(transpose(b), multiply(p[t + 1], b)), gamma);
    p[t] = add(
      add(q, multiply(transpose(k), multiply(r, k))),
      multiply(transpose(closed), multiply(p[t + 1], closed)),
      gamma,
    );
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
    const slope = add(multiply(h[t], k), multiply(transpose(b), multiply(p[t + 1], a)), gamma);
    byK = add(byK, multiply(slope, m), -2 * discount);
    byL = add(byL, multiply(h[t], l), -2 * discount);
    m = add(
      add(multiply(closed, multiply(m, transpose(closed))), multiply(b, multiply(sigma, transpose(b)))),
      diagonal(lqr.noise),
    );
    discount *= gamma;
  }
  const out = Float64Array.from([...byK.flat(), ...phi.map(() => 0)]);
  let at = k.length * a.length;
  for (let i = 0; i < k.length; i++) out[at++] = byL[i][i] * l[i][i];
  for (let i = 0; i < k.length; i++) for (let j = 0; j < i; j++) out[at++] = byL[i][j];
  return out;
}

/** An episode, and the score grad_theta log pi(a_t | s_t) [T][P] of each of its steps under the policy `of`. */
export interface Played {
  readonly episode: Episode;
  /** s_0 .. s_T [T + 1, states] */
  readonly states: Float64Array;
  /** [T, actions] */
  readonly act: Float32Array;
  readonly scores: readonly Float64Array[];
}

/** Plays episodes of the policy `acting`, for an estimator of the gradient at `of`. */
export function createPlayer(lqr: Lqr, of: Float64Array, acting: Float64Array, fits: LqrFits = {}) {
  const { horizon: steps, gamma } = lqr;
  const [states, actions] = [lqr.a.length, lqr.b[0].length];
  const distribution = fullGaussian.create(actions, 0);
  const [target, behaviour] = [split(lqr, of), split(lqr, acting)];
  const { p, c } = riccati(lqr, target);
  const [a, b, q, r] = [lqr.a, lqr.b, lqr.q, lqr.r].map(map);
  const [follow, judge] = [map(behaviour.k), map(target.k)];
  const worth = p.map(map);
  const spread = p.map((matrix) => trace(multiply(matrix, diagonal(lqr.noise))));
  const one = Float64Array.of(1);
  const critic = fits.critic ?? (() => 0);

  /** -s^T P_t s - c_t */
  const value = (t: number, s: Float64Array) => -inner(s, worth[t](s)) - c[t];

  return (random: Random): Played => {
    const reward = new Float64Array(steps);
    const [logp, logpOld] = [new Float64Array(steps), new Float64Array(steps)];
    const exact = { value: new Float64Array(steps + 1), q: new Float64Array(steps) };
    const valued = new Float64Array(steps + 1);
    const visited = new Float64Array((steps + 1) * states);
    // A copy, not a part: a view makes V8 move so small an array to a buffer of its own, which costs more than all else.
    const features = new Float64Array(steps * states);
    const acts = new Float32Array(steps * actions);
    const scores: Float64Array[] = new Array(steps);
    let s = new Float64Array(lqr.start.mean);
    for (let i = 0; i < states; i++) s[i] += lqr.start.deviation[i] * random.normal();
    for (let t = 0; t < steps; t++) {
      const noise = new Float64Array(actions);
      for (let i = 0; i < actions; i++) noise[i] = random.normal();
      const act = distribution.sample(follow(s), behaviour.phi, noise, 1);
      const mean = judge(s);
      // grad_K log pi = Sigma^-1 (a - K s) s^T, through the mean
      const { y, phi } = distribution.score(act, mean, target.phi, one);
      const z = new Float64Array(of.length);
      for (let i = 0; i < actions; i++) for (let j = 0; j < states; j++) z[i * states + j] = y[i] * s[j];
      z.set(phi, actions * states);
      scores[t] = z;
      if (of !== acting) {
        logp[t] = distribution.logProbability(act, mean, target.phi, 1)[0];
        logpOld[t] = distribution.logProbability(act, follow(s), behaviour.phi, 1)[0];
      }
      visited.set(s, t * states);
      features.set(s, t * states);
      acts.set(act, t * actions);
      reward[t] = lqr.bonus - inner(s, q(s)) - inner(act, r(act));
      exact.value[t] = value(t, s);
      valued[t] = critic(s);
      const [next, push] = [a(s), b(act)];
      for (let i = 0; i < states; i++) next[i] += push[i];
      // Q_t(s, a) = r(s, a) + gamma E V_{t+1}(A s + B a + w)
      exact.q[t] = reward[t] + gamma * (value(t + 1, next) - spread[t + 1]);
      for (let i = 0; i < states; i++) next[i] += lqr.noise[i] * random.normal();
      s = next;
    }
    visited.set(s, steps * states);
    valued[steps] = critic(s);
    const baseline = (name: string) => (fits.baseline ?? unfitted)(name, features);
    const episode = { reward, logp, logpOld, critic: valued, features, exact, baseline, truncated: true };
    return { episode, states: visited, act: acts, scores };
  };
}

/** x -> A x, without the lists that `apply` would make. */
function map(matrix: Matrix): (x: ArrayLike<number>) => Float64Array<ArrayBuffer> {
  const [rows, columns] = [matrix.length, matrix[0].length];
  const flat = Float64Array.from(matrix.flat());
  return (x) => {
    const out = new Float64Array(rows);
    for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) out[i] += flat[i * columns + j] * x[j];
    return out;
  };
}

function inner(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i] * y[i];
  return sum;
}

/** What was fitted beforehand: an inexact V(s), and baselines by name, b(s_t) [T] for features [T, states]. */
export interface LqrFits {
  readonly critic?: (s: Float64Array) => number;
  readonly baseline?: (name: string, features: Float64Array) => Float64Array;
}

function unfitted(name: string): never {
  throw new Error(`no baseline "${name}" was fitted`);
}
