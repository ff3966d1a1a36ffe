import { describe, expect, it } from 'vitest';
import { ascend, createAdam } from '../../src/optim/adam.ts';
import { numbers } from '../network/reference.ts';
import { largestError } from './support.ts';

describe('Adam', () => {
  it('takes the first two steps computed by hand', () => {
    const [adam, theta] = [createAdam(1), Float64Array.of(5)];
    ascend(adam, theta, Float64Array.of(2), 0.1);
    // Without its bias the first step is alpha g / (|g| + epsilon).
    expect(theta[0]).toBeCloseTo(5.1, 8);
    ascend(adam, theta, Float64Array.of(-1), 0.1);
    // m = 0.9 0.2 - 0.1 = 0.08, v = 0.999 0.004 + 0.001 = 0.004996; 0.1 (0.08 / 0.19) / sqrt(0.004996 / 0.001999)
    expect(theta[0]).toBeCloseTo(5.1 + 0.0266337, 6);
  });

  it('follows the algorithm of the paper, with its powers of beta', () => {
    const [adam, theta] = [createAdam(6), numbers(1, 6)];
    const [m, v, expected] = [new Array<number>(6).fill(0), new Array<number>(6).fill(0), Array.from(theta)];
    for (let k = 1; k <= 50; k++) {
      const gradient = numbers(100 + k, 6, k % 3 === 0 ? 1e-6 : 10);
      const alpha = 0.02 / k;
      ascend(adam, theta, gradient, alpha);
      gradient.forEach((g, i) => {
        m[i] = 0.9 * m[i] + 0.1 * g;
        v[i] = 0.999 * v[i] + 0.001 * g ** 2;
        expected[i] += (alpha * (m[i] / (1 - 0.9 ** k))) / (Math.sqrt(v[i] / (1 - 0.999 ** k)) + 1e-8);
      });
    }
    expect(largestError(theta, expected)).toBeLessThan(1e-12);
  });

  it('ascends: it finds the top of a hill', () => {
    const [adam, theta] = [createAdam(2), Float64Array.of(-1, 4)];
    for (let k = 0; k < 2000; k++) {
      ascend(adam, theta, Float64Array.of(-2 * (theta[0] - 3), -20 * (theta[1] + 2)), 0.01);
    }
    expect(largestError(theta, [3, -2])).toBeLessThan(1e-3);
  });
});
