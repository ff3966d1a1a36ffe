import { stream } from '../../envs/math/random.ts';
import { ascend, createAdam } from '../optim/adam.ts';
import { sizeOf } from '../policy/network/types.ts';
import { defaultBackend } from '../policy/network/wasm.ts';
import { initialParameters } from '../policy/policy.ts';
import type { BaselineEntry } from './types.ts';

const updates = 40;
const learningRate = 3e-3;

/** b(s) = V(s), a network of the policy's hidden widths, moved towards the returns by Adam on the mean squared error. */
export const value: BaselineEntry = {
  name: 'value',
  description: 'a value network fitted to the returns of the batch before',
  create({ obsSize, hidden, backend, seed }) {
    const widths = [obsSize, ...hidden, 1];
    const network = backend.network(widths);
    const predicting = backend === defaultBackend ? network : defaultBackend.network(widths);
    const adam = createAdam(network.size);
    const state = { theta: initialParameters(widths, stream(seed, 'valueInit'), 0), ...adam };
    return {
      isStateValue: true,
      predict: (x, t) => predicting.forward(state.theta, x, t.length).slice(),
      fit(x, _t, returns) {
        const n = returns.length;
        for (let k = 0; k < updates; k++) {
          const predicted = network.forward(state.theta, x, n);
          const error = returns.map((target, i) => (target - predicted[i]) / n);
          ascend(adam, state.theta, network.vjp(error), learningRate);
        }
      },
      state,
    };
  },
  // The parameters, and Adam's two moments of each and two powers.
  stateSize: (obsSize, hidden) => 3 * sizeOf([obsSize, ...hidden, 1]) + 2,
};
