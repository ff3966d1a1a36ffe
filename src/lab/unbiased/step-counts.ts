import { log } from '../../../envs/math/kernels.ts';
import { enumerated } from '../enumerated.ts';
import { smallMdp, smallTheta } from '../problems.ts';
import { distance, integer, length, share } from '../section.ts';
import { slopeOf } from '../statistics.ts';
import { bySteps } from '../steps.ts';

/** Batches by steps instead of episodes, exact by recursion. */
export function byStepCount() {
  const problem = enumerated(smallMdp, smallTheta);
  const size = length(problem.gradient);
  const sizes = [4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048];
  const rows = sizes.map((atLeast) => {
    const { byConstant, byCount, meanLength } = bySteps(problem, atLeast);
    const perStep = problem.gradient.map((value) => value / meanLength);
    return {
      atLeast,
      constant: distance(byConstant, problem.gradient) / size,
      count: distance(byCount, perStep) / length(perStep),
    };
  });
  const biases = rows.map(({ count }) => count);
  // S - c N, c the gradient per step, has mean 0 when the batch ends (Wald); so E[(S - c N) / N] is its covariance with
  // 1 / N alone, and N exceeds B by less than an episode o: -Cov(S - c N, o) / B^2 (1 + O(o / B)). Over the last
  // doublings the slope is thus -2 but for a multiple of horizon / B; three halves of it are the third-order term's.
  const [first, last] = [6, sizes.length];
  const { slope } = slopeOf(sizes.slice(first, last).map(log), biases.slice(first, last).map(log));
  const slopeBound = (3 * smallMdp.horizon) / sizes[first];
  // Each of B additions rounds, on top of what the enumeration does; the steps weigh on a relative error as |X| / |grad J|.
  const bound = (sizes[last - 1] + problem.paths.length) * 2 ** -52 * 20;
  return {
    sizes,
    biases,
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
    table: {
      title: 'Batches by steps: whole episodes until there are enough',
      columns: ['steps, at least', '|bias|, divided by a constant', '|bias|, divided by the realised count'],
      rows: rows.map(({ atLeast, constant, count }) => [integer(atLeast), share(constant), share(count)]),
      note: 'Exact, by recursion over the steps so far. Whether a batch goes on is decided before its next episode begins, so the sum is right (Wald); a ratio of two sums is not the ratio of their means. Its bias falls as 1 / steps², because the sum at a stopping time has no bias of its own and exceeds what was asked for by less than an episode.',
    },
  };
}
