import type { Random } from '../../envs/math/random.ts';
import type { Baseline } from '../baselines/types.ts';
import { fullGaussian } from '../policy/distributions/full.ts';
import { type Matrix, multiply, trace } from '../statistics/matrix.ts';
import { fitBaselines } from './baselines.ts';
import type { Episode } from './estimators.ts';
import { diagonal, type Lqr, riccati, split } from './lqr.ts';

/** An episode, and the score grad_theta log pi(a_t | s_t) [T][P] of each of its steps under the policy `of`. */
export interface Played {
  readonly episode: Episode;
  /** s_0 .. s_T [T + 1, states] */
  readonly states: Float64Array;
  /** [T, actions] */
  readonly act: Float32Array;
  readonly scores: readonly Float64Array[];
}

/** What was fitted beforehand: an inexact V(s), and baselines by name, b(s_t) [T] for features [T, states]. */
export interface LqrFits {
  readonly critic?: (s: Float64Array) => number;
  readonly baseline?: (name: string, features: Float64Array) => Float64Array;
}

/** Plays episodes of the policy `acting`, for an estimator of the gradient at `of`. */
export function createPlayer(
  lqr: Lqr,
  of: Float64Array,
  acting: Float64Array,
  { critic = () => 0, baseline = unfitted }: LqrFits = {},
) {
  const { horizon: steps, gamma } = lqr;
  const [states, actions] = [lqr.a.length, lqr.b[0].length];
  const distribution = fullGaussian.create(actions, 0);
  const [target, behaviour] = [split(lqr, of), split(lqr, acting)];
  const { p, c } = riccati(lqr, target);
  const [a, b, q, r] = [lqr.a, lqr.b, lqr.q, lqr.r].map(map);
  const [meanOfActing, meanOfTarget] = [map(behaviour.k), map(target.k)];
  const worth = p.map(map);
  const spread = p.map((matrix) => trace(multiply(matrix, diagonal(lqr.noise))));
  const one = Float64Array.of(1);

  /** -s^T P_t s - c_t */
  const value = (t: number, s: Float64Array) => -inner(s, worth[t](s)) - c[t];

  return (random: Random): Played => {
    const { episode, states: visited, act: acts, scores } = blank(steps, states, actions, baseline);
    const { reward, logp, logpOld, exact, features } = episode;
    let s = new Float64Array(lqr.start.mean);
    for (let i = 0; i < states; i++) s[i] += lqr.start.deviation[i] * random.normal();
    for (let t = 0; t < steps; t++) {
      const noise = new Float64Array(actions);
      for (let i = 0; i < actions; i++) noise[i] = random.normal();
      const act = distribution.sample(meanOfActing(s), behaviour.phi, noise, 1);
      const mean = meanOfTarget(s);
      // grad_K log pi = Sigma^-1 (a - K s) s^T, through the mean
      const { y, phi } = distribution.score(act, mean, target.phi, one);
      const z = new Float64Array(of.length);
      scores[t] = z;
      for (let i = 0; i < actions; i++) for (let j = 0; j < states; j++) z[i * states + j] = y[i] * s[j];
      z.set(phi, actions * states);
      if (of !== acting) {
        logp[t] = distribution.logProbability(act, mean, target.phi, 1)[0];
        logpOld[t] = distribution.logProbability(act, meanOfActing(s), behaviour.phi, 1)[0];
      }
      visited.set(s, t * states);
      features.set(s, t * states);
      acts.set(act, t * actions);
      reward[t] = lqr.bonus - inner(s, q(s)) - inner(act, r(act));
      exact.value[t] = value(t, s);
      episode.critic[t] = critic(s);
      const [next, push] = [a(s), b(act)];
      for (let i = 0; i < states; i++) next[i] += push[i];
      // Q_t(s, a) = r(s, a) + gamma E V_{t+1}(A s + B a + w)
      exact.q[t] = reward[t] + gamma * (value(t + 1, next) - spread[t + 1]);
      for (let i = 0; i < states; i++) next[i] += lqr.noise[i] * random.normal();
      s = next;
    }
    visited.set(s, steps * states);
    episode.critic[steps] = critic(s);
    return { episode, states: visited, act: acts, scores };
  };
}

/** The baselines of training, each fitted to `count` earlier episodes. */
export function earlierBaselines(
  lqr: Lqr,
  theta: Float64Array,
  random: Random,
  count: number,
): Record<string, Baseline> {
  const play = createPlayer(lqr, theta, theta);
  const earlier = Array.from({ length: count }, () => play(random).episode);
  return fitBaselines(earlier, lqr.gamma, lqr.horizon, 3);
}

/** An episode that is yet to be played. */
function blank(steps: number, states: number, actions: number, baseline: NonNullable<LqrFits['baseline']>) {
  // A copy of the states, not a part: a view makes V8 move so small an array to a buffer of its own, which costs more than all else.
  const features = new Float64Array(steps * states);
  return {
    episode: {
      reward: new Float64Array(steps),
      logp: new Float64Array(steps),
      logpOld: new Float64Array(steps),
      critic: new Float64Array(steps + 1),
      features,
      exact: { value: new Float64Array(steps + 1), q: new Float64Array(steps) },
      baseline: (name: string) => baseline(name, features),
      truncated: true,
    },
    states: new Float64Array((steps + 1) * states),
    act: new Float32Array(steps * actions),
    scores: new Array<Float64Array>(steps),
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

function unfitted(name: string): never {
  throw new Error(`no baseline "${name}" was fitted`);
}
