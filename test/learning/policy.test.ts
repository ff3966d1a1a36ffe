import { describe, expect, it } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import { distributions } from '../../src/policy/distributions/index.ts';
import type { Derivative } from '../../src/policy/distributions/types.ts';
import { defaultBackend } from '../../src/policy/network/index.ts';
import { createPolicy, fisherProduct, initialTheta, weightedScore } from '../../src/policy/policy.ts';
import { dot, numbers, referenceNetwork } from '../network/reference.ts';
import { centralDifferences, hex, largestError, logDensity } from './support.ts';

const [obsSize, hidden, actions] = [3, [5, 4], 2];
const widths = [obsSize, ...hidden, actions];
const n = 6;

const policyOf = (name: string, backend = defaultBackend) =>
  createPolicy(backend, obsSize, hidden, distributions[name].create(actions, -0.3));

describe.each([defaultBackend])('policy on $name', (backend) => {
  describe.each(Object.keys(distributions))('with distribution %s', (name) => {
    const policy = policyOf(name, backend);
    const { distribution } = policy;
    const theta = numbers(1, policy.size, 0.8);
    const x = numbers(2, n * obsSize);
    const weight = numbers(4, n);
    const start = policy.outputs(theta, x, n);
    const act = distribution.sample(start.y, start.phi, numbers(3, n * actions, 2), n);

    it("has the network's parameters, then those that all states share", () => {
      const network = 4 * 5 + 6 * 4 + 5 * distribution.outputs;
      expect(policy.size).toBe(network + distribution.shared);
      const { y, phi } = policy.outputs(theta, x, n);
      expect(hex(phi)).toBe(hex(theta.subarray(network)));
      const reference = referenceNetwork([obsSize, ...hidden, distribution.outputs]);
      expect(largestError(y, reference.forward(theta.subarray(0, network), x, n))).toBeLessThan(1e-12);
    });

    it('has a weighted score that is the gradient of sum_i w_i log pi(a_i | s_i) in every component', () => {
      const objective = () => {
        const { y, phi } = policy.outputs(theta, x, n);
        return dot(weight, distribution.logProbability(act, y, phi, n));
      };
      const score = weightedScore(policy, theta, x, act, weight);
      expect(largestError(score, centralDifferences(theta, objective))).toBeLessThan(1e-7);
    });

    it("has a weighted score that is the sum of the steps' own, w_i grad log pi(a_i | s_i), to rounding", () => {
      const expected = new Float64Array(policy.size);
      for (let i = 0; i < n; i++) {
        const own = x.slice(i * obsSize, (i + 1) * obsSize);
        const score = weightedScore(policy, theta, own, act.slice(i * actions, (i + 1) * actions), Float64Array.of(1));
        score.forEach((g, k) => {
          expected[k] += weight[i] * g;
        });
      }
      const found = weightedScore(policy, theta, x, act, weight);
      expect(largestError(found, expected)).toBeLessThan(1e-13 * Math.max(...expected.map(Math.abs)));
    });

    it('does not weigh what has weight 0', () => {
      expect(weightedScore(policy, theta, x, act, new Float64Array(n)).every((g) => g === 0)).toBe(true);
    });

    it('pulls back by the transpose of what it pushes forward', () => {
      const u: Derivative = { y: numbers(5, n * distribution.outputs), phi: numbers(6, distribution.shared) };
      const v = numbers(7, policy.size);
      policy.outputs(theta, x, n);
      const back = policy.pullBack(u).slice();
      const ahead = policy.pushForward(v);
      expect(dot(u.y, ahead.y) + dot(u.phi, ahead.phi)).toBeCloseTo(dot(back, v), 12);
      const along = (e: number) =>
        policy.outputs(
          theta.map((value, k) => value + e * v[k]),
          x,
          n,
        );
      const [y, phi] = [ahead.y.slice(), ahead.phi.slice()];
      const [plus, minus] = [1e-5, -1e-5].map((e) => {
        const at = along(e);
        return [...at.y, ...at.phi];
      });
      expect(
        largestError(
          [...y, ...phi],
          plus.map((value, k) => (value - minus[k]) / 2e-5),
        ),
      ).toBeLessThan(1e-8);
    });

    it("has the Fisher product that is the derivative of the mean divergence's gradient", () => {
      const old = policy.outputs(theta, x, n);
      const p = { y: old.y.slice(), phi: old.phi.slice() };
      for (const seed of [8, 9]) {
        const v = numbers(seed, policy.size);
        const gradientAt = (e: number) => {
          const moved = theta.map((value, k) => value + e * v[k]);
          const q = policy.outputs(moved, x, n);
          return policy.pullBack(distribution.divergenceGradient(p, q, new Float64Array(n).fill(1 / n)));
        };
        const behind = gradientAt(-1e-5);
        const numeric = gradientAt(1e-5).map((ahead, k) => (ahead - behind[k]) / 2e-5);
        const found = fisherProduct(policy, policy.outputs(theta, x, n), v);
        expect(largestError(found, numeric)).toBeLessThan(1e-6 * Math.max(...numeric.map(Math.abs)));
        // And without any gradient of ours: KL(theta | theta + e v) = e^2 v^T F v / 2, the cubes of the two sides cancelling.
        const divergence = (e: number) => {
          const moved = theta.map((value, k) => value + e * v[k]);
          return distribution.divergence(p, policy.outputs(moved, x, n), n).reduce((sum, kl) => sum + kl / n, 0);
        };
        const e = 1e-3;
        const curvature = (divergence(e) + divergence(-e)) / e ** 2;
        expect(curvature / dot(v, found)).toBeCloseTo(1, 4);
      }
    });

    it('has a Fisher information averaged over the rows', () => {
      const v = numbers(10, policy.size);
      const whole = fisherProduct(policy, policy.outputs(theta, x, n), v);
      const expected = new Float64Array(policy.size);
      for (let i = 0; i < n; i++) {
        const own = policy.outputs(theta, x.slice(i * obsSize, (i + 1) * obsSize), 1);
        fisherProduct(policy, own, v).forEach((value, k) => {
          expected[k] += value / n;
        });
      }
      expect(largestError(whole, expected)).toBeLessThan(1e-12 * Math.max(...expected.map(Math.abs)));
    });

    it('begins with modes near 0 and the sigma asked for in every state', () => {
      const initial = initialTheta(policy, stream(3, 'policyInit'), -0.3);
      const { y, phi } = policy.outputs(initial, x, n);
      expect(Math.max(...distribution.mode(y, n).map(Math.abs))).toBeLessThan(0.1);
      distribution.scale(y, phi, n).forEach((value, k) => {
        const across = distribution.scaleSize > actions && k % 4 !== 0 && k % 4 !== 3;
        expect(Math.abs(value - (across ? 0 : Math.exp(-0.3)))).toBeLessThan(0.1);
      });
    });
  });

  it('climbs down the pseudo-loss -sum w log pi, written out on another network', () => {
    const policy = policyOf('diagonal', backend);
    const theta = numbers(1, policy.size, 0.8);
    const x = numbers(2, n * obsSize);
    const act = Float32Array.from(numbers(3, n * actions, 2));
    const weight = numbers(4, n);
    const network = referenceNetwork(widths);
    const pseudoLoss = () => {
      const mean = network.forward(theta.subarray(0, network.size), x, n);
      const sigma = Array.from(theta.subarray(network.size), Math.exp);
      return -mean.reduce((sum, mu, k) => sum + weight[Math.floor(k / 2)] * logDensity(act[k], mu, sigma[k % 2]), 0);
    };
    const descent = centralDifferences(theta, pseudoLoss).map((g) => -g);
    const found = weightedScore(policy, theta, x, act, weight);
    expect(largestError(found, descent)).toBeLessThan(1e-7);
    // The same by hand, to rounding: backpropagation of w (a - mu) / sigma^2, and sum_i w_i (z_i^2 - 1).
    const mean = network.forward(theta.subarray(0, network.size), x, n);
    const sigma = Array.from(theta.subarray(network.size), Math.exp);
    const byMean = mean.map((mu, k) => (weight[Math.floor(k / 2)] * (act[k] - mu)) / sigma[k % 2] ** 2);
    const bySpread = [0, 1].map((j) =>
      weight.reduce((sum, w, i) => sum + w * (((act[2 * i + j] - mean[2 * i + j]) / sigma[j]) ** 2 - 1), 0),
    );
    expect(largestError(found, [...network.vjp(byMean), ...bySpread])).toBeLessThan(1e-12);
  });

  it('has no spread to move where it is fixed', () => {
    const [fixed, diagonal] = [policyOf('fixed', backend), policyOf('diagonal', backend)];
    const theta = numbers(1, diagonal.size, 0.8).fill(-0.3, fixed.size);
    const x = numbers(2, n * obsSize);
    const act = Float32Array.from(numbers(3, n * actions, 2));
    const found = weightedScore(fixed, theta.slice(0, fixed.size), x, act, numbers(4, n));
    expect(found).toHaveLength(diagonal.size - actions);
    // The mean's part is the learned one's.
    expect(hex(found)).toBe(hex(weightedScore(diagonal, theta, x, act, numbers(4, n)).slice(0, fixed.size)));
  });
});

describe('initial parameters', () => {
  const policy = policyOf('diagonal');
  const theta = initialTheta(policy, stream(3, 'policyInit'), -0.4);

  /** The weights [in][out] and biases [out] of every layer. */
  function layers() {
    let at = 0;
    const take = (count: number) => {
      at += count;
      return Array.from(theta.subarray(at - count, at));
    };
    return widths.slice(1).map((outputs, l) => {
      const rows = Array.from({ length: widths[l] }, () => take(outputs));
      return { rows, bias: take(outputs) };
    });
  }

  /** |v_i . v_j - gain^2 [i = j]| at most, over the rows or the columns, whichever are fewer. */
  function skew(rows: number[][], gain: number): number {
    const columns = rows[0].map((_, j) => rows.map((row) => row[j]));
    const vectors = rows.length < columns.length ? rows : columns;
    const products = vectors.flatMap((u, i) =>
      vectors.map((v, j) => u.reduce((sum, a, k) => sum + a * v[k], 0) - (i === j ? gain ** 2 : 0)),
    );
    return Math.max(...products.map(Math.abs));
  }

  it('are orthogonal in every layer, with gain sqrt 2 in the hidden ones', () => {
    for (const { rows } of layers().slice(0, -1)) expect(skew(rows, Math.SQRT2)).toBeLessThan(1e-14);
    const [last] = layers().slice(-1);
    const gain = Math.hypot(...last.rows.map((row) => row[0]));
    expect(skew(last.rows, gain)).toBeLessThan(1e-14);
  });

  it('begin with means near 0, no biases, and the log sigma asked for', () => {
    const mean = policy.outputs(theta, numbers(5, n * 3), n).y;
    expect(Math.max(...mean.map(Math.abs))).toBeLessThan(0.1);
    expect(mean.every((mu) => mu !== 0)).toBe(true);
    for (const { bias } of layers()) expect(bias.every((b) => b === 0)).toBe(true);
    expect(Array.from(theta.subarray(-2))).toEqual([-0.4, -0.4]);
  });

  it('are those of the mean whatever the distribution shares, and hold its first bias', () => {
    const state = policyOf('state-diagonal');
    const initial = initialTheta(state, stream(3, 'policyInit'), -0.4);
    expect(Array.from(initial.slice(-4))).toEqual([0, 0, -0.4, -0.4]);
    const full = initialTheta(policyOf('full'), stream(3, 'policyInit'), -0.4);
    expect(hex(full.slice(0, theta.length - 2))).toBe(hex(theta.slice(0, -2)));
    expect(Array.from(full.slice(-3))).toEqual([-0.4, -0.4, 0]);
  });

  it('depend on the seed alone', () => {
    expect(hex(initialTheta(policy, stream(3, 'policyInit'), -0.4))).toBe(hex(theta));
    expect(hex(initialTheta(policy, stream(4, 'policyInit'), -0.4))).not.toBe(hex(theta));
  });
});
