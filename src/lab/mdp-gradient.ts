import { log } from '../../envs/math/kernels.ts';
import { type Matrix, zeros } from '../statistics/matrix.ts';
import { ending, type Mdp, parameters, score, softmax } from './mdp.ts';

/** What follows from a process and a policy in closed form, without an episode being played. */

/** V_t(s) [horizon + 1][S] and Q_t(s, a) [horizon][S][A], backwards from V_horizon = 0. */
export function values(mdp: Mdp, pi: Matrix) {
  const v: number[][] = new Array(mdp.horizon + 1);
  const q: number[][][] = new Array(mdp.horizon);
  v[mdp.horizon] = mdp.start.map(() => 0);
  for (let t = mdp.horizon - 1; t >= 0; t--) {
    q[t] = backup(mdp, v[t + 1]);
    v[t] = q[t].map((row, s) => row.reduce((sum, value, a) => sum + pi[s][a] * value, 0));
  }
  return { v, q };
}

/** Q(s, a) = r(s, a) + gamma sum_s' P(s' | s, a) V(s') */
export function backup({ reward, move, gamma }: Mdp, v: readonly number[]): number[][] {
  return reward.map((row, s) =>
    row.map((r, a) => r + gamma * move[s][a].reduce((sum, p, next) => sum + p * v[next], 0)),
  );
}

/** P(s_t = s) [horizon][S], the episode not having ended. */
export function visits(mdp: Mdp, pi: Matrix): number[][] {
  const out = [[...mdp.start]];
  while (out.length < mdp.horizon) out.push(advance(mdp, pi, out[out.length - 1]));
  return out;
}

function advance(mdp: Mdp, pi: Matrix, now: readonly number[]): number[] {
  return mdp.start.map((_, next) =>
    now.reduce(
      (sum, p, s) => sum + p * pi[s].reduce((inner, probability, a) => inner + probability * mdp.move[s][a][next], 0),
      0,
    ),
  );
}

/** J(theta) = E sum_t gamma^t r_t */
export function objective(mdp: Mdp, theta: Float64Array): number {
  const { v } = values(mdp, softmax(mdp, theta));
  return mdp.start.reduce((sum, p, s) => sum + p * v[0][s], 0);
}

/**
 * grad J by the visitation form: sum_t gamma^t sum_s P(s_t = s) sum_a grad pi(a | s) Q_t(s, a). In an episode of finite
 * length the time belongs to the state, and d_gamma(t, s) = gamma^t P(s_t = s).
 */
export function visitationGradient(mdp: Mdp, theta: Float64Array): Float64Array {
  const pi = softmax(mdp, theta);
  const { q } = values(mdp, pi);
  const out = new Float64Array(parameters(mdp));
  let discount = 1;
  visits(mdp, pi).forEach((d, t) => {
    addActions(mdp, pi, q[t], (s) => discount * d[s], out);
    discount *= mdp.gamma;
  });
  return out;
}

/** to += sum_s d(s) sum_a grad pi(a | s) Q(s, a), with grad pi = pi grad log pi */
export function addActions(mdp: Mdp, pi: Matrix, q: Matrix, d: (s: number) => number, to: Float64Array): void {
  pi.forEach((row, s) => {
    row.forEach((p, a) => {
      const z = score(mdp, pi, s, a);
      for (let i = 0; i < to.length; i++) to[i] += d(s) * p * z[i] * q[s][a];
    });
  });
}

/** The Fisher information of a whole trajectory, sum_t sum_s P(s_t = s) sum_a pi(a | s) grad log pi grad log pi^T [P][P]. */
export function fisher(mdp: Mdp, theta: Float64Array): number[][] {
  const pi = softmax(mdp, theta);
  const size = parameters(mdp);
  const out = zeros(size, size);
  const expected = visits(mdp, pi).reduce((sum, d) => sum.map((value, s) => value + d[s]));
  pi.forEach((row, s) => {
    row.forEach((p, a) => {
      const z = score(mdp, pi, s, a);
      for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) out[i][j] += expected[s] * p * z[i] * z[j];
    });
  });
  return out;
}

/** KL(P_theta | P_other) of whole trajectories: sum_t sum_s P(s_t = s) KL(pi_theta(. | s) | pi_other(. | s)). */
export function divergence(mdp: Mdp, theta: Float64Array, other: Float64Array): number {
  const [pi, to] = [softmax(mdp, theta), softmax(mdp, other)];
  const kl = pi.map((row, s) => row.reduce((sum, p, a) => sum + p * log(p / to[s][a]), 0));
  return visits(mdp, pi).reduce((sum, d) => sum + d.reduce((inner, p, s) => inner + p * kl[s], 0), 0);
}

/** E_old [rho^2], rho = prod_t pi_new / pi_old, by a recursion over the states: no enumeration, so for any horizon. */
export function squaredRatio(mdp: Mdp, thetaNew: Float64Array, thetaOld: Float64Array): number {
  const [to, from] = [softmax(mdp, thetaNew), softmax(mdp, thetaOld)];
  const squared = to.map((row, s) => row.map((p, a) => (p * p) / from[s][a]));
  let later = mdp.start.map(() => 1);
  for (let t = mdp.horizon - 1; t >= 0; t--) {
    const next = t === mdp.horizon - 1 ? null : later;
    later = squared.map((row, s) =>
      row.reduce((sum, w, a) => {
        const goesOn = next ? ending(mdp, s, a) + mdp.move[s][a].reduce((inner, p, to) => inner + p * next[to], 0) : 1;
        return sum + w * goesOn;
      }, 0),
    );
  }
  return mdp.start.reduce((sum, p, s) => sum + p * later[s], 0);
}
