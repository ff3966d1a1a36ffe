import { expect } from 'vitest';
import type { NetBackend } from '../../src/policy/network/types.ts';
import { numbers } from './reference.ts';

interface Memory {
  memory(): { readonly numTensors: number; readonly numBytes: number };
}

/** A thousand updates leave no more tensors and bytes behind than the first. */
export function expectNoLeaks(tf: Memory, backend: NetBackend): void {
  const net = backend.network([20, 64, 64, 7]);
  const [x, u, v] = [numbers(2, 3 * 20), numbers(3, 3 * 7), numbers(4, net.size)];
  const update = (seed: number) => {
    net.forward(numbers(seed, net.size), x, 3);
    net.vjp(u);
    net.jvp(v);
  };
  update(0);
  const { numTensors, numBytes } = tf.memory();
  for (let seed = 1; seed < 1000; seed++) update(seed);
  expect(tf.memory()).toMatchObject({ numTensors, numBytes });
}
