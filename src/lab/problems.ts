import { episodeSeed, type Random, stream } from '../../envs/math/random.ts';
import type { Matrix } from '../statistics/matrix.ts';
import type { Lqr } from './lqr.ts';
import type { Mdp } from './mdp.ts';

/** The fixed problems of the laboratory. Their numbers are arbitrary; what is shown does not depend on them. */

/** A matrix by rows of this width. */
function rows(width: number, values: readonly number[]): Matrix {
  return Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));
}

/** Three states, three actions, four steps; an episode may end before. */
export const smallMdp: Mdp = {
  states: 3,
  actions: 3,
  horizon: 4,
  gamma: 0.8,
  start: [0.5, 0.3, 0.2],
  move: [
    rows(3, [0.6, 0.2, 0.1, 0.1, 0.6, 0.2, 0.1, 0.2, 0.6]),
    rows(3, [0.5, 0.1, 0.3, 0.2, 0.7, 0.1, 0.3, 0.2, 0.2]),
    rows(3, [0.2, 0.2, 0.5, 0.6, 0.1, 0.1, 0.1, 0.4, 0.4]),
  ],
  reward: rows(3, [1, -1, 0.3, -0.8, 1.2, 0, 0.2, -0.6, 1.5]),
};

/** Its policy [P]: the preferences of the first two actions in each state. */
export const smallTheta = Float64Array.of(0.3, -0.4, 0.2, 0.5, -0.3, 0.1);

/** A direction in which other policies lie. */
export const awayFromSmallTheta = [1, -0.8, -0.6, 0.8, 0.8, -1];

/** The same world with two steps: few enough paths that all batches of two episodes can be written down. */
export const shortMdp: Mdp = { ...smallMdp, horizon: 2 };

/** Another policy near the first, that acts where importance sampling is needed. */
export const actingTheta = smallTheta.map((value, i) => value + [0.25, -0.2, -0.15, 0.2, 0.2, -0.25][i]);

/** An inexact V(s), off by a different amount in each state. */
export const critic = (s: number): number => [0.9, 0.2, 1.1][s];

/** A point pushed by two correlated forces: two states, two actions, three steps. */
export const smallLqr: Lqr = {
  a: rows(2, [1, 0.3, 0.1, 0.9]),
  b: rows(2, [1.3, 0.3, -0.4, 1.3]),
  q: rows(2, [0.5, 0.1, 0.1, 0.4]),
  r: rows(2, [0.5, 0.05, 0.05, 0.35]),
  bonus: 3.4,
  noise: [0.1, 0.1],
  start: { mean: [0.45, -0.35], deviation: [0.45, 0.45] },
  horizon: 3,
  gamma: 0.8,
};

/** K by rows, log of L's diagonal, L's off-diagonal entry. */
export const lqrTheta = Float64Array.of(-0.9, 0.45, -0.3, -0.9, 0, -0.2, 0.2);

/** The policy that acts where importance sampling is needed. */
export const lqrActing = lqrTheta.map((value, i) => value + [0.03, -0.02, 0.02, 0.03, 0.01, 0.02, -0.02][i]);

/** Streams of random numbers, one for every use within an experiment. */
export function streamsOf(seed: number, experiment: number): (use: number) => Random {
  return (use) => stream(episodeSeed(seed, 'evaluation', 0x1ab + experiment, use), 'noise');
}

/** An inexact V(s) of the linear-quadratic problem. */
export const lqrCritic = (s: Float64Array): number => 1 - s[0] * s[0] + 0.5 * s[1];

/**
 * Each step's reward undoes the one before: +1 or -1 for the first action, the opposite in the state it leads to. The
 * return is 0 whatever is done, and so is its variance; the reward-to-go of the second action is not.
 */
export const zeroSumMdp: Mdp = {
  states: 3,
  actions: 2,
  horizon: 2,
  gamma: 1,
  start: [1, 0, 0],
  move: [rows(3, [0, 1, 0, 0, 0, 1]), rows(3, [0, 1, 0, 0, 1, 0]), rows(3, [0, 0, 1, 0, 0, 1])],
  reward: rows(2, [1, -1, -1, -1, 1, 1]),
};

export const zeroSumTheta = Float64Array.of(0.2, -0.3, 0.4);
