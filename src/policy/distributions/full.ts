import { exp, log } from '../../../envs/math/kernels.ts';
import type { Distribution, DistributionEntry } from './types.ts';

/**
 * The Gaussian with any covariance, the same in all states: pi(a | s) = N(mu(s), Sigma), Sigma = L L^T with L lower
 * triangular. Its Mahalanobis log-probability is that of seed 001, -1/2 |f(s) - a|^2_Sigma + const, with |x|^2_Sigma =
 * x^T Sigma^-1 x = |z|^2, z = L^-1 x. phi holds log L_ii [A], then the rows of L below its diagonal [A (A - 1) / 2].
 */
function full(actions: number): Distribution {
  const shared = (actions * (actions + 1)) / 2;
  const halfLogTwoPi = 0.5 * log(2 * Math.PI);

  /** L [A, A] */
  function factor(phi: Float64Array): Float64Array {
    const l = new Float64Array(actions * actions);
    let k = actions;
    for (let i = 0; i < actions; i++) {
      for (let j = 0; j < i; j++) l[i * actions + j] = phi[k++];
      l[i * actions + i] = exp(phi[i]);
    }
    return l;
  }

  /** A derivative with respect to L as one with respect to phi: d L_ii / d log L_ii = L_ii. */
  function toPhi(l: Float64Array, byL: Float64Array): Float64Array {
    const out = new Float64Array(shared);
    let k = actions;
    for (let i = 0; i < actions; i++) {
      for (let j = 0; j < i; j++) out[k++] = byL[i * actions + j];
      out[i] = byL[i * actions + i] * l[i * actions + i];
    }
    return out;
  }

  /** The direction in L of a direction in phi. */
  function fromPhi(l: Float64Array, direction: Float64Array): Float64Array {
    const out = new Float64Array(actions * actions);
    let k = actions;
    for (let i = 0; i < actions; i++) {
      for (let j = 0; j < i; j++) out[i * actions + j] = direction[k++];
      out[i * actions + i] = direction[i] * l[i * actions + i];
    }
    return out;
  }

  /** x = L^-1 x for the columns of x [A, columns], in place. */
  function solve(l: Float64Array, x: Float64Array, columns: number): Float64Array {
    for (let c = 0; c < columns; c++) {
      for (let i = 0; i < actions; i++) {
        let sum = x[i * columns + c];
        for (let j = 0; j < i; j++) sum -= l[i * actions + j] * x[j * columns + c];
        x[i * columns + c] = sum / l[i * actions + i];
      }
    }
    return x;
  }

  /** x = L^-T x for the columns of x [A, columns], in place. */
  function solveTransposed(l: Float64Array, x: Float64Array, columns: number): Float64Array {
    for (let c = 0; c < columns; c++) {
      for (let i = actions - 1; i >= 0; i--) {
        let sum = x[i * columns + c];
        for (let j = i + 1; j < actions; j++) sum -= l[j * actions + i] * x[j * columns + c];
        x[i * columns + c] = sum / l[i * actions + i];
      }
    }
    return x;
  }

  const row = (y: ArrayLike<number>, i: number) => Float64Array.from({ length: actions }, (_, j) => y[i * actions + j]);
  const difference = (a: ArrayLike<number>, b: ArrayLike<number>, i: number) =>
    Float64Array.from({ length: actions }, (_, j) => a[i * actions + j] - b[i * actions + j]);
  const logDeterminant = (phi: Float64Array) => phi.subarray(0, actions).reduce((sum, x) => sum + x, 0);
  const squared = (x: Float64Array) => x.reduce((sum, value) => sum + value * value, 0);

  /** to += weight x x^T for x [A, columns] */
  function addOuter(to: Float64Array, x: Float64Array, columns: number, weight: number): void {
    for (let i = 0; i < actions; i++) {
      for (let j = 0; j < actions; j++) {
        for (let c = 0; c < columns; c++) to[i * actions + j] += weight * x[i * columns + c] * x[j * columns + c];
      }
    }
  }

  return {
    actions,
    outputs: actions,
    shared,
    scaleSize: actions * actions,
    squashed: false,

    initial(logSigma) {
      const phi = new Float64Array(shared);
      phi.fill(logSigma, 0, actions);
      return { bias: new Float64Array(actions), phi };
    },

    mode: (y) => y.slice(),

    scale(_y, phi, n) {
      const l = factor(phi);
      return Float64Array.from({ length: n * l.length }, (_, k) => l[k % l.length]);
    },

    sample(y, phi, noise, n) {
      const l = factor(phi);
      const out = new Float32Array(n * actions);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < actions; j++) {
          let a = y[i * actions + j];
          for (let k = 0; k <= j; k++) a += l[j * actions + k] * noise[i * actions + k];
          out[i * actions + j] = a;
        }
      }
      return out;
    },

    logProbability(act, y, phi, n) {
      const l = factor(phi);
      const constant = logDeterminant(phi) + actions * halfLogTwoPi;
      return Float64Array.from({ length: n }, (_, i) => -0.5 * squared(solve(l, difference(act, y, i), 1)) - constant);
    },

    // With respect to mu: w L^-T z; to L: w (L^-T z z^T - diag(1 / L_ii)), its lower triangle.
    score(act, y, phi, weight) {
      const l = factor(phi);
      const outer = new Float64Array(actions * actions);
      const byMean = new Float64Array(y.length);
      let total = 0;
      weight.forEach((w, i) => {
        const z = solve(l, difference(act, y, i), 1);
        addOuter(outer, z, 1, w);
        byMean.set(
          solveTransposed(l, z, 1).map((value) => w * value),
          i * actions,
        );
        total += w;
      });
      const byL = solveTransposed(l, outer, actions);
      for (let i = 0; i < actions; i++) byL[i * actions + i] -= total / l[i * actions + i];
      return { y: byMean, phi: toPhi(l, byL) };
    },

    // For mu Sigma^-1; for L, with S = L^-1 dL, the lower triangle of L^-T (S + S^T).
    fisher(_y, phi, direction, n) {
      const l = factor(phi);
      const byMean = new Float64Array(n * actions);
      for (let i = 0; i < n; i++) {
        byMean.set(solveTransposed(l, solve(l, row(direction.y, i), 1), 1), i * actions);
      }
      const s = solve(l, fromPhi(l, direction.phi), actions);
      const symmetric = s.map((value, k) => value + s[(k % actions) * actions + Math.floor(k / actions)]);
      const byL = solveTransposed(l, symmetric, actions);
      return { y: byMean, phi: toPhi(l, byL).map((value) => n * value) };
    },

    // KL(p | q) = (|L_q^-1 L_p|^2 + |L_q^-1 (mu_p - mu_q)|^2 - A) / 2 + log det L_q - log det L_p
    divergence(p, q, n) {
      const l = factor(q.phi);
      const w = solve(l, factor(p.phi), actions);
      const constant = 0.5 * (squared(w) - actions) + logDeterminant(q.phi) - logDeterminant(p.phi);
      return Float64Array.from({ length: n }, (_, i) => constant + 0.5 * squared(solve(l, difference(p.y, q.y, i), 1)));
    },

    divergenceGradient(p, q, weight) {
      const l = factor(q.phi);
      const total = weight.reduce((sum, w) => sum + w, 0);
      const outer = new Float64Array(actions * actions);
      addOuter(outer, solve(l, factor(p.phi), actions), actions, total);
      const byMean = new Float64Array(q.y.length);
      weight.forEach((w, i) => {
        const z = solve(l, difference(q.y, p.y, i), 1);
        addOuter(outer, z, 1, w);
        byMean.set(
          solveTransposed(l, z, 1).map((value) => w * value),
          i * actions,
        );
      });
      const byL = solveTransposed(l, outer, actions).map((value) => -value);
      for (let i = 0; i < actions; i++) byL[i * actions + i] += total / l[i * actions + i];
      return { y: byMean, phi: toPhi(l, byL) };
    },
  };
}

export const fullGaussian: DistributionEntry = {
  name: 'full',
  description: 'Gaussian with a learned full covariance, the same in all states',
  create: (actions) => full(actions),
};
