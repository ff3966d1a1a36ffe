import { solvePositiveDefinite } from '../../envs/math/cholesky.ts';
import { createProducts, type Products } from '../policy/network/wasm.ts';
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
  create({ obsSize }) {
    const size = ((obsSize + 1) * (obsSize + 2)) / 2;
    const state = { weights: new Float64Array(size) };
    const phi = new Float64Array(size);
    // Of the features and the returns, for the normal equations. To act by this baseline needs none.
    let products: Products | null = null;

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
        products ??= createProducts(size, size + 1);
        const { room, x: inputs, u } = products;
        for (let start = 0; start === 0 || start < returns.length; start += room) {
          const n = Math.min(room, returns.length - start);
          for (let i = 0; i < n; i++) {
            features(x, start + i, inputs, i * size);
            for (let k = 0; k < size; k++) u[i * (size + 1) + k] = inputs[i * size + k];
            u[i * (size + 1) + size] = returns[start + i];
          }
          products.add(n, start === 0);
        }
        const sums = products.total();
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
