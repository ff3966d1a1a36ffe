import { log } from '../../../../envs/math/kernels.ts';
import { count, share } from '../../../report/format.ts';
import { distance, length } from '../../../statistics/matrix.ts';
import { slopeOf } from '../../../statistics/moments.ts';
import { type Enumerated, enumerated, estimates } from '../../enumerated.ts';
import { onPolicy, pick } from '../../estimators.ts';
import type { Evidence } from '../../experiment.ts';
import { smallMdp, smallTheta } from '../../problems.ts';

const sizes = [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048];

/** Batches by steps instead of episodes, exact by recursion. */
export function byStepCount(): Evidence {
  const problem = enumerated(smallMdp, smallTheta);
  const size = length(problem.gradient);
  const rows = sizes.map((atLeast) => {
    const { byConstant, byCount, meanLength } = bySteps(problem, atLeast);
    const perStep = problem.gradient.map((value) => value / meanLength);
    return {
      constant: distance(byConstant, problem.gradient) / size,
      realised: distance(byCount, perStep) / length(perStep),
    };
  });
  const biases = rows.map(({ realised }) => realised);
  // S - c N, c the gradient per step, has mean 0 when the batch ends (Wald); so E[(S - c N) / N] is its covariance with
  // 1 / N alone, and N exceeds B by less than an episode o: -Cov(S - c N, o) / B^2 (1 + O(o / B)). Over the last
  // doublings the slope is thus -2 but for a multiple of horizon / B; three halves of it are the third-order term's.
  const first = 6;
  const { slope } = slopeOf(sizes.slice(first).map(log), biases.slice(first).map(log));
  const slopeBound = (3 * smallMdp.horizon) / sizes[first];
  // Each of B additions rounds, on top of what the enumeration does; the steps weigh on a relative error as |X| / |grad J|.
  const bound = (sizes[sizes.length - 1] + problem.paths.length) * 2 ** -52 * 20;
  return {
    findings: [
      {
        text: 'by steps, divided by a constant: the gradient times a constant, whatever the batch (Wald)',
        holds: rows.every(({ constant }) => constant <= bound),
      },
      {
        text: `by steps, divided by the realised count: a small bias, ${share(biases[4])} at ${sizes[4]} steps, that falls as 1 / steps² (slope ${slope.toFixed(3).replace('-', '−')})`,
        holds: biases.every((bias) => bias > bound) && Math.abs(slope + 2) < slopeBound,
      },
    ],
    tables: [
      {
        title: 'Batches by steps: whole episodes until there are enough',
        columns: ['steps, at least', '|bias|, divided by a constant', '|bias|, divided by the realised count'],
        rows: rows.map(({ constant, realised }, i) => [count(sizes[i]), share(constant), share(realised)]),
        note: 'Exact, by recursion over the steps so far. Whether a batch goes on is decided before its next episode begins, so the sum is right (Wald); a ratio of two sums is not the ratio of their means. Its bias falls as 1 / steps², because the sum at a stopping time has no bias of its own and exceeds what was asked for by less than an episode.',
      },
    ],
    plots: [
      {
        title: 'What dividing by the realised number of steps costs',
        x: { label: 'steps in a batch, at least', log: true },
        y: { label: '|bias| / |gradient|', log: true },
        series: [{ label: 'divided by the realised count', x: sizes, y: biases, line: true, points: true }],
      },
    ],
  };
}

/**
 * Batches by steps: whole episodes in index order until they hold at least B steps. Their sum of scores S is divided by a
 * constant, or by the steps that came to be. Both expectations are exact, by a recursion over the steps so far: an
 * episode adds its length and its estimate, and how the sum came about does not matter.
 */
export interface BySteps {
  /** E[S] / E[episodes]: by Wald's identity the gradient, since when to stop is decided before the next episode begins. */
  readonly byConstant: Float64Array;
  /** E[S / steps] */
  readonly byCount: Float64Array;
  /** E[steps of an episode] */
  readonly meanLength: number;
}

export function bySteps(problem: Enumerated, atLeast: number): BySteps {
  const { episodes, probability, gradient, mdp } = problem;
  const { horizon, gamma } = mdp;
  const vectors = (n: number) => Array.from({ length: n }, () => new Float64Array(gradient.length));
  const [toGo] = pick(onPolicy(gamma, []), 'reward-to-go');
  // P(T = k) and E[X; T = k] of one episode, k = 1 .. horizon
  const chance = new Float64Array(horizon + 1);
  const estimate = vectors(horizon + 1);
  estimates(problem, toGo).forEach((x, i) => {
    const steps = episodes[i].reward.length;
    chance[steps] += probability[i];
    addTo(estimate[steps], x, probability[i]);
  });

  const ways = new Float64Array(atLeast + horizon);
  const sums = vectors(atLeast + horizon);
  ways[0] = 1;
  let started = 0;
  for (let n = 0; n < atLeast; n++) {
    started += ways[n];
    for (let k = 1; k <= horizon; k++) {
      ways[n + k] += ways[n] * chance[k];
      addTo(sums[n + k], sums[n], chance[k]);
      addTo(sums[n + k], estimate[k], ways[n]);
    }
  }
  const [byConstant, byCount] = vectors(2);
  for (let n = atLeast; n < atLeast + horizon; n++) {
    addTo(byConstant, sums[n], 1 / started);
    addTo(byCount, sums[n], 1 / n);
  }
  return { byConstant, byCount, meanLength: chance.reduce((sum, p, k) => sum + p * k, 0) };
}

/** to += w x */
function addTo(to: Float64Array, x: Float64Array, w: number): void {
  for (let j = 0; j < to.length; j++) to[j] += w * x[j];
}
