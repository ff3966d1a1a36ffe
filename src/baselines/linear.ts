import { solvePositiveDefinite } from '../../envs/math/cholesky.ts';
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
    const [phi, second, third, fourth] = Array.from({ length: 4 }, () => new Float64Array(size));

    /** Of a row of x; zeros past the last one. */
    function features(x: Float64Array, row: number, out: Float64Array): void {
      if ((row + 1) * obsSize > x.length) {
        out.fill(0);
        return;
      }
      let k = 0;
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
        const gram = new Float64Array(size * size);
        const moment = new Float64Array(size);
        // Every sum runs over the rows in order. Four rows at a time read and write it once instead of four times.
        for (let row = 0; row < returns.length; row += 4) {
          [phi, second, third, fourth].forEach((out, k) => {
            features(x, row + k, out);
          });
          for (let i = 0; i < size; i++) {
            const [a, b, c, d] = [phi[i], second[i], third[i], fourth[i]];
            const at = i * size;
            for (let j = 0; j <= i; j++) {
              gram[at + j] = gram[at + j] + a * phi[j] + b * second[j] + c * third[j] + d * fourth[j];
            }
          }
        }
        for (let row = 0; row < returns.length; row++) {
          features(x, row, phi);
          for (let i = 0; i < size; i++) moment[i] += phi[i] * returns[row];
        }
        let trace = 0;
        for (let i = 0; i < size; i++) trace += gram[i * size + i];
        for (let i = 0; i < size; i++) gram[i * size + i] += (ridge * trace) / size;
        state.weights.set(solvePositiveDefinite(gram, moment));
      },
      state,
    };
  },
};
