import { describe, expect, it } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { algorithms } from '../../src/algorithms/index.ts';
import { mean } from '../../src/algorithms/step.ts';
import { distributions } from '../../src/policy/distributions/index.ts';
import { defaultBackend } from '../../src/policy/network/wasm.ts';
import { createPolicy, entropies, keptOutputs, meanDivergence } from '../../src/policy/policy.ts';
import { metricsOf } from '../../src/run/metrics.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { explainedVariance } from '../../src/train/diagnostics.ts';
import { trainOn } from '../../src/train/train.ts';
import { numbers } from '../network/reference.ts';

await loadPhysics();

describe.each(Object.keys(distributions))('of a %s policy', (family) => {
  const policy = createPolicy(defaultBackend, 3, [5], distributions[family].create(2, -0.3));
  const theta = numbers(1, policy.size, 0.5);
  const n = 20_000;
  const x = numbers(2, 3 * n, 1);
  const outputs = keptOutputs(policy, theta, x, n);

  it('the entropy is the mean of minus the log-probability of its Gaussian', () => {
    const { distribution } = policy;
    const random = stream(3, 'policyInit');
    const noise = Float64Array.from({ length: 2 * n }, () => random.normal());
    const sampled = distribution.sample(outputs.y, outputs.phi, noise, n);
    // The density of what a squashed action is the tanh of.
    const gaussian = family === 'squashed' ? distributions.diagonal.create(2, -0.3) : distribution;
    const logp = gaussian.logProbability(sampled, outputs.y, outputs.phi, n);
    const expected = -logp.reduce((sum, value) => sum + value, 0) / n;
    expect(mean(entropies(policy, outputs, n))).toBeCloseTo(expected, 1);
  });

  it('the divergence from itself is 0, and from another is not', () => {
    expect(meanDivergence(policy, outputs, outputs, n)).toBeCloseTo(0, 12);
    const other = keptOutputs(policy, numbers(4, policy.size, 0.5), x, n);
    expect(meanDivergence(policy, outputs, other, n)).toBeGreaterThan(0.01);
  });
});

it('explained variance is 1 of what is told, 0 of what a constant tells, less of what is worse', () => {
  const targets = numbers(1, 500, 2);
  expect(explainedVariance(targets, targets)).toBe(1);
  expect(explainedVariance(targets, new Float64Array(500).fill(7))).toBeCloseTo(0, 12);
  expect(
    explainedVariance(
      targets,
      targets.map((value) => value / 2),
    ),
  ).toBeCloseTo(0.75, 12);
  expect(
    explainedVariance(
      targets,
      targets.map((value) => -value),
    ),
  ).toBeCloseTo(-3, 12);
  expect(explainedVariance(new Float64Array(5).fill(3), numbers(2, 5, 1))).toBe(0);
});

it.each(Object.keys(algorithms))('every iteration by %s tells them', (algorithm) => {
  const learner = learnerOf(
    configureTraining({ env: 'panda-reach-joints', algorithm, steps: 600, options: { batch: 200, hiddenWidth: 8 } }),
  );
  for (const iteration of trainOn(learner, { untilSolved: false })) {
    const row = metricsOf(iteration);
    expect(row).toMatchObject({
      gradientNorm: expect.any(Number),
      divergence: expect.any(Number),
      entropy: expect.any(Number),
      explainedVariance: expect.any(Number),
    });
    expect(row.explainedVariance).toBeLessThanOrEqual(1);
    expect(row.divergence).toBeGreaterThanOrEqual(0);
  }
});
