import { exp, log } from '../../../envs/math/kernels.ts';
import { addOuter, solve, solveTransposed, squared } from './triangular.ts';
import type { Actions, Derivative, Distribution, DistributionEntry, Outputs } from './types.ts';

const halfLogTwoPi = 0.5 * log(2 * Math.PI);

/**
 * The Gaussian with any covariance, the same in all states: pi(a | s) = N(mu(s), Sigma), Sigma = L L^T with L lower
 * triangular. Its log-probability is -1/2 |mu(s) - a|^2_Sigma + const, the Mahalanobis distance |x|^2_Sigma =
 * x^T Sigma^-1 x = |z|^2, z = L^-1 x. phi holds log L_ii [A], then the rows of L below its diagonal [A (A - 1) / 2].
 */
class FullGaussian implements Distribution {
  readonly actions: number;
  readonly outputs: number;
  readonly shared: number;
  readonly scaleSize: number;
  readonly squashed = false;

  constructor(actions: number) {
    this.actions = actions;
    this.outputs = actions;
    this.shared = (actions * (actions + 1)) / 2;
    this.scaleSize = actions * actions;
  }

  initial(logSigma: number): { bias: Float64Array; phi: Float64Array } {
    const phi = new Float64Array(this.shared);
    phi.fill(logSigma, 0, this.actions);
    return { bias: new Float64Array(this.actions), phi };
  }

  mode(y: Float64Array): Float64Array {
    return y.slice();
  }

  scale(_y: Float64Array, phi: Float64Array, n: number): Float64Array {
    const l = this.factor(phi);
    return Float64Array.from({ length: n * l.length }, (_, k) => l[k % l.length]);
  }

  sample(y: Float64Array, phi: Float64Array, noise: Float64Array, n: number): Float32Array {
    const { actions } = this;
    const l = this.factor(phi);
    const out = new Float32Array(n * actions);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < actions; j++) {
        let a = y[i * actions + j];
        for (let k = 0; k <= j; k++) a += l[j * actions + k] * noise[i * actions + k];
        out[i * actions + j] = a;
      }
    }
    return out;
  }

  actionsOf(sampled: Float32Array): Float32Array {
    return sampled;
  }

  logProbability(act: Actions, y: Float64Array, phi: Float64Array, n: number): Float64Array {
    const l = this.factor(phi);
    const constant = this.logDeterminant(phi) + this.actions * halfLogTwoPi;
    return Float64Array.from(
      { length: n },
      (_, i) => -0.5 * squared(solve(l, this.difference(act, y, i), 1)) - constant,
    );
  }

  // With respect to mu: w L^-T z; to L: w (L^-T z z^T - diag(1 / L_ii)), its lower triangle.
  score(act: Actions, y: Float64Array, phi: Float64Array, weight: Float64Array): Derivative {
    const { actions } = this;
    const l = this.factor(phi);
    const outer = new Float64Array(actions * actions);
    const byMean = new Float64Array(y.length);
    let total = 0;
    weight.forEach((w, i) => {
      const z = solve(l, this.difference(act, y, i), 1);
      addOuter(outer, z, 1, w);
      byMean.set(
        solveTransposed(l, z, 1).map((value) => w * value),
        i * actions,
      );
      total += w;
    });
    const byL = solveTransposed(l, outer, actions);
    for (let i = 0; i < actions; i++) byL[i * actions + i] -= total / l[i * actions + i];
    return { y: byMean, phi: this.toPhi(l, byL) };
  }

  // For mu Sigma^-1; for L, with S = L^-1 dL, the lower triangle of L^-T (S + S^T).
  fisher(_y: Float64Array, phi: Float64Array, direction: Derivative, n: number): Derivative {
    const { actions } = this;
    const l = this.factor(phi);
    const byMean = new Float64Array(n * actions);
    for (let i = 0; i < n; i++) {
      const row = direction.y.slice(i * actions, (i + 1) * actions);
      byMean.set(solveTransposed(l, solve(l, row, 1), 1), i * actions);
    }
    const s = solve(l, this.fromPhi(l, direction.phi), actions);
    const symmetric = s.map((value, k) => value + s[(k % actions) * actions + Math.floor(k / actions)]);
    const byL = solveTransposed(l, symmetric, actions);
    return { y: byMean, phi: this.toPhi(l, byL).map((value) => n * value) };
  }

  // KL(p | q) = (|L_q^-1 L_p|^2 + |L_q^-1 (mu_p - mu_q)|^2 - A) / 2 + log det L_q - log det L_p
  divergence(p: Outputs, q: Outputs, n: number): Float64Array {
    const l = this.factor(q.phi);
    const w = solve(l, this.factor(p.phi), this.actions);
    const constant = 0.5 * (squared(w) - this.actions) + this.logDeterminant(q.phi) - this.logDeterminant(p.phi);
    return Float64Array.from(
      { length: n },
      (_, i) => constant + 0.5 * squared(solve(l, this.difference(p.y, q.y, i), 1)),
    );
  }

  divergenceGradient(p: Outputs, q: Outputs, weight: Float64Array): Derivative {
    const { actions } = this;
    const l = this.factor(q.phi);
    const total = weight.reduce((sum, w) => sum + w, 0);
    const outer = new Float64Array(actions * actions);
    addOuter(outer, solve(l, this.factor(p.phi), actions), actions, total);
    const byMean = new Float64Array(q.y.length);
    weight.forEach((w, i) => {
      const z = solve(l, this.difference(q.y, p.y, i), 1);
      addOuter(outer, z, 1, w);
      byMean.set(
        solveTransposed(l, z, 1).map((value) => w * value),
        i * actions,
      );
    });
    const byL = solveTransposed(l, outer, actions).map((value) => -value);
    for (let i = 0; i < actions; i++) byL[i * actions + i] += total / l[i * actions + i];
    return { y: byMean, phi: this.toPhi(l, byL) };
  }

  // H = log det L + const
  entropyGradient(weight: Float64Array): Derivative {
    const phi = new Float64Array(this.shared);
    phi.fill(
      weight.reduce((sum, w) => sum + w, 0),
      0,
      this.actions,
    );
    return { y: new Float64Array(weight.length * this.outputs), phi };
  }

  /** L [A, A] */
  private factor(phi: Float64Array): Float64Array {
    const { actions } = this;
    const l = new Float64Array(actions * actions);
    let k = actions;
    for (let i = 0; i < actions; i++) {
      for (let j = 0; j < i; j++) l[i * actions + j] = phi[k++];
      l[i * actions + i] = exp(phi[i]);
    }
    return l;
  }

  /** A derivative with respect to L as one with respect to phi: d L_ii / d log L_ii = L_ii. */
  private toPhi(l: Float64Array, byL: Float64Array): Float64Array {
    const { actions } = this;
    const out = new Float64Array(this.shared);
    let k = actions;
    for (let i = 0; i < actions; i++) {
      for (let j = 0; j < i; j++) out[k++] = byL[i * actions + j];
      out[i] = byL[i * actions + i] * l[i * actions + i];
    }
    return out;
  }

  /** The direction in L of a direction in phi. */
  private fromPhi(l: Float64Array, direction: Float64Array): Float64Array {
    const { actions } = this;
    const out = new Float64Array(actions * actions);
    let k = actions;
    for (let i = 0; i < actions; i++) {
      for (let j = 0; j < i; j++) out[i * actions + j] = direction[k++];
      out[i * actions + i] = direction[i] * l[i * actions + i];
    }
    return out;
  }

  /** a - b in row i [A] */
  private difference(a: ArrayLike<number>, b: ArrayLike<number>, i: number): Float64Array {
    const { actions } = this;
    return Float64Array.from({ length: actions }, (_, j) => a[i * actions + j] - b[i * actions + j]);
  }

  /** log det L */
  private logDeterminant(phi: Float64Array): number {
    return phi.subarray(0, this.actions).reduce((sum, x) => sum + x, 0);
  }
}

export const fullGaussian: DistributionEntry = {
  name: 'full',
  description: 'Gaussian with a learned full covariance, the same in all states',
  create: (actions) => new FullGaussian(actions),
};
