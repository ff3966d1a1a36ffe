import { describe, it } from 'vitest';
import { tfjsBackend } from '../../src/policy/network/tfjs.ts';
import { openNative } from '../../src/policy/network/tfjs-packages.ts';
import { contract } from './contract.ts';
import { expectNoLeaks } from './leaks.ts';
import { expectToSolve } from './learning.ts';

/**
 * The contract on TensorFlow's own library, where the package is installed and loads; reported as not run elsewhere. Two such
 * packages in one process would share their backend: each has a file of its own.
 */
export async function nativeContract(name: 'tfjs-node' | 'tfjs-node-gpu'): Promise<void> {
  const found = await openNative(name).catch((error: Error) => error);
  if (found instanceof Error) {
    it.skip(`${name}: not run, ${found.message}`, () => {});
    return;
  }
  // The GPU's package runs on the processor where there is no GPU: the same sources, with another library behind them.
  const device = found.backend().isUsingGpuDevice ? 'GPU' : 'processor';
  describe(`${name} on the ${device}`, () => {
    const backend = tfjsBackend(found, { name, version: '' });

    contract(backend);

    it('holds no more tensors and bytes after 1,000 updates than after the first', () => expectNoLeaks(found, backend));

    it('learns to reach', () => expectToSolve(backend, 0));
  });
}
