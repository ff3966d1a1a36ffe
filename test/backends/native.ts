import { describe, expect, it } from 'vitest';
import { type TensorFlow, tfjsBackend } from '../../src/backends/tfjs/network.ts';
import { contract } from './contract.ts';
import { expectToSolve } from './learning.ts';
import { numbers } from './reference.ts';

type Module = TensorFlow & {
  memory(): { readonly numTensors: number };
  backend(): { readonly isUsingGpuDevice: boolean };
};

/**
 * The contract on TensorFlow's own library, where the package is installed and loads; reported as not run elsewhere. Two such
 * packages in one process would share their backend: each has a file of its own.
 */
export async function nativeContract(name: string): Promise<void> {
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
  process.env.TF_ENABLE_ONEDNN_OPTS ??= '0';
  process.env.NVIDIA_TF32_OVERRIDE ??= '0';
  const found: Module | Error = await load(`@tensorflow/${name}`).catch((error: Error) => error);
  if (found instanceof Error) {
    it.skip(`${name}: not run, ${found.message.split('\n')[0]}`, () => {});
    return;
  }
  // The GPU's package runs on the processor where there is no GPU: the same sources, with another library behind them.
  const device = found.backend().isUsingGpuDevice ? 'GPU' : 'processor';
  describe(`${name} on the ${device}`, () => {
    const backend = tfjsBackend(found, { name, version: '' });

    contract(backend);

    it('holds no more tensors after 1,000 updates than after the first', () => {
      const net = backend.network([20, 64, 64, 7]);
      const update = (seed: number) => {
        net.forward(numbers(seed, net.size), numbers(2, 3 * 20), 3);
        net.vjp(numbers(3, 3 * 7));
        net.jvp(numbers(4, net.size));
      };
      update(0);
      const { numTensors } = found.memory();
      for (let seed = 1; seed < 1000; seed++) update(seed);
      expect(found.memory().numTensors).toBe(numTensors);
    });

    it('learns to reach', () => expectToSolve(backend, 0));
  });
}

/** Imports it, and has it add two tensors up, which it cannot do on every Node. */
async function load(name: string): Promise<Module> {
  const imported = await import(name);
  const tf: Module = imported.default ?? imported;
  tf.dispose(tf.tidy(() => tf.concat([tf.ones([1]), tf.ones([1])])));
  return tf;
}
