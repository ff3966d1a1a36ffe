import { solvePositiveDefinite } from '../../envs/math/cholesky.ts';
import { defaultBackend } from '../backends/index.ts';
import type { Network } from '../backends/types.ts';
import type { BaselineEntry } from './types.ts';

/** Relative to the mean square of the features: keeps the solution small where features repeat each other. */
const ridge = 1e-4;

/**
 * b(s) = w . phi(s), least squares, with phi all products of up to two components of the observation: distances to a goal
 * live in the products (Duan et al. 2016 use the squares alone).
 */
export const linear: BaselineEntry = {
  name: 'linear',
  description: 'linear in the products of observation components, least squares on the batch before',
  create({ obsSize, backend }) {
    const size = ((obsSize + 1) * (obsSize + 2)) / 2;
    const state = { weights: new Float64Array(size) };
    const phi = new Float64Array(size);
    // The normal equations X^T X and X^T G are a linear layer's gradient: J^T u for inputs X and u = [X G]. Who only acts by this
    // baseline needs no layer.
    let layer: Network | null = null;

    /** Of a row of x, to out from `at` on. */
    function features(x: Float64Array, row: number, out: Float64Array, at = 0): void {
      let k = at;
      out[k++] = 1;
      for (let i = 0; i < obsSize; i++) {
        const a = x[row * obsSize + i];
        out[k++] = a;
        for (let j = 0; j <= i; j++) out[k++] = a * x[row * obsSize + j];
      }
    }

    return {
      isStateValue: true,
      predict(x, t) {
        const out = new Float64Array(t.length);
        for (let row = 0; row < t.length; row++) {
          features(x, row, phi);
          let sum = 0;
          for (let i = 0; i < size; i++) sum += state.weights[i] * phi[i];
          out[row] = sum;
        }
        return out;
      },
      fit(x, _t, returns) {
        const n = returns.length;
        const inputs = new Float64Array(n * size);
        const u = new Float64Array(n * (size + 1));
        for (let row = 0; row < n; row++) {
          features(x, row, inputs, row * size);
          features(x, row, u, row * (size + 1));
          u[row * (size + 1) + size] = returns[row];
        }
        layer ??= (backend.dtype === 'float64' ? backend : defaultBackend).network([size, size + 1]);
        layer.forward(new Float64Array(layer.size), inputs, n);
        const sums = layer.vjp(u);
        const gram = new Float64Array(size * size);
        const moment = new Float64Array(size);
        let trace = 0;
        for (let i = 0; i < size; i++) {
          for (let j = 0; j < size; j++) gram[i * size + j] = sums[i * (size + 1) + j];
          moment[i] = sums[i * (size + 1) + size];
          trace += gram[i * size + i];
        }
        for (let i = 0; i < size; i++) gram[i * size + i] += (ridge * trace) / size;
        state.weights.set(solvePositiveDefinite(gram, moment));
      },
      state,
    };
  },
};
