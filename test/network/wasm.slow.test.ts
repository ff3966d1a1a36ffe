import { expect, test } from 'vitest';
import { defaultBackend } from '../../src/policy/network/wasm.ts';

test('a network whose memory goes past 2 GiB', () => {
  const net = defaultBackend.network([12, 4096, 4096, 4096, 4096, 7]);
  const theta = new Float64Array(net.size);
  theta.fill(3, net.size - 7);
  expect(Array.from(net.forward(theta, new Float64Array(12), 1))).toEqual(new Array(7).fill(3));
  const u = Float64Array.of(1, 2, 3, 4, 5, 6, 7);
  expect(net.vjp(u).subarray(net.size - 7)).toEqual(u);
});
