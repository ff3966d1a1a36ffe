/** The network backends by name; a new one is a file and a line here. */

import type { BackendEntry } from './types.ts';
import { defaultBackend } from './wasm.ts';

export { defaultBackend } from './wasm.ts';

const entries: readonly BackendEntry[] = [
  {
    name: 'wasm',
    description: 'own kernels, float64; the same bits everywhere',
    load: async () => defaultBackend,
  },
  {
    name: 'tfjs-node-gpu',
    description: 'TensorFlow on an NVIDIA GPU, float32',
    load: async (before) => (await import('./tfjs-packages.ts')).loadNative('tfjs-node-gpu', before),
  },
  {
    name: 'tfjs-node',
    description: 'TensorFlow on the processor, float32',
    load: async (before) => (await import('./tfjs-packages.ts')).loadNative('tfjs-node', before),
  },
  {
    name: 'tfjs',
    description: 'TensorFlow.js in WebAssembly or JavaScript, float32',
    load: async () => (await import('./tfjs-packages.ts')).loadPlain(),
  },
];

export const backends: Readonly<Record<string, BackendEntry>> = Object.fromEntries(
  entries.map((entry) => [entry.name, entry]),
);
