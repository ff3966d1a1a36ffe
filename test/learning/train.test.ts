import { describe, expect, it } from 'vitest';
import type { Env } from '../../envs/env.ts';
import { episodeSeed } from '../../envs/math/random.ts';
import type { Batch } from '../../src/algorithms/types.ts';
import { type RollOut, type RolloutRequest, rollOut } from '../../src/rollout/rollout.ts';
import { learnerOf } from '../../src/train/config.ts';
import { heldOut, isSolved } from '../../src/train/held-out.ts';
import { type Iteration, type Limits, trainOn } from '../../src/train/train.ts';
import { probeEnv, probes, randomLengths } from './probes.ts';
import { configOf } from './support.ts';

const forever: Limits = { untilSolved: false };

function train(env: Env, steps: number, options: Readonly<Record<string, unknown>>, limits = forever): Iteration[] {
  return [...trainOn(learnerOf(configOf({ steps }, options), { env }), limits)];
}

describe('training', () => {
  it('spends its budget, and no more than the rest of an episode beyond it', () => {
    const history = train(probeEnv(randomLengths), 1000, { batch: 300 });
    expect(history.map(({ iteration }) => iteration)).toEqual([1, 2, 3, 4]);
    const spent = history[3].envSteps;
    expect(spent).toBeGreaterThanOrEqual(1000);
    expect(spent).toBeLessThan(1000 + randomLengths.horizon);
  });

  it('counts every step that was simulated, evaluation apart', () => {
    const env = probeEnv(randomLengths);
    const last = train(env, 1000, { batch: 300, evalEvery: 400 })[3];
    expect(last.envSteps + last.evalSteps).toBe(env.counted.steps);
    const perEvaluation = last.evaluation?.steps ?? 0;
    expect(last.evaluation?.episodes).toBe(100);
    expect(last.evalSteps).toBeGreaterThan(perEvaluation);
  });

  it.each([100, 350, 700, 1500])(
    'evaluates at least once in %i steps where batches allow, and at the end',
    (evalEvery) => {
      const history = train(probeEnv(probes.action), 2000, { batch: 100, evalEvery });
      const at = history.filter(({ evaluation }) => evaluation).map(({ envSteps }) => envSteps);
      const gaps = at.map((step, i) => step - (at[i - 1] ?? 0));
      expect(Math.max(...gaps)).toBeLessThanOrEqual(evalEvery);
      // Evaluating costs steps: it happens no more often than it has to.
      for (const gap of gaps.slice(0, -1)) expect(gap + 100).toBeGreaterThan(evalEvery);
      expect(at.at(-1)).toBe(2000);
    },
  );

  it('stops after as many iterations as it is told, having evaluated the last', () => {
    const history = train(probeEnv(probes.action), 2000, { batch: 100 }, { iterations: 3, untilSolved: false });
    expect(history.map(({ evaluation }) => evaluation !== null)).toEqual([false, false, true]);
  });
});

it('gives every iteration episodes of its own, and the algorithm the share of the budget that is spent', () => {
  const env = probeEnv(probes.action);
  const seeds: number[] = [];
  const watched: Env = {
    ...env,
    open(slots) {
      const batch = env.open(slots);
      return {
        ...batch,
        start(slot, seed) {
          seeds.push(seed);
          batch.start(slot, seed);
        },
      };
    },
  };
  const shares: number[] = [];
  const learner = learnerOf(configOf({ seed: 5, steps: 40 }, { batch: 10 }), { env: watched });
  const update = (_theta: Float64Array, _batch: Batch, progress: number) => {
    shares.push(progress);
    return {};
  };
  const history = [...trainOn({ ...learner, algorithm: { ...learner.algorithm, update } }, forever)];
  expect(history).toHaveLength(4);
  expect(shares).toEqual([0, 0.25, 0.5, 0.75]);
  const expected = Array.from({ length: 40 }, (_, k) => episodeSeed(5, 'training', Math.floor(k / 10), k % 10));
  expect(seeds.slice(0, 40)).toEqual(expected);
  expect(new Set(seeds).size).toBe(140);
});

/** An environment in which the n-th evaluation reaches as many of the held-out goals as the n-th number says. */
function scripted(reached: readonly number[]): Env {
  const env = probeEnv(probes.action);
  const goals = Array.from({ length: 300 }, (_, k) => episodeSeed(heldOut.seed, 'evaluation', heldOut.set, k));
  let evaluation = -1;
  return {
    ...env,
    spec: { ...env.spec, hasSuccess: true },
    open(slots) {
      const batch = env.open(slots);
      return {
        ...batch,
        start(slot, seed) {
          const goal = goals.indexOf(seed);
          if (goal === 0) evaluation++;
          batch.start(slot, seed);
          batch.success[slot] = goal >= 0 && goal < reached[evaluation] ? 1 : 0;
        },
      };
    },
  };
}

describe('a task is solved', () => {
  const options = { batch: 100, evalEvery: 100 };

  it('by 98 of 100 goals at three evaluations in a row', () => {
    const rates = [100, 98, 97, 98, 99, 100, 100];
    const history = train(scripted(rates), 700, options);
    expect(history.map(({ evaluation }) => evaluation?.successRate)).toEqual(rates.map((rate) => rate / 100));
    expect(history.map(({ solvedInARow }) => solvedInARow)).toEqual([1, 2, 0, 1, 2, 3, 4]);
    expect(history.map(isSolved)).toEqual([false, false, false, false, false, true, true]);
  });

  it('at the last of the three, where training stops if it is to', () => {
    const history = train(scripted([0, 98, 98, 98, 0]), 500, options, { untilSolved: true });
    expect(history.map(isSolved)).toEqual([false, false, false, true]);
    expect(history.at(-1)?.envSteps).toBe(400);
  });
});

describe('an evaluation', () => {
  const options = { batch: 100, evalEvery: 100 };

  it('says what the batch after it will be, unless training may end there', () => {
    const asked: RolloutRequest[] = [];
    const roll: RollOut = (policy, request) => {
      asked.push(request);
      return rollOut(policy, request);
    };
    const env = scripted([0, 98, 98, 0, 98, 98, 98]);
    const learner = learnerOf(configOf({ steps: 2000 }, { ...options, batchGrowth: 0.2, cutAfter: 4 }), { env });
    for (const _ of trainOn(learner, { untilSolved: true }, roll));
    const firstStages = asked.filter(({ purpose, from }) => purpose === 'evaluation' && !from);
    expect(firstStages.map(({ next }) => next !== undefined)).toEqual([true, true, true, false, true, true, false]);
    for (const request of firstStages.filter(({ next }) => next)) {
      const later = asked.slice(asked.indexOf(request)).filter(({ purpose }) => purpose === 'training');
      expect(request.next).toEqual(later[0]);
    }
  });

  const episodesOf = (reached: readonly number[], more = {}) =>
    train(scripted(reached), 100 * reached.length, { ...options, ...more }).map(
      ({ evaluation }) => evaluation?.episodes,
    );

  it('tries all of the goals only where 98 of 100 can still be reached after 20, and at the end of training', () => {
    expect(episodesOf([0, 17, 18, 20, 100, 0])).toEqual([20, 20, 100, 100, 100, 100]);
  });

  it('says what share it reached of those it tried', () => {
    const history = train(scripted([10, 17, 18, 60]), 400, options);
    expect(history.map(({ evaluation }) => evaluation?.successRate)).toEqual([0.5, 0.85, 0.18, 0.6]);
    expect(history.map(({ evaluated }) => evaluated.length)).toEqual([20, 20, 100, 100]);
  });

  it('on all of the goals counts for more than one on the first of them', () => {
    const history = train(scripted([17, 84, 17, 90, 89]), 500, options);
    expect(history.map(({ best }) => best?.iteration)).toEqual([1, 2, 2, 4, 4]);
  });

  it('does so however many the first of them are', () => {
    const history = train(scripted([53, 240, 0]), 300, { ...options, evalEpisodes: 300 });
    expect(history.map(({ evaluation }) => evaluation?.episodes)).toEqual([60, 300, 300]);
    expect(history.map(({ best }) => best?.iteration)).toEqual([1, 2, 2]);
  });

  it('is as large as it is asked to be, a fifth of it first', () => {
    expect(episodesOf([0, 200, 0], { evalEpisodes: 200 })).toEqual([40, 200, 200]);
    expect(episodesOf([0, 10, 0], { evalEpisodes: 10 })).toEqual([10, 10, 10]);
  });

  it('tries all where there is no goal to reach: returns are all that it tells', () => {
    const history = train(probeEnv(probes.action), 300, options);
    expect(history.map(({ evaluation }) => evaluation?.episodes)).toEqual([100, 100, 100]);
  });
});
