/** The network of src/policy/network/types.ts in the plainest TypeScript, as the truth that backends are tested against. */

import type { Network, Widths } from '../../src/policy/network/types.ts';

/** `count` numbers in (-scale, scale), the same for the same seed (mulberry32). */
export function numbers(seed: number, count: number, scale = 1): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return scale * (((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1);
  });
}

export function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i], 0);
}

/** x [n, inputs] w [inputs, outputs] + b [outputs], with w and b found at `offset` of `params`. */
function affine(x: Float64Array, params: Float64Array, offset: number, n: number, inputs: number, outputs: number) {
  const y = new Float64Array(n * outputs);
  for (let r = 0; r < n; r++) {
    for (let o = 0; o < outputs; o++) {
      let sum = params[offset + inputs * outputs + o];
      for (let i = 0; i < inputs; i++) sum += x[r * inputs + i] * params[offset + i * outputs + o];
      y[r * outputs + o] = sum;
    }
  }
  return y;
}

export function referenceNetwork(widths: Widths): Network {
  const layers = widths.slice(1).map((outputs, l) => ({ inputs: widths[l], outputs, offset: 0 }));
  let size = 0;
  for (const layer of layers) {
    layer.offset = size;
    size += (layer.inputs + 1) * layer.outputs;
  }
  let theta = new Float64Array();
  let rows = 0;
  /** What went into each layer, and last the output. */
  let acts: Float64Array[] = [];

  return {
    widths,
    size,
    forward(params, x, n) {
      theta = params.slice();
      rows = n;
      acts = [x.slice()];
      layers.forEach(({ inputs, outputs, offset }, l) => {
        const y = affine(acts[l], theta, offset, n, inputs, outputs);
        acts.push(l + 1 < layers.length ? y.map(Math.tanh) : y);
      });
      return acts[layers.length];
    },
    vjp(u) {
      const grad = new Float64Array(size);
      let delta = u;
      for (let l = layers.length - 1; l >= 0; l--) {
        const { inputs, outputs, offset } = layers[l];
        const next = new Float64Array(rows * inputs);
        for (let r = 0; r < rows; r++) {
          for (let o = 0; o < outputs; o++) {
            const d = delta[r * outputs + o];
            grad[offset + inputs * outputs + o] += d;
            for (let i = 0; i < inputs; i++) {
              grad[offset + i * outputs + o] += acts[l][r * inputs + i] * d;
              next[r * inputs + i] += theta[offset + i * outputs + o] * d;
            }
          }
        }
        delta = next.map((d, i) => d * (1 - acts[l][i] ** 2));
      }
      return grad;
    },
    jvp(v) {
      let tangent = new Float64Array(rows * widths[0]);
      layers.forEach(({ inputs, outputs, offset }, l) => {
        const weights = theta.slice();
        weights.fill(0, offset + inputs * outputs, offset + (inputs + 1) * outputs);
        const through = affine(tangent, weights, offset, rows, inputs, outputs);
        const next = affine(acts[l], v, offset, rows, inputs, outputs).map((t, i) => t + through[i]);
        tangent = l + 1 < layers.length ? next.map((t, i) => t * (1 - acts[l + 1][i] ** 2)) : next;
      });
      return tangent;
    },
  };
}
