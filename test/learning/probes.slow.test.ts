import { describe, expect, it } from 'vitest';
import { algorithms } from '../../src/algorithms/index.ts';
import { baselines } from '../../src/baselines/index.ts';
import { defaultBackend } from '../../src/policy/network/index.ts';
import { actorOf } from '../../src/rollout/acting-policy.ts';
import { learnerOf } from '../../src/train/config.ts';
import type { Learner } from '../../src/train/learner.ts';
import { trainOn } from '../../src/train/train.ts';
import { type Probe, probeEnv, probes, twoSteps } from './probes.ts';
import { configOf, withBaseline } from './support.ts';

/** Trains on the whole of a budget, as the CLI does. */
function trained(probe: Probe, algorithm: string, steps: number, options: Readonly<Record<string, unknown>> = {}) {
  const learner = learnerOf(configOf({ algorithm, steps }, options), { env: probeEnv(probe) });
  for (const progress of trainOn(learner, { untilSolved: false })) expect(progress.iteration).toBeGreaterThan(0);
  return learner;
}

function judge(learner: Learner, ...states: number[]) {
  const { mean, value } = actorOf(learner).forward(Float32Array.from(states), states.length);
  return { mean: Array.from(mean), value: Array.from(value) };
}

function expectNear(found: readonly number[], expected: readonly number[], bound: number): void {
  expect(found).toHaveLength(expected.length);
  found.forEach((value, i) => {
    expect(Math.abs(value - expected[i]), `${found} for ${expected}`).toBeLessThan(bound);
  });
}

const context = { obsSize: 1, horizon: 1, hidden: [2], backend: defaultBackend, seed: 0 };
const [stateValues, others] = [true, false].map((wanted) =>
  Object.keys(baselines).filter((name) => baselines[name].create(context).isStateValue === wanted),
);

describe.each(Object.keys(algorithms))('%s', (algorithm) => {
  // The returns hold no noise, so that what is left is the ridge's (1e-4) or the network's way to go.
  describe.each(stateValues)('with the %s baseline', (baseline) => {
    it('values a state at the reward it gives', () => {
      expectNear(judge(trained(probes.constant, algorithm, 5000, { baseline }), 1).value, [1], 0.02);
    });

    it('values states by what is observed', () => {
      expectNear(judge(trained(probes.observed, algorithm, 5000, { baseline }), -1, 1).value, [-1, 1], 0.02);
    });

    it('discounts a reward that is two steps away', () => {
      const learner = trained(probes.delayed, algorithm, 10_000, { baseline, gamma: 0.6 });
      expectNear(judge(learner, 0, 1, 2).value, [0.36, 0.6, 1], 0.02);
    });

    it('continues the return past a time limit, but not past an end', () => {
      const options = { baseline, gamma: 0.5 };
      const valued = (end: 'terminated' | 'truncated', more = {}) =>
        judge(trained(twoSteps(end), algorithm, 10_000, { ...options, ...more }), 1).value;
      // V = sum_k gamma^k for ever, against the mean of 1 and 1 + gamma.
      expectNear(valued('truncated'), [2], 0.02);
      expectNear(valued('terminated'), [1.25], 0.02);
      expectNear(valued('truncated', { bootstrap: false }), [1.25], 0.02);
    });
  });

  describe.each(Object.keys(baselines))('with baseline %s', (baseline) => {
    it('finds the best action', () => {
      expectNear(judge(trained(probes.action, algorithm, 20_000, withBaseline(baseline)), -1, 1).mean, [0.5, 0.5], 0.1);
    });

    it('finds the best action for each observation', () => {
      expectNear(
        judge(trained(probes.product, algorithm, 20_000, withBaseline(baseline)), -1, 1).mean,
        [-0.5, 0.5],
        0.1,
      );
    });
  });
});

it.each(others)('baseline %s knows no values, and lets the time limit end the return', (baseline) => {
  const options = { baseline, gamma: 0.5, standardize: false };
  const learner = trained(twoSteps('truncated'), Object.keys(algorithms)[0], 1000, options);
  expect(judge(learner, 1).value).toEqual([Number.NaN]);
  const expected: Record<string, number[]> = { none: [0, 0], mean: [1.25, 1.25], 'per-step': [1.5, 1] };
  expect(Array.from(learner.baseline.predict(new Float64Array(2), Int32Array.of(0, 1)))).toEqual(expected[baseline]);
});
