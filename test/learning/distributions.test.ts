import { describe, expect, it } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import { distributions } from '../../src/policy/distributions/index.ts';
import type { Derivative, Distribution, Outputs } from '../../src/policy/distributions/types.ts';
import { dot, numbers } from '../network/reference.ts';
import { centralDifferences, hex, largestError, logDensity } from './support.ts';

const names = Object.keys(distributions);
const [n, size] = [5, 3];
/** Of the fixed family; the others learn theirs. */
const fixedLogSigma = -0.3;

const create = (name: string, actions = size) => distributions[name].create(actions, fixedLogSigma);

/** Outputs for `rows` states and shared parameters, with nothing in them that is 0 or equal. */
function point({ outputs, shared }: Distribution, seed: number, rows = n): Outputs {
  return { y: numbers(seed, rows * outputs, 0.7), phi: numbers(seed + 1, shared, 0.7).map((x) => x - 0.5) };
}

/** The first of the rows, `rows` times. */
function repeated({ outputs }: Distribution, { y, phi }: Outputs, rows: number): Outputs {
  return { y: Float64Array.from({ length: rows * outputs }, (_, k) => y[k % outputs]), phi };
}

const ones = (rows: number) => new Float64Array(rows).fill(1);
const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);
const inner = (a: Derivative, b: Derivative) => dot(a.y, b.y) + dot(a.phi, b.phi);
const flat = ({ y, phi }: Derivative) => [...y, ...phi];

/** The action for a sample u. */
const squash = (name: string) => (name === 'squashed' ? Math.tanh : (u: number) => u);
/** log |du / da| */
const logJacobian = (name: string, u: number) => (name === 'squashed' ? 2 * Math.log(Math.cosh(u)) : 0);

/** Mean [A] and covariance [A][A] of the Gaussian in row i, read off the parameters as each family documents them. */
function gaussianOf(name: string, { y, phi }: Outputs, i: number, actions = size): { mu: number[]; sigma: number[][] } {
  const indices = Array.from({ length: actions }, (_, j) => j);
  const outputs = name === 'state-diagonal' ? 2 * actions : actions;
  const mu = indices.map((j) => y[i * outputs + j]);
  const diagonalOf = (logSigma: (j: number) => number) =>
    indices.map((j) => indices.map((k) => (j === k ? Math.exp(2 * logSigma(j)) : 0)));
  switch (name) {
    case 'fixed':
      return { mu, sigma: diagonalOf(() => fixedLogSigma) };
    case 'diagonal':
    case 'squashed':
      return { mu, sigma: diagonalOf((j) => phi[j]) };
    case 'state-diagonal':
      return { mu, sigma: diagonalOf((j) => y[i * outputs + actions + j]) };
    case 'full': {
      // log L_00, log L_11, log L_22, L_10, L_20, L_21
      const below = (j: number, k: number) => phi[actions + (j * (j - 1)) / 2 + k];
      const l = indices.map((j) => indices.map((k) => (j === k ? Math.exp(phi[j]) : k < j ? below(j, k) : 0)));
      return { mu, sigma: l.map((a) => l.map((b) => a.reduce((total, value, k) => total + value * b[k], 0))) };
    }
    default:
      return expect.fail(`say here what the parameters of the family ${name} mean`);
  }
}

/** x^T sigma^-1 x and log det sigma, by Gauss's elimination. */
function mahalanobis(sigma: number[][], x: number[]): { squared: number; logDeterminant: number } {
  const rows = sigma.map((row, i) => [...row, x[i]]);
  let [squared, logDeterminant] = [0, 0];
  // After elimination sigma = L D L^T, and what is left of x is L^-1 x.
  rows.forEach((pivot, k) => {
    for (const row of rows.slice(k + 1)) {
      const factor = row[k] / pivot[k];
      for (let j = k; j < row.length; j++) row[j] -= factor * pivot[j];
    }
    squared += pivot[x.length] ** 2 / pivot[k];
    logDeterminant += Math.log(pivot[k]);
  });
  return { squared, logDeterminant };
}

/** sum_k f(u_k) da_k over a grid of samples [1], where p is not negligible: the trapezoidal rule, with da = (da / du) du. */
function integrate(name: string, f: (u: Float64Array) => Float64Array, mu: number, sigma: number): number {
  const h = sigma / 20;
  const u = Float64Array.from({ length: 401 }, (_, k) => mu + h * (k - 200));
  return f(u).reduce((total, value, k) => total + value * h * Math.exp(-logJacobian(name, u[k])), 0);
}

/** Samples at the first row of a point, all of one state. */
function draw(distribution: Distribution, at: Outputs, count: number, seed: number) {
  const random = stream(seed, 'noise');
  const noise = Float64Array.from({ length: count * distribution.actions }, () => random.normal());
  const outputs = repeated(distribution, at, count);
  return { outputs, act: distribution.sample(outputs.y, outputs.phi, noise, count) };
}

describe.each(names)('distribution %s', (name) => {
  const distribution = create(name);
  const { outputs, shared } = distribution;
  const p = point(distribution, 11);
  const q = point(distribution, 21);
  const noise = numbers(31, n * size, 2);
  const act = distribution.sample(p.y, p.phi, noise, n);
  const direction = (seed: number): Derivative => ({
    y: numbers(seed, n * outputs),
    phi: numbers(seed + 1, shared),
  });

  it('is registered under its own name, and says what it is', () => {
    expect(distributions[name].name).toBe(name);
    expect(distributions[name].description).not.toBe('');
    expect(distribution.actions).toBe(size);
  });

  it('begins centred and uncorrelated, with the sigma asked for', () => {
    for (const logSigma of [-0.7, 0.2]) {
      const fresh = distributions[name].create(size, logSigma);
      const { bias, phi } = fresh.initial(logSigma);
      expect([bias.length, phi.length]).toEqual([outputs, shared]);
      const at = repeated(fresh, { y: bias, phi }, n);
      expect(Array.from(fresh.mode(at.y, n))).toEqual(new Array(n * size).fill(0));
      const sigma = Math.exp(logSigma);
      const eye = [0, 1, 2].flatMap((i) => [0, 1, 2].map((j) => (i === j ? sigma : 0)));
      const row = fresh.scaleSize === size ? [sigma, sigma, sigma] : eye;
      expect(largestError(fresh.scale(at.y, at.phi, n), new Array(n).fill(row).flat())).toBeLessThan(1e-15);
    }
  });

  it('takes its parameters for what they are said to be: mode, scale and samples', () => {
    const mode = distribution.mode(p.y, n);
    const scale = distribution.scale(p.y, p.phi, n);
    expect(Array.from(distribution.actionsOf(act))).toEqual(Array.from(act, (u) => expect.closeTo(squash(name)(u), 6)));
    expect(scale).toHaveLength(n * distribution.scaleSize);
    for (let i = 0; i < n; i++) {
      const { mu, sigma } = gaussianOf(name, p, i);
      expect(largestError(mode.slice(i * size, (i + 1) * size), mu.map(squash(name)))).toBeLessThan(1e-15);
      const own = scale.slice(i * distribution.scaleSize, (i + 1) * distribution.scaleSize);
      const l = [0, 1, 2].map((j) =>
        [0, 1, 2].map((k) => (distribution.scaleSize > size ? own[j * size + k] : j === k ? own[j] : 0)),
      );
      const covariance = l.map((a) => l.map((b) => a.reduce((total, value, k) => total + value * b[k], 0)));
      expect(largestError(covariance.flat(), sigma.flat())).toBeLessThan(1e-14);
      for (const [j, row] of l.entries()) {
        expect(row[j]).toBeGreaterThan(0);
        expect(row.slice(j + 1).every((value) => value === 0)).toBe(true);
        const u = row.reduce((total, value, k) => total + value * noise[i * size + k], mu[j]);
        // What rounding to float32 leaves.
        expect(Math.abs(act[i * size + j] - u)).toBeLessThan(2 ** -22);
      }
    }
  });

  it('treats every row alone', () => {
    const logp = distribution.logProbability(act, p.y, p.phi, n);
    const kl = distribution.divergence(p, q, n);
    for (let i = 0; i < n; i++) {
      const y = p.y.slice(i * outputs, (i + 1) * outputs);
      const own = act.slice(i * size, (i + 1) * size);
      expect(hex(distribution.sample(y, p.phi, noise.slice(i * size, (i + 1) * size), 1))).toBe(hex(own));
      expect(distribution.logProbability(own, y, p.phi, 1)[0]).toBe(logp[i]);
      const other = { y: q.y.slice(i * outputs, (i + 1) * outputs), phi: q.phi };
      expect(distribution.divergence({ y, phi: p.phi }, other, 1)[0]).toBe(kl[i]);
      const scale = distribution.scale(p.y, p.phi, n).slice(i * distribution.scaleSize);
      expect(hex(distribution.scale(y, p.phi, 1))).toBe(hex(scale.slice(0, distribution.scaleSize)));
      expect(hex(distribution.mode(y, 1))).toBe(hex(distribution.mode(p.y, n).slice(i * size, (i + 1) * size)));
    }
  });

  describe('log-probability', () => {
    it('is -1/2 (a - mu)^T Sigma^-1 (a - mu) - 1/2 log det(2 pi Sigma), with the derivative of squashing', () => {
      const expected = Array.from({ length: n }, (_, i) => {
        const { mu, sigma } = gaussianOf(name, p, i);
        const own = Array.from(act.slice(i * size, (i + 1) * size));
        const { squared, logDeterminant } = mahalanobis(
          sigma,
          own.map((u, j) => u - mu[j]),
        );
        const jacobian = own.reduce((total, u) => total + logJacobian(name, u), 0);
        return -0.5 * (squared + logDeterminant + size * Math.log(2 * Math.PI)) + jacobian;
      });
      expect(largestError(distribution.logProbability(act, p.y, p.phi, n), expected)).toBeLessThan(1e-12);
    });

    it('is that of the textbook in one dimension', () => {
      const one = create(name, 1);
      const at = point(one, 41);
      const own = one.sample(at.y, at.phi, numbers(42, n, 2), n);
      const expected = Array.from(own, (u, i) => {
        const { mu, sigma } = gaussianOf(name, at, i, 1);
        return logDensity(u, mu[0], Math.sqrt(sigma[0][0])) + logJacobian(name, u);
      });
      expect(largestError(one.logProbability(own, at.y, at.phi, n), expected)).toBeLessThan(1e-12);
    });

    it('integrates to 1 in one dimension', () => {
      const one = create(name, 1);
      for (const seed of [1, 2, 3]) {
        const at = point(one, seed, 1);
        const { mu, sigma } = gaussianOf(name, at, 0, 1);
        const density = (a: Float64Array) => {
          const { y, phi } = repeated(one, at, a.length);
          return one.logProbability(a, y, phi, a.length).map(Math.exp);
        };
        expect(integrate(name, density, mu[0], Math.sqrt(sigma[0][0])), `seed ${seed}`).toBeCloseTo(1, 10);
      }
    });

    it('integrates to 1 in two dimensions, with the covariance it says', () => {
      const two = create(name, 2);
      const at = point(two, 52, 1);
      const { mu, sigma } = gaussianOf(name, at, 0, 2);
      if (name === 'full') expect(Math.abs(sigma[0][1]) / Math.sqrt(sigma[0][0] * sigma[1][1])).toBeGreaterThan(0.3);
      // Nine standard deviations to either side; the grid is finer than the narrowest direction, so that the rule is exact.
      const [wide, count] = [sigma.map((row, j) => 9 * Math.sqrt(row[j])), 180];
      const u = Array.from({ length: count * count }, (_, k) => [
        mu[0] + wide[0] * ((2 * (k % count)) / (count - 1) - 1),
        mu[1] + wide[1] * ((2 * Math.floor(k / count)) / (count - 1) - 1),
      ]);
      const grid = Float64Array.from(u.flat());
      const { y, phi } = repeated(two, at, u.length);
      const cell = (4 * wide[0] * wide[1]) / (count - 1) ** 2;
      const mass = two
        .logProbability(grid, y, phi, u.length)
        .map((l, k) => cell * Math.exp(l - logJacobian(name, grid[2 * k]) - logJacobian(name, grid[2 * k + 1])));
      expect(sum(mass)).toBeCloseTo(1, 9);
      for (const [i, j] of [
        [0, 0],
        [0, 1],
        [1, 1],
      ]) {
        const covariance = mass.reduce((total, m, k) => total + m * (u[k][i] - mu[i]) * (u[k][j] - mu[j]), 0);
        expect(covariance).toBeCloseTo(sigma[i][j], 9);
      }
    });
  });

  describe('score', () => {
    const weight = numbers(61, n);

    it('is the derivative of sum_i w_i log pi(a_i | s_i) by the outputs and by the shared parameters', () => {
      const weighted = () => dot(weight, distribution.logProbability(act, p.y, p.phi, n));
      const { y, phi } = distribution.score(act, p.y, p.phi, weight);
      expect(largestError(y, centralDifferences(p.y, weighted))).toBeLessThan(1e-8);
      expect(largestError(phi, centralDifferences(p.phi, weighted))).toBeLessThan(1e-8);
    });

    it('has expectation 0 and the Fisher information as its covariance', () => {
      const count = 4000;
      const drawn = draw(distribution, p, count, 5);
      const at = { y: p.y.slice(0, outputs), phi: p.phi };
      // Of a random direction v: s . v has variance v^T M v, and two directions have covariance u^T M v.
      const [u, v] = [71, 81].map((seed) => ({ y: numbers(seed, outputs), phi: numbers(seed + 1, shared) }));
      const products = Array.from({ length: count }, (_, k) => {
        const own = drawn.act.subarray(k * size, (k + 1) * size);
        const score = distribution.score(own, at.y, at.phi, ones(1));
        return [inner(score, u), inner(score, v)];
      });
      const mean = (of: (row: number[]) => number) => products.reduce((total, row) => total + of(row), 0) / count;
      const expected = (a: Derivative, b: Derivative) => inner(a, distribution.fisher(at.y, at.phi, b, 1));
      expect(Math.abs(mean(([a]) => a))).toBeLessThan(5 * Math.sqrt(expected(u, u) / count));
      expect(Math.abs(mean(([, b]) => b))).toBeLessThan(5 * Math.sqrt(expected(v, v) / count));
      for (const [i, j, value] of [
        [0, 0, expected(u, u)],
        [0, 1, expected(u, v)],
        [1, 1, expected(v, v)],
      ]) {
        const found = mean((row) => row[i] * row[j]);
        const variance = mean((row) => (row[i] * row[j] - found) ** 2);
        expect(Math.abs(found - value)).toBeLessThan(5 * Math.sqrt(variance / count));
      }
    });
  });

  describe('Fisher information', () => {
    it('is the second derivative of the divergence: d/de grad_q KL(p | p + e v)', () => {
      const v = direction(91);
      const h = 1e-5;
      const gradientAt = (e: number) =>
        flat(
          distribution.divergenceGradient(
            p,
            { y: p.y.map((value, k) => value + e * v.y[k]), phi: p.phi.map((value, k) => value + e * v.phi[k]) },
            ones(n),
          ),
        );
      const behind = gradientAt(-h);
      const numeric = gradientAt(h).map((ahead, k) => (ahead - behind[k]) / (2 * h));
      expect(largestError(flat(distribution.fisher(p.y, p.phi, v, n)), numeric)).toBeLessThan(1e-7);
    });

    it('is linear, symmetric and positive', () => {
      for (const seed of [101, 111, 121]) {
        const [u, v] = [direction(seed), direction(seed + 5)];
        const [mu, mv] = [u, v].map((w) => distribution.fisher(p.y, p.phi, w, n));
        expect(inner(u, mv)).toBeCloseTo(inner(v, mu), 12);
        expect(inner(v, mv)).toBeGreaterThan(0.01 * inner(v, v));
        const both = { y: u.y.map((x, k) => x + 2 * v.y[k]), phi: u.phi.map((x, k) => x + 2 * v.phi[k]) };
        const found = flat(distribution.fisher(p.y, p.phi, both, n));
        const [a, b] = [flat(mu), flat(mv)];
        expect(
          largestError(
            found,
            a.map((x, k) => x + 2 * b[k]),
          ),
        ).toBeLessThan(1e-12);
      }
    });
  });

  describe('divergence', () => {
    it('is 0 of a distribution from itself, and positive from any other', () => {
      expect(largestError(distribution.divergence(p, p, n), new Float64Array(n))).toBeLessThan(1e-14);
      for (let seed = 200; seed < 240; seed += 2) {
        const other = point(distribution, seed);
        expect(Math.min(...distribution.divergence(p, other, n))).toBeGreaterThan(0);
        const near = { y: p.y.map((x, k) => x + 1e-4 * other.y[k]), phi: p.phi.map((x, k) => x + 1e-4 * other.phi[k]) };
        expect(Math.min(...distribution.divergence(p, near, n))).toBeGreaterThan(0);
      }
    });

    it('is the integral of p log(p / q) in one dimension', () => {
      const one = create(name, 1);
      const [from, to] = [point(one, 131, 1), point(one, 141, 1)];
      const { mu, sigma } = gaussianOf(name, from, 0, 1);
      const integrand = (a: Float64Array) => {
        const [logP, logQ] = [from, to].map((at) => {
          const { y, phi } = repeated(one, at, a.length);
          return one.logProbability(a, y, phi, a.length);
        });
        return logP.map((l, k) => Math.exp(l) * (l - logQ[k]));
      };
      const found = one.divergence(from, to, 1)[0];
      expect(found).toBeGreaterThan(0.01);
      expect(found).toBeCloseTo(integrate(name, integrand, mu[0], Math.sqrt(sigma[0][0])), 9);
    });

    it('is the expectation of log(p / q) under p', () => {
      const count = 20_000;
      const drawn = draw(distribution, p, count, 6);
      const to = repeated(distribution, q, count);
      const logP = distribution.logProbability(drawn.act, drawn.outputs.y, p.phi, count);
      const logQ = distribution.logProbability(drawn.act, to.y, q.phi, count);
      const ratio = logP.map((l, k) => l - logQ[k]);
      const mean = sum(ratio) / count;
      const error = Math.sqrt(sum(ratio.map((l) => (l - mean) ** 2))) / count;
      expect(Math.abs(mean - distribution.divergence(p, q, n)[0])).toBeLessThan(5 * error);
    });

    it('has the gradient of sum_i w_i KL(p_i | q_i) by what q says', () => {
      const weight = numbers(151, n);
      const total = () => dot(weight, distribution.divergence(p, q, n));
      const { y, phi } = distribution.divergenceGradient(p, q, weight);
      expect(largestError(y, centralDifferences(q.y, total))).toBeLessThan(1e-8);
      expect(largestError(phi, centralDifferences(q.phi, total))).toBeLessThan(1e-8);
    });
  });

  it('gives samples of that mean and covariance', () => {
    const count = 40_000;
    const u = draw(distribution, p, count, 7).act;
    const { mu, sigma } = gaussianOf(name, p, 0);
    const value = (k: number, j: number) => u[k * size + j] - mu[j];
    const mean = (of: (k: number) => number) => {
      let total = 0;
      for (let k = 0; k < count; k++) total += of(k);
      return total / count;
    };
    for (let i = 0; i < size; i++) {
      // Five standard errors: of a mean, and of a product of two Gaussians by Isserlis.
      expect(Math.abs(mean((k) => value(k, i)))).toBeLessThan(5 * Math.sqrt(sigma[i][i] / count));
      for (let j = 0; j <= i; j++) {
        const variance = sigma[i][i] * sigma[j][j] + sigma[i][j] ** 2;
        const found = mean((k) => value(k, i) * value(k, j));
        expect(Math.abs(found - sigma[i][j])).toBeLessThan(5 * Math.sqrt(variance / count));
      }
    }
  });
});

describe('full with a diagonal Sigma', () => {
  const [full, diagonal] = [create('full'), create('diagonal')];
  const logSigma = Float64Array.of(-0.7, 0, 0.4);
  const asFull = (phi: Float64Array) => Float64Array.from([...phi, 0, 0, 0]);
  const y = numbers(1, n * size);
  const noise = numbers(2, n * size, 2);
  const act = diagonal.sample(y, logSigma, noise, n);
  const weight = numbers(3, n);
  const other = { y: numbers(4, n * size), phi: numbers(5, size) };
  /** What it gives but for the parameters below the diagonal. */
  const head = ({ y, phi }: Derivative) => [...y, ...phi.subarray(0, size)];

  it('gives the diagonal policy its numbers: samples, scale and log-probability', () => {
    expect(hex(full.sample(y, asFull(logSigma), noise, n))).toBe(hex(act));
    const scale = full.scale(y, asFull(logSigma), n);
    const onDiagonal = Float64Array.from({ length: n * size }, (_, k) => scale[Math.floor(k / size) * 9 + (k % 3) * 4]);
    expect(hex(onDiagonal)).toBe(hex(diagonal.scale(y, logSigma, n)));
    expect(
      largestError(full.logProbability(act, y, asFull(logSigma), n), diagonal.logProbability(act, y, logSigma, n)),
    ).toBeLessThan(1e-13);
  });

  it('gives its score, and its divergence and the gradient of that', () => {
    const score = full.score(act, y, asFull(logSigma), weight);
    expect(largestError(head(score), flat(diagonal.score(act, y, logSigma, weight)))).toBeLessThan(1e-13);
    const [p, q] = [{ y, phi: logSigma }, other];
    const [fullP, fullQ] = [p, q].map((at) => ({ y: at.y, phi: asFull(at.phi) }));
    expect(largestError(full.divergence(fullP, fullQ, n), diagonal.divergence(p, q, n))).toBeLessThan(1e-13);
    const gradient = full.divergenceGradient(fullP, fullQ, weight);
    expect(largestError(head(gradient), flat(diagonal.divergenceGradient(p, q, weight)))).toBeLessThan(1e-12);
  });

  it('gives its Fisher information, and none between the diagonal and what is below it', () => {
    const v = { y: numbers(6, n * size), phi: numbers(7, size) };
    const found = full.fisher(y, asFull(logSigma), { y: v.y, phi: asFull(v.phi) }, n);
    expect(largestError(head(found), flat(diagonal.fisher(y, logSigma, v, n)))).toBeLessThan(1e-12);
    expect(Array.from(found.phi.subarray(size))).toEqual([0, 0, 0]);
  });
});

describe('fixed', () => {
  it('has no spread to learn', () => {
    const fixed = create('fixed');
    expect([fixed.shared, fixed.outputs]).toEqual([0, size]);
    const { y, phi } = fixed.score(new Float32Array(n * size), numbers(1, n * size), new Float64Array(), ones(n));
    expect([y.length, phi.length]).toEqual([n * size, 0]);
  });

  it('is the diagonal one at that sigma', () => {
    const [fixed, diagonal] = [create('fixed'), create('diagonal')];
    const y = numbers(1, n * size);
    const phi = new Float64Array(size).fill(fixedLogSigma);
    const act = diagonal.sample(y, phi, numbers(2, n * size), n);
    expect(hex(fixed.sample(y, new Float64Array(), numbers(2, n * size), n))).toBe(hex(act));
    expect(hex(fixed.logProbability(act, y, new Float64Array(), n))).toBe(hex(diagonal.logProbability(act, y, phi, n)));
  });
});

describe('state-diagonal', () => {
  it('has a sigma of its own in every state', () => {
    const state = create('state-diagonal', 1);
    const scale = state.scale(Float64Array.of(0, Math.log(2), 0, Math.log(0.5)), new Float64Array(), 2);
    expect(largestError(scale, [2, 0.5])).toBeLessThan(1e-15);
  });
});

describe('squashed', () => {
  const squashed = create('squashed', 1);
  const phi = Float64Array.of(Math.log(0.8));

  it('keeps every sample inside the box, however far the noise goes', () => {
    const y = Float64Array.from({ length: 200 }, (_, k) => (k % 2 ? 1 : -1) * k);
    const noise = numbers(1, 200, 9);
    const act = squashed.actionsOf(squashed.sample(y, Float64Array.of(2), noise, 200));
    expect(act.every((a) => Math.abs(a) < 1)).toBe(true);
    // The edge itself is reached: the last float32 before 1.
    expect(act.some((a) => a === 1 - 2 ** -24)).toBe(true);
    expect(act.some((a) => a === -(1 - 2 ** -24))).toBe(true);
  });

  it('has the exact density, near the edge too', () => {
    const act = [0, 0.5, -0.9, 0.999, -0.99999, 1 - 2 ** -20];
    const y = new Float64Array(act.length).fill(0.4);
    const found = squashed.logProbability(Float64Array.from(act, Math.atanh), y, phi, act.length);
    const expected = act.map((a) => logDensity(Math.atanh(a), 0.4, 0.8) - Math.log1p(-a * a));
    expect(largestError(found, expected)).toBeLessThan(1e-9);
  });

  it.each([2, 3])(
    'tells samples apart whose actions are all the same, so that z is standard normal: log sigma %d',
    (spread) => {
      const wide = Float64Array.of(spread);
      const count = 20_000;
      const random = stream(7, 'noise');
      const noise = Float64Array.from({ length: count }, () => random.normal());
      const y = new Float64Array(count).fill(0.4);
      const sampled = squashed.sample(y, wide, noise, count);
      const { phi: score } = squashed.score(sampled, y, wide, ones(count));
      // Its standard deviation is sqrt(2 / n), and the score of log sigma is the sum of z^2 - 1.
      const square = sampled.reduce((total, u) => total + ((u - 0.4) / Math.exp(spread)) ** 2, 0) / count;
      expect(Math.abs(square - 1)).toBeLessThan(4 * Math.sqrt(2 / count));
      expect(score[0] / count).toBeCloseTo(square - 1, 6);
      expect(squashed.logProbability(sampled, y, wide, count).every(Number.isFinite)).toBe(true);
    },
  );

  it('integrates to 1 over (-1, 1) on an even grid of actions, with no substitution', () => {
    const narrow = Float64Array.of(Math.log(0.4));
    const h = 1 / 4096;
    const grid = Float64Array.from({ length: 8191 }, (_, k) => -1 + h * (k + 1));
    const u = grid.map(Math.atanh);
    const density = squashed.logProbability(u, new Float64Array(grid.length).fill(0.3), narrow, grid.length);
    expect(sum(density.map((l) => h * Math.exp(l)))).toBeCloseTo(1, 9);
  });
});
