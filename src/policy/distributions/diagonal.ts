import { exp, log } from '../../../envs/math/kernels.ts';
import type { Actions, Derivative, Distribution, DistributionEntry, Outputs } from './types.ts';

const halfLogTwoPi = 0.5 * log(2 * Math.PI);

/** Where log sigma comes from: held fixed, learned and shared by all states, or a second half of the network's outputs. */
type Source = 'fixed' | 'shared' | 'state';

/**
 * A Gaussian with a diagonal covariance: pi(a | s) = N(mu(s), diag sigma^2), in terms of z = (a - mu) / sigma,
 * log pi = -1/2 |z|^2 - sum_j log sigma_j + const.
 */
export class DiagonalGaussian implements Distribution {
  readonly actions: number;
  readonly outputs: number;
  readonly shared: number;
  readonly scaleSize: number;
  readonly squashed: boolean = false;
  private readonly source: Source;
  private readonly fixed: number;

  /** @param fixed log sigma where it is fixed */
  constructor(actions: number, source: Source, fixed = 0) {
    this.actions = actions;
    this.outputs = source === 'state' ? 2 * actions : actions;
    this.shared = source === 'shared' ? actions : 0;
    this.scaleSize = actions;
    this.source = source;
    this.fixed = fixed;
  }

  initial(start: number): { bias: Float64Array; phi: Float64Array } {
    const { actions, outputs, shared } = this;
    const bias = new Float64Array(outputs);
    bias.fill(start, actions);
    return { bias, phi: new Float64Array(shared).fill(start) };
  }

  mode(y: Float64Array, n: number): Float64Array {
    const { actions } = this;
    const out = new Float64Array(n * actions);
    for (let i = 0; i < n; i++) for (let j = 0; j < actions; j++) out[i * actions + j] = this.mean(y, i, j);
    return out;
  }

  scale(y: Float64Array, phi: Float64Array, n: number): Float64Array {
    return this.sigma(this.logSigma(y, phi, n));
  }

  sample(y: Float64Array, phi: Float64Array, noise: Float64Array, n: number): Float32Array {
    const { actions } = this;
    const sigma = this.sigma(this.logSigma(y, phi, n));
    const out = new Float32Array(n * actions);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < actions; j++) {
        const k = i * actions + j;
        out[k] = this.mean(y, i, j) + sigma[k] * noise[k];
      }
    }
    return out;
  }

  actionsOf(sampled: Float32Array): Float32Array {
    return sampled;
  }

  logProbability(act: Actions, y: Float64Array, phi: Float64Array, n: number): Float64Array {
    const { actions } = this;
    const spread = this.logSigma(y, phi, n);
    const sigma = this.sigma(spread);
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < actions; j++) {
        const k = i * actions + j;
        const z = (act[k] - this.mean(y, i, j)) / sigma[k];
        out[i] -= 0.5 * z * z + spread[k] + halfLogTwoPi;
      }
    }
    return out;
  }

  // With respect to mu: w z / sigma; to log sigma: w (z^2 - 1).
  score(act: Actions, y: Float64Array, phi: Float64Array, weight: Float64Array): Derivative {
    const { actions, outputs } = this;
    const sigma = this.sigma(this.logSigma(y, phi, weight.length));
    const out = this.zero(weight.length);
    for (let i = 0; i < weight.length; i++) {
      for (let j = 0; j < actions; j++) {
        const k = i * actions + j;
        const z = (act[k] - this.mean(y, i, j)) / sigma[k];
        out.y[i * outputs + j] = (weight[i] * z) / sigma[k];
        this.addSpread(out, i, j, weight[i] * (z * z - 1));
      }
    }
    return out;
  }

  // M = diag(1 / sigma^2) for mu and 2 for log sigma.
  fisher(y: Float64Array, phi: Float64Array, direction: Derivative, n: number): Derivative {
    const { actions, outputs, source } = this;
    const sigma = this.sigma(this.logSigma(y, phi, n));
    const out = this.zero(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < actions; j++) {
        const variance = sigma[i * actions + j] * sigma[i * actions + j];
        out.y[i * outputs + j] = direction.y[i * outputs + j] / variance;
        if (source === 'shared') this.addSpread(out, i, j, 2 * direction.phi[j]);
        if (source === 'state') this.addSpread(out, i, j, 2 * direction.y[i * outputs + actions + j]);
      }
    }
    return out;
  }

  // KL(p | q) = sum_j log(sigma_q / sigma_p) + (sigma_p^2 + (mu_p - mu_q)^2) / (2 sigma_q^2) - 1/2
  divergence(p: Outputs, q: Outputs, n: number): Float64Array {
    const { actions } = this;
    const [from, to] = [this.logSigma(p.y, p.phi, n), this.logSigma(q.y, q.phi, n)];
    const out = new Float64Array(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < actions; j++) {
        const k = i * actions + j;
        const ratio = exp(from[k] - to[k]);
        const z = (this.mean(p.y, i, j) - this.mean(q.y, i, j)) / exp(to[k]);
        out[i] += to[k] - from[k] + 0.5 * (ratio * ratio + z * z - 1);
      }
    }
    return out;
  }

  divergenceGradient(p: Outputs, q: Outputs, weight: Float64Array): Derivative {
    const { actions, outputs } = this;
    const n = weight.length;
    const [from, to] = [this.logSigma(p.y, p.phi, n), this.logSigma(q.y, q.phi, n)];
    const out = this.zero(n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < actions; j++) {
        const k = i * actions + j;
        const sigma = exp(to[k]);
        const ratio = exp(from[k] - to[k]);
        const z = (this.mean(q.y, i, j) - this.mean(p.y, i, j)) / sigma;
        out.y[i * outputs + j] = (weight[i] * z) / sigma;
        this.addSpread(out, i, j, weight[i] * (1 - ratio * ratio - z * z));
      }
    }
    return out;
  }

  // H = sum_j log sigma_j + const
  entropyGradient(weight: Float64Array): Derivative {
    const out = this.zero(weight.length);
    weight.forEach((w, i) => {
      for (let j = 0; j < this.actions; j++) this.addSpread(out, i, j, w);
    });
    return out;
  }

  private mean(y: Float64Array, i: number, j: number): number {
    return y[i * this.outputs + j];
  }

  /** log sigma [n, A] */
  private logSigma(y: Float64Array, phi: Float64Array, n: number): Float64Array {
    const { actions, outputs, source } = this;
    const out = new Float64Array(n * actions).fill(this.fixed);
    if (source === 'fixed') return out;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < actions; j++) {
        out[i * actions + j] = source === 'shared' ? phi[j] : y[i * outputs + actions + j];
      }
    }
    return out;
  }

  /** sigma [n, A] of log sigma [n, A]; all rows have that of the first unless it depends on the state. */
  private sigma(logs: Float64Array): Float64Array {
    const { actions, source } = this;
    const out = new Float64Array(logs.length);
    for (let k = 0; k < out.length; k++) out[k] = source === 'state' || k < actions ? exp(logs[k]) : out[k - actions];
    return out;
  }

  /** Adds a derivative with respect to log sigma_ij where that comes from. */
  private addSpread(to: Derivative, i: number, j: number, value: number): void {
    if (this.source === 'shared') to.phi[j] += value;
    if (this.source === 'state') to.y[i * this.outputs + this.actions + j] += value;
  }

  private zero(n: number): Derivative {
    return { y: new Float64Array(n * this.outputs), phi: new Float64Array(this.shared) };
  }
}

export const fixedGaussian: DistributionEntry = {
  name: 'fixed',
  description: 'Gaussian with a fixed diagonal covariance',
  create: (actions, logSigma) => new DiagonalGaussian(actions, 'fixed', logSigma),
};

export const diagonalGaussian: DistributionEntry = {
  name: 'diagonal',
  description: 'Gaussian with a learned diagonal covariance, the same in all states',
  create: (actions) => new DiagonalGaussian(actions, 'shared'),
};

export const stateGaussian: DistributionEntry = {
  name: 'state-diagonal',
  description: 'Gaussian with a diagonal covariance that depends on the state',
  create: (actions) => new DiagonalGaussian(actions, 'state'),
};
