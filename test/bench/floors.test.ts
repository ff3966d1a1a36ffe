import { expect, it } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import { defaultBackend } from '../../src/policy/network/index.ts';
import { initialParameters } from '../../src/policy/policy.ts';
import { largestError } from '../learning/support.ts';
import { backward, forward } from './naive.ts';
import { loadTensorflow, tensorflowStep } from './tensorflow.ts';

const widths = [5, 8, 6, 3];
const n = 37;
const random = stream(3, 'noise');
const normal = (length: number) => Float64Array.from({ length }, () => random.normal());
const theta = initialParameters(widths, random, 1);
const [x, u] = [normal(n * 5), normal(n * 3)];
const network = defaultBackend.network(widths);
const y = network.forward(theta, x, n);
const gradient = network.vjp(u);

// A floor that did less than what it is compared with would flatter.
it('plain TypeScript computes what the kernels do', () => {
  const layers = forward(widths, theta, x, n);
  expect(largestError(layers[layers.length - 1], y)).toBeLessThan(1e-13);
  expect(largestError(backward(widths, theta, layers, u), gradient)).toBeLessThan(1e-12);
});

it('TensorFlow.js computes what the kernels do, in single precision', async () => {
  await loadTensorflow();
  const step = tensorflowStep(widths, theta, x, new Float64Array(n * 3));
  const found = step.compare(u);
  expect(largestError(found.y, y)).toBeLessThan(1e-5);
  expect(largestError(found.gradient, gradient)).toBeLessThan(1e-4);
  step.close();
});
