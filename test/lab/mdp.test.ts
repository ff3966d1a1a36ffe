import { describe, expect, it } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import { fittedBaselines } from '../../src/lab/baselines.ts';
import { earlierBaselines, enumerated, exactMoments } from '../../src/lab/enumerated.ts';
import { offPolicy, onPolicy } from '../../src/lab/estimators.ts';
import { bySteps } from '../../src/lab/experiments/unbiased/step-counts.ts';
import {
  enumerate,
  keyOf,
  logProbability,
  type Mdp,
  parameters,
  play,
  randomMdp,
  randomTheta,
  score,
  softmax,
} from '../../src/lab/mdp.ts';
import {
  addActions,
  backup,
  divergence,
  fisher,
  objective,
  squaredRatio,
  visitationGradient,
} from '../../src/lab/mdp-gradient.ts';
import { actingTheta, critic, smallMdp, smallTheta } from '../../src/lab/problems.ts';
import { chiSquareAbove } from '../../src/statistics/chi-square.ts';
import { solve } from '../../src/statistics/matrix.ts';
import { centralDifferences, largestError } from '../learning/support.ts';

const random = stream(5, 'noise');
const problems = [
  { name: 'the MDP of the laboratory', mdp: smallMdp, theta: smallTheta },
  ...[1, 2, 3].map((k) => {
    const mdp = randomMdp(random, { horizon: 3, gamma: [1, 0.9, 0.5][k - 1] });
    return { name: `a random MDP, ${k}`, mdp, theta: randomTheta(mdp, random) };
  }),
];

describe.each(problems)('$name', ({ mdp, theta }) => {
  const all = enumerate(mdp, softmax(mdp, theta));

  it('has trajectories whose probabilities sum to 1 and are what their logarithms say', () => {
    expect(all.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
    expect(new Set(all.map(({ path }) => keyOf(path))).size).toBe(all.length);
    for (const { path, probability } of all.slice(0, 50)) {
      expect(Math.exp(logProbability(mdp, theta, path))).toBeCloseTo(probability, 12);
    }
  });

  it('has the objective, by enumeration and by dynamic programming', () => {
    const j = all.reduce((sum, { path, probability }) => {
      const value = path.actions.reduce((total, a, t) => total + mdp.gamma ** t * mdp.reward[path.states[t]][a], 0);
      return sum + probability * value;
    }, 0);
    expect(objective(mdp, theta)).toBeCloseTo(j, 12);
  });

  it('has one gradient: visitation form, Q form, reward-to-go form, full return, finite differences', () => {
    const gradient = visitationGradient(mdp, theta);
    const x = theta.slice();
    // Central differences of a smooth J: h^2 |J'''| / 6 + 1e-16 |J| / h, about 1e-10.
    const differences = centralDifferences(x, () => objective(mdp, x));
    expect(largestError(gradient, differences)).toBeLessThan(1e-8);
    const problem = enumerated(mdp, theta);
    for (const name of ['full return', 'reward-to-go', 'exact Q', 'exact advantage']) {
      const estimator = onPolicy(mdp.gamma, []).find((one) => one.name === name);
      if (!estimator) throw new Error(name);
      expect(largestError(exactMoments(problem, estimator).mean, gradient)).toBeLessThan(1e-12);
    }
  });

  it('has the Fisher information of its trajectories, E[z z^T], and a divergence that begins as it says', () => {
    const pi = softmax(mdp, theta);
    const f = theta.map(() => 0);
    const square = Array.from(f, () => Array.from(f));
    for (const { path, probability } of all) {
      const z = theta.map(() => 0);
      path.actions.forEach((a, t) => {
        score(mdp, pi, path.states[t], a).forEach((value, i) => {
          z[i] += value;
        });
      });
      for (const [i, row] of square.entries()) for (let j = 0; j < row.length; j++) row[j] += probability * z[i] * z[j];
    }
    const exact = fisher(mdp, theta);
    for (const [i, row] of square.entries()) expect(largestError(exact[i], row)).toBeLessThan(1e-12);

    const other = theta.map((value) => value + 0.3 * random.normal());
    const to = softmax(mdp, other);
    let [kl, squared] = [0, 0];
    for (const { path, probability } of all) {
      const ratio = path.actions.reduce((p, a, t) => (p * to[path.states[t]][a]) / pi[path.states[t]][a], 1);
      kl -= probability * Math.log(ratio);
      squared += probability * ratio ** 2;
    }
    expect(divergence(mdp, theta, other)).toBeCloseTo(kl, 11);
    expect(squaredRatio(mdp, other, theta)).toBeCloseTo(squared, 10);
  });
});

describe('what theory calls unbiased', () => {
  const baselines = earlierBaselines(smallMdp, smallTheta, stream(7, 'noise'), 100);
  const groups = [
    {
      problem: enumerated(smallMdp, smallTheta, { critic, baselines }),
      list: onPolicy(smallMdp.gamma, fittedBaselines),
    },
    { problem: enumerated(smallMdp, smallTheta, { acting: actingTheta }), list: offPolicy(smallMdp.gamma) },
  ];
  const cases = groups.flatMap(({ problem, list }) => list.map((estimator) => ({ problem, estimator })));

  it.each(cases)('$estimator.name is so to rounding, or is not called so', ({ problem, estimator }) => {
    const error = largestError(exactMoments(problem, estimator).mean, problem.gradient);
    // 7289 additions of terms of size 1 or so, half a unit in the last place of each: 1e-12.
    if (estimator.unbiased) expect(error).toBeLessThan(1e-12);
    else expect(error).toBeGreaterThan(1e-4);
  });
});

/**
 * Objective and gradient of a task that goes on for ever (`horizon` is not looked at): V = (I - gamma P)^-1 r,
 * d_gamma = (I - gamma P^T)^-1 P(s_0), and grad J = sum_s d_gamma(s) sum_a grad pi(a | s) Q(s, a).
 */
function continuing(mdp: Mdp, theta: Float64Array): { objective: number; gradient: Float64Array } {
  const pi = softmax(mdp, theta);
  const states = mdp.start.map((_, s) => s);
  const under = (s: number, of: (a: number) => number) => pi[s].reduce((sum, p, a) => sum + p * of(a), 0);
  const stay = (s: number, next: number) => (s === next ? 1 : 0) - mdp.gamma * under(s, (a) => mdp.move[s][a][next]);
  const v = solve(
    states.map((s) => states.map((next) => stay(s, next))),
    states.map((s) => under(s, (a) => mdp.reward[s][a])),
  );
  const d = solve(
    states.map((next) => states.map((s) => stay(s, next))),
    mdp.start,
  );
  const gradient = new Float64Array(parameters(mdp));
  addActions(mdp, pi, backup(mdp, v), (s) => d[s], gradient);
  return { objective: mdp.start.reduce((sum, p, s) => sum + p * v[s], 0), gradient };
}

describe('a task that goes on for ever', () => {
  // No episode ends by itself; the horizon is none.
  const mdp = randomMdp(random, { ends: 0, gamma: 0.8 });
  const theta = randomTheta(mdp, random);

  it('has the gradient of its objective: visitation form against finite differences', () => {
    const x = theta.slice();
    const differences = centralDifferences(x, () => continuing(mdp, x).objective);
    expect(largestError(continuing(mdp, theta).gradient, differences)).toBeLessThan(1e-8);
  });

  it('is the limit of the finite ones, as gamma^T T', () => {
    const exact = continuing(mdp, theta);
    for (const horizon of [20, 40, 80]) {
      const finite = { ...mdp, horizon };
      // What the horizon cuts off is worth gamma^T max |r| / (1 - gamma); its score, up to 2 T.
      const bound = (mdp.gamma ** horizon * 3 * 2 * horizon) / (1 - mdp.gamma);
      expect(largestError(visitationGradient(finite, theta), exact.gradient)).toBeLessThan(bound + 1e-13);
    }
  });
});

describe('batches by steps', () => {
  it('are what enumerating the sequences of episodes gives', () => {
    const mdp = { ...smallMdp, horizon: 2 };
    const problem = enumerated(mdp, smallTheta);
    const toGo = onPolicy(mdp.gamma, []).find(({ name }) => name === 'reward-to-go');
    if (!toGo) throw new Error('no reward-to-go');
    const atLeast = 3;
    const size = problem.gradient.length;
    const byCount = new Float64Array(size);
    const sum = new Float64Array(size);
    let episodes = 0;
    const vectors = problem.episodes.map((episode, i) => {
      const w = toGo.weights([episode])[0];
      return problem.gradient.map((_, j) => w.reduce((total, value, t) => total + value * problem.scores[i][t][j], 0));
    });
    const extend = (chosen: readonly number[], steps: number, probability: number): void => {
      if (steps < atLeast) {
        problem.probability.forEach((p, i) => {
          extend([...chosen, i], steps + problem.episodes[i].reward.length, probability * p);
        });
        return;
      }
      episodes += probability * chosen.length;
      for (const i of chosen) {
        for (let j = 0; j < size; j++) {
          sum[j] += probability * vectors[i][j];
          byCount[j] += (probability * vectors[i][j]) / steps;
        }
      }
    };
    extend([], 0, 1);
    const found = bySteps(problem, atLeast);
    expect(largestError(found.byCount, byCount)).toBeLessThan(1e-12);
    expect(
      largestError(
        found.byConstant,
        sum.map((value) => value / episodes),
      ),
    ).toBeLessThan(1e-12);
    expect(largestError(found.byConstant, problem.gradient)).toBeLessThan(1e-12);
  });
});

it('plays episodes as often as they are probable', () => {
  const mdp = { ...smallMdp, horizon: 2 };
  const pi = softmax(mdp, smallTheta);
  const all = enumerate(mdp, pi);
  const n = 20_000;
  const seen = new Map<number, number>();
  const own = stream(11, 'noise');
  for (let k = 0; k < n; k++) {
    const key = keyOf(play(mdp, pi, own));
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  const chi = all.reduce((sum, { path, probability }) => {
    const expected = n * probability;
    return sum + ((seen.get(keyOf(path)) ?? 0) - expected) ** 2 / expected;
  }, 0);
  expect(chiSquareAbove(chi, all.length - 1)).toBeGreaterThan(1e-6);
});
