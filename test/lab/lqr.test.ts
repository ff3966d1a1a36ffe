import { describe, expect, it } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import { addScores } from '../../src/lab/enumerated.ts';
import { gradient, type Lqr, objective } from '../../src/lab/lqr.ts';
import { createPlayer } from '../../src/lab/lqr-player.ts';
import { lqrActing, lqrTheta, smallLqr } from '../../src/lab/problems.ts';
import { fullGaussian } from '../../src/policy/distributions/full.ts';
import { defaultBackend } from '../../src/policy/network/index.ts';
import { createPolicy, weightedScore } from '../../src/policy/policy.ts';
import { normalQuantile } from '../../src/statistics/chi-square.ts';
import { momentsOfSample } from '../../src/statistics/moments.ts';
import { centralDifferences, largestError } from '../learning/support.ts';

/** Another size: three states, one action. */
const other: Lqr = {
  a: [
    [0.9, 0.2, 0],
    [0, 0.8, 0.1],
    [0.1, 0, 0.7],
  ],
  b: [[0.5], [0.2], [1]],
  q: [
    [1, 0, 0],
    [0, 0.5, 0.1],
    [0, 0.1, 0.3],
  ],
  r: [[0.4]],
  bonus: -0.5,
  noise: [0.2, 0.1, 0.3],
  start: { mean: [1, 0, -1], deviation: [0.1, 0.2, 0] },
  horizon: 7,
  gamma: 0.95,
};

describe.each([
  { name: 'two states, two actions', lqr: smallLqr, theta: lqrTheta },
  { name: 'three states, one action', lqr: other, theta: Float64Array.of(-0.3, 0.1, -0.2, -0.7) },
])('$name', ({ lqr, theta }) => {
  it('has the gradient of its objective: Riccati and Lyapunov against finite differences', () => {
    const x = theta.slice();
    const differences = centralDifferences(x, () => objective(lqr, x));
    // h^2 |J'''| / 6 and 1e-16 |J| / h with h = 1e-5, J''' and J of some tens: 1e-8.
    expect(largestError(gradient(lqr, theta), differences)).toBeLessThan(1e-7);
  });

  it('is played as its objective says; V and Q are what follows', () => {
    const random = stream(3, 'noise');
    const play = createPlayer(lqr, theta, theta);
    const n = 20_000;
    const rows = Array.from({ length: n }, () => {
      const { reward, exact } = play(random).episode;
      const discounted = reward.reduceRight((later, r) => r + lqr.gamma * later, 0);
      const delta = reward.map((r, t) => r + lqr.gamma * exact.value[t + 1] - exact.value[t]);
      const surprise = reward.map((r, t) => r + lqr.gamma * exact.value[t + 1] - exact.q[t]);
      return Float64Array.of(discounted, exact.value[0], ...delta, ...surprise);
    });
    const { mean, covariance } = momentsOfSample(rows);
    const j = objective(lqr, theta);
    const z = normalQuantile(1e-6 / mean.length);
    mean.forEach((value, i) => {
      const expected = i < 2 ? j : 0;
      expect(Math.abs(value - expected)).toBeLessThan(z * Math.sqrt(covariance[i][i] / n) + 1e-9);
    });
  });
});

it('has the score that training computes', () => {
  const policy = createPolicy(defaultBackend, 2, [], fullGaussian.create(2, 0));
  // The network keeps W [in, out], then a bias that the problem does not have.
  const theta = Float64Array.of(
    lqrTheta[0],
    lqrTheta[2],
    lqrTheta[1],
    lqrTheta[3],
    0,
    0,
    lqrTheta[4],
    lqrTheta[5],
    lqrTheta[6],
  );
  // An action at a time, so that one can be drawn again: the first draws of a stream are the start and the first noise.
  const draw = (seed: number) => createPlayer({ ...smallLqr, horizon: 1 }, lqrTheta, lqrActing)(stream(seed, 'noise'));
  for (let seed = 0; seed < 20; seed++) {
    const { episode, scores } = draw(seed);
    const own = stream(seed, 'noise');
    const { mean, deviation } = smallLqr.start;
    const s = Float64Array.from(mean, (x, i) => x + deviation[i] * own.normal());
    const noise = Float64Array.of(own.normal(), own.normal());
    const k = (i: number) => lqrActing[2 * i] * s[0] + lqrActing[2 * i + 1] * s[1];
    const act = policy.distribution.sample(Float64Array.of(k(0), k(1)), lqrActing.subarray(4), noise, 1);
    expect(Array.from(episode.features)).toEqual(Array.from(s));
    const expected = weightedScore(policy, theta, s, act, Float64Array.of(1));
    const out = new Float64Array(lqrTheta.length);
    addScores(Float64Array.of(1), scores, out);
    const inOrder = [0, 2, 1, 3, 6, 7, 8].map((i) => expected[i]);
    expect(largestError(out, inOrder)).toBeLessThan(1e-12);
    const { y, phi } = policy.outputs(theta, s, 1);
    expect(episode.logp[0]).toBeCloseTo(policy.distribution.logProbability(act, y, phi, 1)[0], 12);
  }
});
