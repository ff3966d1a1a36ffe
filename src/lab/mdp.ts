import { exp, log } from '../../envs/math/kernels.ts';
import type { Random } from '../../envs/math/random.ts';
import type { Matrix } from '../statistics/matrix.ts';

/**
 * A Markov decision process so small that all its trajectories can be written down: S states, A actions, an episode ends
 * by chance or after `horizon` steps.
 */
export interface Mdp {
  readonly states: number;
  readonly actions: number;
  readonly horizon: number;
  readonly gamma: number;
  /** P(s_0) [S] */
  readonly start: readonly number[];
  /** P(s' | s, a) [S][A][S]; what is missing from 1 ends the episode. */
  readonly move: readonly Matrix[];
  /** r(s, a) [S][A] */
  readonly reward: Matrix;
}

/** s_0, a_0, ..., s_{T-1}, a_{T-1}, and whether the episode ended by itself or at the horizon. */
export interface Path {
  readonly states: readonly number[];
  readonly actions: readonly number[];
  readonly terminated: boolean;
}

/** Size of theta: A - 1 preferences in each state; the last action's is 0, so that no direction is without effect. */
export function parameters({ states, actions }: Mdp): number {
  return states * (actions - 1);
}

/** pi_theta(a | s) = exp theta_sa / sum_b exp theta_sb, [S][A] */
export function softmax(mdp: Mdp, theta: Float64Array): number[][] {
  return mdp.start.map((_, s) => {
    const weights = mdp.reward[s].map((_, a) => exp(preference(mdp, theta, s, a)));
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => weight / sum);
  });
}

function preference({ actions }: Mdp, theta: Float64Array, s: number, a: number): number {
  return a < actions - 1 ? theta[s * (actions - 1) + a] : 0;
}

/** grad_theta log pi(a | s) [P]: (1 where b = a) - pi(b | s) for the preferences of s, 0 elsewhere. */
export function score(mdp: Mdp, pi: Matrix, s: number, a: number): Float64Array {
  const free = mdp.actions - 1;
  const out = new Float64Array(parameters(mdp));
  for (let b = 0; b < free; b++) out[s * free + b] = (a === b ? 1 : 0) - pi[s][b];
  return out;
}

/** P(end | s, a) */
export function ending({ move }: Mdp, s: number, a: number): number {
  return Math.max(0, 1 - move[s][a].reduce((sum, p) => sum + p, 0));
}

/** Every trajectory with its probability, P(s_0) prod_t pi(a_t | s_t) P(s_{t+1} | s_t, a_t). */
export function enumerate(mdp: Mdp, pi: Matrix): { path: Path; probability: number }[] {
  const out: { path: Path; probability: number }[] = [];
  function walk(states: number[], actions: number[], probability: number): void {
    const s = states[states.length - 1];
    for (let a = 0; a < mdp.actions; a++) {
      const taken = [...actions, a];
      const p = probability * pi[s][a];
      if (taken.length === mdp.horizon) {
        out.push({ path: { states, actions: taken, terminated: false }, probability: p });
        continue;
      }
      const end = ending(mdp, s, a);
      if (end > 1e-12) out.push({ path: { states, actions: taken, terminated: true }, probability: p * end });
      mdp.move[s][a].forEach((q, next) => {
        if (q > 0) walk([...states, next], taken, p * q);
      });
    }
  }
  mdp.start.forEach((p, s) => {
    if (p > 0) walk([s], [], p);
  });
  return out;
}

/** Names a path, whatever its probability. */
export function keyOf({ states, actions, terminated }: Path): number {
  let key = 1;
  for (let t = 0; t < actions.length; t++) key = (key * 8 + states[t]) * 8 + actions[t];
  return key * 2 + (terminated ? 1 : 0);
}

/** Plays one episode. */
export function play(mdp: Mdp, pi: Matrix, random: Random): Path {
  const [states, actions]: [number[], number[]] = [[], []];
  let s = choose(mdp.start, random);
  for (;;) {
    const a = choose(pi[s], random);
    states.push(s);
    actions.push(a);
    if (actions.length === mdp.horizon) return { states, actions, terminated: false };
    const next = choose(mdp.move[s][a], random);
    if (next < 0) return { states, actions, terminated: true };
    s = next;
  }
}

/** An index with its probability; -1 with what is missing from 1. */
function choose(probabilities: readonly number[], random: Random): number {
  let left = random.uniform();
  for (let i = 0; i < probabilities.length; i++) {
    left -= probabilities[i];
    if (left < 0) return i;
  }
  // Rounding may leave a speck of a distribution that sums to 1.
  return left > 1e-12 ? -1 : probabilities.length - 1;
}

/** sum_t log pi(a_t | s_t) + log P(...): the log-probability of a path, dynamics and all. */
export function logProbability(mdp: Mdp, theta: Float64Array, { states, actions, terminated }: Path): number {
  const pi = softmax(mdp, theta);
  let out = log(mdp.start[states[0]]);
  actions.forEach((a, t) => {
    const s = states[t];
    out += log(pi[s][a]);
    if (t + 1 < actions.length) out += log(mdp.move[s][a][states[t + 1]]);
    else if (terminated) out += log(ending(mdp, s, a));
  });
  return out;
}

/** A process drawn at random: what holds for one should hold for all. Steps end an episode with probability `ends` at most. */
export function randomMdp(
  random: Random,
  { states = 3, actions = 3, horizon = 3, gamma = 0.9, ends = 0.15 } = {},
): Mdp {
  const share = (n: number, whole: number) => {
    const parts = Array.from({ length: n }, () => -log(1 - random.uniform()));
    const sum = parts.reduce((total, part) => total + part, 0);
    return parts.map((part) => (whole * part) / sum);
  };
  const perAction = <T>(make: () => T) =>
    Array.from({ length: states }, () => Array.from({ length: actions }, () => make()));
  return {
    states,
    actions,
    horizon,
    gamma,
    start: share(states, 1),
    move: perAction(() => share(states, 1 - ends * random.uniform())),
    reward: perAction(() => random.normal()),
  };
}

export function randomTheta(mdp: Mdp, random: Random, spread = 1): Float64Array {
  return Float64Array.from({ length: parameters(mdp) }, () => spread * random.normal());
}
