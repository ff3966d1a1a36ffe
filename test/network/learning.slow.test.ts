import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { tfjsBackend } from '../../src/policy/network/tfjs.ts';
import { expectToSolve } from './learning.ts';

it.each([0, 1, 2])('learns to reach on TensorFlow.js, seed %i', { timeout: 120_000 }, async (seed) => {
  await tf.setBackend('wasm');
  await expectToSolve(tfjsBackend(tf, { name: 'tfjs', version: tf.version_core }), seed);
});
