import { exp, log } from '../../../envs/math/kernels.ts';
import type { Derivative, Distribution, DistributionEntry } from './types.ts';

/**
 * Gaussians with a diagonal covariance: pi(a | s) = N(mu(s), diag sigma^2), in terms of z = (a - mu) / sigma.
 * Seed 001: log pi = -1/2 |f(s) - a|^2_Sigma + const, where |x|^2_Sigma = x^T Sigma^-1 x.
 */

const halfLogTwoPi = 0.5 * log(2 * Math.PI);

/** Where log sigma comes from: held fixed, learned and shared by all states, or a second half of the network's outputs. */
type Source = 'fixed' | 'shared' | 'state';

function diagonal(actions: number, source: Source, fixed: number): Distribution {
  const outputs = source === 'state' ? 2 * actions : actions;
  const shared = source === 'shared' ? actions : 0;
  const mean = (y: Float64Array, i: number, j: number) => y[i * outputs + j];

  /** log sigma [n, A] */
  function logSigma(y: Float64Array, phi: Float64Array, n: number): Float64Array {
    const out = new Float64Array(n * actions).fill(fixed);
    if (source === 'fixed') return out;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < actions; j++) {
        out[i * actions + j] = source === 'shared' ? phi[j] : y[i * outputs + actions + j];
      }
    }
    return out;
  }

  /** sigma [n, A] of log sigma [n, A]; all rows have that of the first unless it depends on the state. */
  function sigmaOf(logs: Float64Array): Float64Array {
    const out = new Float64Array(logs.length);
    for (let k = 0; k < out.length; k++) out[k] = source === 'state' || k < actions ? exp(logs[k]) : out[k - actions];
    return out;
  }

  /** Adds a derivative with respect to log sigma_ij where that comes from. */
  function addSpread(to: Derivative, i: number, j: number, value: number): void {
    if (source === 'shared') to.phi[j] += value;
    if (source === 'state') to.y[i * outputs + actions + j] += value;
  }

  const zero = (n: number): Derivative => ({ y: new Float64Array(n * outputs), phi: new Float64Array(shared) });

  return {
    actions,
    outputs,
    shared,
    scaleSize: actions,
    squashed: false,

    initial(start) {
      const bias = new Float64Array(outputs);
      bias.fill(start, actions);
      return { bias, phi: new Float64Array(shared).fill(start) };
    },

    mode(y, n) {
      const out = new Float64Array(n * actions);
      for (let i = 0; i < n; i++) for (let j = 0; j < actions; j++) out[i * actions + j] = mean(y, i, j);
      return out;
    },

    scale: (y, phi, n) => sigmaOf(logSigma(y, phi, n)),

    sample(y, phi, noise, n) {
      const sigma = sigmaOf(logSigma(y, phi, n));
      const out = new Float32Array(n * actions);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < actions; j++) {
          const k = i * actions + j;
          out[k] = mean(y, i, j) + sigma[k] * noise[k];
        }
      }
      return out;
    },

    logProbability(act, y, phi, n) {
      const spread = logSigma(y, phi, n);
      const sigma = sigmaOf(spread);
      const out = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < actions; j++) {
          const k = i * actions + j;
          const z = (act[k] - mean(y, i, j)) / sigma[k];
          out[i] -= 0.5 * z * z + spread[k] + halfLogTwoPi;
        }
      }
      return out;
    },

    // With respect to mu: w z / sigma; to log sigma: w (z^2 - 1).
    score(act, y, phi, weight) {
      const sigma = sigmaOf(logSigma(y, phi, weight.length));
      const out = zero(weight.length);
      for (let i = 0; i < weight.length; i++) {
        for (let j = 0; j < actions; j++) {
          const k = i * actions + j;
          const z = (act[k] - mean(y, i, j)) / sigma[k];
          out.y[i * outputs + j] = (weight[i] * z) / sigma[k];
          addSpread(out, i, j, weight[i] * (z * z - 1));
        }
      }
      return out;
    },

    // M = diag(1 / sigma^2) for mu and 2 for log sigma.
    fisher(y, phi, direction, n) {
      const sigma = sigmaOf(logSigma(y, phi, n));
      const out = zero(n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < actions; j++) {
          const variance = sigma[i * actions + j] * sigma[i * actions + j];
          out.y[i * outputs + j] = direction.y[i * outputs + j] / variance;
          if (source === 'shared') addSpread(out, i, j, 2 * direction.phi[j]);
          if (source === 'state') addSpread(out, i, j, 2 * direction.y[i * outputs + actions + j]);
        }
      }
      return out;
    },

    // KL(p | q) = sum_j log(sigma_q / sigma_p) + (sigma_p^2 + (mu_p - mu_q)^2) / (2 sigma_q^2) - 1/2
    divergence(p, q, n) {
      const [from, to] = [logSigma(p.y, p.phi, n), logSigma(q.y, q.phi, n)];
      const out = new Float64Array(n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < actions; j++) {
          const k = i * actions + j;
          const ratio = exp(from[k] - to[k]);
          const z = (mean(p.y, i, j) - mean(q.y, i, j)) / exp(to[k]);
          out[i] += to[k] - from[k] + 0.5 * (ratio * ratio + z * z - 1);
        }
      }
      return out;
    },

    divergenceGradient(p, q, weight) {
      const n = weight.length;
      const [from, to] = [logSigma(p.y, p.phi, n), logSigma(q.y, q.phi, n)];
      const out = zero(n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < actions; j++) {
          const k = i * actions + j;
          const sigma = exp(to[k]);
          const ratio = exp(from[k] - to[k]);
          const z = (mean(q.y, i, j) - mean(p.y, i, j)) / sigma;
          out.y[i * outputs + j] = (weight[i] * z) / sigma;
          addSpread(out, i, j, weight[i] * (1 - ratio * ratio - z * z));
        }
      }
      return out;
    },
  };
}

export const fixedGaussian: DistributionEntry = {
  name: 'fixed',
  description: 'Gaussian with a fixed diagonal covariance',
  create: (actions, logSigma) => diagonal(actions, 'fixed', logSigma),
};

export const diagonalGaussian: DistributionEntry = {
  name: 'diagonal',
  description: 'Gaussian with a learned diagonal covariance, the same in all states',
  create: (actions) => diagonal(actions, 'shared', 0),
};

export const stateGaussian: DistributionEntry = {
  name: 'state-diagonal',
  description: 'Gaussian with a diagonal covariance that depends on the state',
  create: (actions) => diagonal(actions, 'state', 0),
};
