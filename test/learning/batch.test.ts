import { describe, expect, it } from 'vitest';
import type { Trajectory } from '../../envs/trajectory.ts';
import type { Batch } from '../../src/algorithms/types.ts';
import { baselines } from '../../src/baselines/index.ts';
import { baselineTargets } from '../../src/estimators/advantages.ts';
import {
  effectiveSampleSize,
  type Importance,
  importanceWeights,
  perDecisionReturns,
} from '../../src/estimators/importance.ts';
import { normalize, takeIn } from '../../src/policy/normalizer.ts';
import { actorOf } from '../../src/rollout/acting-policy.ts';
import { collect } from '../../src/rollout/collect.ts';
import { batchOf } from '../../src/train/batch.ts';
import { learnerOf } from '../../src/train/config.ts';
import type { Learner } from '../../src/train/learner.ts';
import { numbers } from '../network/reference.ts';
import { probeEnv, randomLengths } from './probes.ts';
import { bytesOf, configOf, episode, hex, largestError } from './support.ts';

const env = probeEnv(randomLengths);

/** A learner with an opinion on everything, and none of the options' conveniences. */
function learnerWith(options: Readonly<Record<string, unknown>> = {}): Learner {
  const plain = { gamma: 0.5, standardize: false, baseline: 'none', advantage: 'monte-carlo' };
  const learner = learnerOf(configOf({}, { ...plain, ...options }), { env });
  learner.theta.set(numbers(1, learner.theta.length, 0.4));
  return learner;
}

function batched(learner: Learner, fresh: readonly Trajectory[], reused: readonly Trajectory[] = []) {
  return batchOf({ ...learner, options: learner.training.options }, fresh, reused);
}

/** What the baseline is to be fitted to in an episode. */
const targetsOf = ({ baseline, training }: Learner, one: Trajectory) =>
  baselineTargets(one, baseline.isStateValue, training.options);

const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

const terminated = episode([1, 2, 4], 'terminated', 100);
const truncated = episode([3, -1], 'truncated', 8);
const both = [terminated, truncated];

describe('weights', () => {
  it('are 1 / N and sum to 1, where the sum is divided by the steps', () => {
    const { weight } = batched(learnerWith(), both).batch;
    expect(Array.from(weight)).toEqual(new Array(5).fill(1 / 5));
    expect(sum(weight)).toBeCloseTo(1, 15);
  });

  it('are one over the episodes, or over the batch that was asked for', () => {
    const weightOf = (options: object) => Array.from(batched(learnerWith({ ...options }), both).batch.weight);
    expect(weightOf({ divide: 'episodes' })).toEqual(new Array(5).fill(1 / 2));
    expect(weightOf({ divide: 'batch', batch: 80 })).toEqual(new Array(5).fill(1 / 80));
    // Asked for in episodes, they are what it is counted in.
    expect(weightOf({ divide: 'batch', batch: 80, batchEpisodes: 4 })).toEqual(new Array(5).fill(1 / 4));
  });

  it('carry gamma^t, from the start of every episode, where the objective is the discounted one', () => {
    const { weight } = batched(learnerWith({ discountWeighting: true }), both).batch;
    expect(Array.from(weight)).toEqual([1, 0.5, 0.25, 1, 0.5].map((power) => power / 5));
    const divided = batched(learnerWith({ discountWeighting: true, divide: 'episodes' }), both).batch.weight;
    expect(Array.from(divided)).toEqual([1, 0.5, 0.25, 1, 0.5].map((power) => power / 2));
  });
});

describe('an action is credited with', () => {
  const advantageOf = (options: object, episodes = both) =>
    Array.from(batched(learnerWith({ ...options }), episodes).batch.advantage);

  it('what follows it, or with the whole episode', () => {
    // 1 + (2 + 4 / 2) / 2, 2 + 4 / 2, 4; 3 - 1 / 2, -1
    expect(advantageOf({})).toEqual([3, 4, 4, 2.5, -1]);
    expect(advantageOf({ returns: 'full' })).toEqual([3, 3, 3, 2.5, 2.5]);
  });

  it('the return less what the baseline expected at that time step', () => {
    const learner = learnerWith({ baseline: 'per-step' });
    learner.baseline.fit(new Float64Array(6), Int32Array.of(0, 1, 2), Float64Array.of(0.5, -1, 3));
    expect(Array.from(batched(learner, both).batch.advantage)).toEqual([2.5, 5, 1, 2, 0]);
    const full = learnerWith({ baseline: 'mean', returns: 'full' });
    full.baseline.state.mean[0] = 2;
    expect(Array.from(batched(full, both).batch.advantage)).toEqual([1, 1, 1, 0.5, 0.5]);
  });

  /** As the baseline noted them when the episodes ran. */
  const valued = [
    { ...terminated, value: Float64Array.of(10, 20, 30, 100) },
    { ...truncated, value: Float64Array.of(4, 6, 8) },
  ];

  it.each([
    // 3 - 10, 4 - 20, 4 - 30; the tail is 8: -1 + 8 / 2 = 3, 3 + 3 / 2 = 4.5
    ['monte-carlo', {}, [-7, -16, -26, 0.5, -3]],
    // 1 + 20 / 2 - 10, 2 + 30 / 2 - 20, 4 - 30; 3 + 6 / 2 - 4, -1 + 8 / 2 - 6
    ['td', {}, [1, -3, -26, 2, -3]],
    // gamma lambda = 1 / 4: 1 + (-3 - 26 / 4) / 4, -3 - 26 / 4, -26; 2 - 3 / 4, -3
    ['gae', { lambda: 0.5 }, [-1.375, -9.5, -26, 1.25, -3]],
    // 1 + 2 / 2 + 30 / 4 - 10, 2 + 4 / 2 - 20, 4 - 30; 3 - 1 / 2 + 8 / 4 - 4, -1 + 8 / 2 - 6
    ['n-step', { nSteps: 2 }, [-0.5, -16, -26, 0.5, -3]],
  ])('%s: the advantage by the values that were noted, computed by hand', (advantage, more, expected) => {
    expect(advantageOf({ baseline: 'linear', advantage, ...more }, valued)).toEqual(expected);
  });

  it.each([
    ['monte-carlo', {}, [-7, -16, -26, -1.5, -7]],
    ['td', {}, [1, -3, -26, 2, -7]],
    ['gae', { lambda: 0.5 }, [-1.375, -9.5, -26, 0.25, -7]],
    ['n-step', { nSteps: 2 }, [-0.5, -16, -26, -1.5, -7]],
  ])('%s without bootstrapping: nothing after a time limit either', (advantage, more, expected) => {
    expect(advantageOf({ baseline: 'linear', advantage, bootstrap: false, ...more }, valued)).toEqual(expected);
  });

  it.each(Object.keys(baselines))(
    'the value of the state a time limit cut off in, if baseline %s knows it',
    (baseline) => {
      const learner = learnerWith({ baseline });
      const found = batched(learner, valued).batch.advantage;
      const known = learner.baseline.isStateValue;
      expect(Array.from(found)).toEqual(known ? [-7, -16, -26, 0.5, -3] : [3, 4, 4, 2.5, -1]);
      const targets = valued.map((one) => Array.from(targetsOf(learner, one)));
      expect(targets).toEqual(
        known
          ? [
              [3, 4, 4],
              [4.5, 3],
            ]
          : [
              [3, 4, 4],
              [2.5, -1],
            ],
      );
    },
  );

  it('nothing but its rewards where the baseline is fitted to whole episodes', () => {
    const learner = learnerWith({ baseline: 'mean', returns: 'full' });
    expect(Array.from(targetsOf(learner, terminated))).toEqual([3, 3, 3]);
    // A state is worth what follows it, whatever actions are credited with.
    const value = learnerWith({ baseline: 'linear', returns: 'full' });
    expect(Array.from(targetsOf(value, terminated))).toEqual([3, 4, 4]);
  });
});

describe('episodes of earlier policies', () => {
  const plan = (first: number, episodes: number) => ({
    seedOf: (k: number) => first + k,
    until: { episodes },
    slots: 4,
    deterministic: false,
  });

  /** A learner that has moved on since it ran the old episodes: its theta, its statistics and its baseline. */
  function setting(options: Readonly<Record<string, unknown>> = {}) {
    const learner = learnerWith({ reuse: 1, ...options });
    const old = collect(env, actorOf(learner), plan(100, 6));
    learner.theta.set(numbers(2, learner.theta.length, 0.4));
    takeIn(learner.normalizer, Float32Array.from(numbers(3, 40, 2)));
    learner.baseline.fit(numbers(4, 40), new Int32Array(20), numbers(5, 20));
    const fresh = collect(env, actorOf(learner), plan(200, 4));
    // The present policy's log-probabilities by the way that acting takes.
    const logp = old.map(({ obs, act, steps }) => {
      const acts = new Float32Array(steps + 1);
      acts.set(act);
      return actorOf(learner)
        .forward(obs, steps + 1)
        .logProbability(acts)
        .slice(0, steps);
    });
    const count = (episodes: readonly Trajectory[]) => episodes.reduce((total, { steps }) => total + steps, 0);
    return { learner, old, fresh, logp, freshSteps: count(fresh), total: count(fresh) + count(old) };
  }

  const kinds: Importance[] = ['trajectory', 'per-decision', 'truncated'];
  const flat = (arrays: readonly Float64Array[]) => arrays.flatMap((array) => Array.from(array));

  it.each(kinds)('%s: weigh as the estimator says, beside new ones that weigh 1', (importance) => {
    const { learner, old, fresh, logp, freshSteps, total } = setting({ importance });
    const { batch, effectiveSamples } = batched(learner, fresh, old);
    expect(batch.weight).toHaveLength(total);
    expect(Array.from(batch.weight.slice(0, freshSteps))).toEqual(new Array(freshSteps).fill(1 / total));
    const ratios = flat(old.map((one, i) => importanceWeights(importance, logp[i], one.logp)));
    expect(Array.from(batch.weight.slice(freshSteps))).toEqual(ratios.map((ratio) => ratio / total));
    // They are far from the new policy, or nothing of this would be tested.
    expect(Math.max(...ratios) / Math.min(...ratios)).toBeGreaterThan(2);
    const all = Float64Array.from([...new Array<number>(freshSteps).fill(1), ...ratios]);
    expect(effectiveSamples).toBeCloseTo(effectiveSampleSize(all), 9);
    expect(effectiveSamples).toBeLessThan(0.99 * total);
  });

  it('have the log-probability of the present policy, from which a step starts, at its own observations', () => {
    const { learner, old, fresh, logp, freshSteps } = setting();
    const { batch } = batched(learner, fresh, old);
    expect(Array.from(batch.logp)).toEqual([...flat(fresh.map((one) => one.logp)), ...flat(logp)]);
    const episodes = [...fresh, ...old];
    const states = episodes.flatMap(({ obs, steps }) => Array.from(obs.slice(0, 2 * steps)));
    const x = normalize(learner.normalizer, Float32Array.from(states), new Float64Array(states.length));
    expect(hex(batch.x)).toBe(hex(x));
    expect(Array.from(batch.act)).toEqual(episodes.flatMap(({ act }) => Array.from(act)));
    expect(freshSteps).toBeGreaterThan(0);
  });

  it.each([
    ['to-go', 'truncated'],
    ['to-go', 'trajectory'],
    ['full', 'trajectory'],
  ])('credit an action with its return (%s, %s)', (returns, importance) => {
    const { learner, old, fresh, freshSteps } = setting({ returns, importance });
    const [alone] = [batched(learner, old).batch.advantage];
    expect(Array.from(batched(learner, fresh, old).batch.advantage.slice(freshSteps))).toEqual(Array.from(alone));
  });

  it('credit an action with rewards that carry the later ratios, where weights are per decision', () => {
    const { learner, old, fresh, logp, freshSteps } = setting({ importance: 'per-decision' });
    const { advantage } = batched(learner, fresh, old).batch;
    const expected = old.map((one, i) =>
      perDecisionReturns(
        one.reward,
        logp[i].map((l, t) => Math.exp(l - one.logp[t])),
        0.5,
        0,
      ),
    );
    expect(largestError(advantage.slice(freshSteps), flat(expected))).toBeLessThan(1e-14);
    expect(Array.from(advantage.slice(0, freshSteps))).toEqual(Array.from(batched(learner, fresh).batch.advantage));
  });

  it('are judged by the values that were noted: the present baseline has been fitted to their actions', () => {
    const { learner, old, fresh, freshSteps } = setting({ baseline: 'linear', advantage: 'td' });
    const { advantage } = batched(learner, fresh, old).batch;
    const expected = old.map(({ reward, steps, end, value }) =>
      reward.map((r, t) => r + 0.5 * (end === 'terminated' && t === steps - 1 ? 0 : value[t + 1]) - value[t]),
    );
    expect(old.some(({ end }) => end === 'truncated')).toBe(true);
    expect(old.some(({ end }) => end === 'terminated')).toBe(true);
    expect(Array.from(advantage.slice(freshSteps))).toEqual(flat(expected));
    // Of new episodes what was noted is what the baseline says.
    const again = fresh.map((one) => ({ ...one, value: one.value.map((v) => v + 1) }));
    const moved = batched(learner, again, old).batch.advantage;
    expect(moved[0]).not.toBe(advantage[0]);
    expect(Array.from(moved.slice(freshSteps))).toEqual(Array.from(advantage.slice(freshSteps)));
  });

  it('weigh at most so much where weights are limited', () => {
    const { learner, old, fresh, logp, freshSteps, total } = setting({ ratioLimit: 1.1 });
    const { batch, effectiveSamples } = batched(learner, fresh, old);
    const ratios = flat(old.map((one, i) => importanceWeights('truncated', logp[i], one.logp)));
    const cut = ratios.map((ratio) => Math.min(ratio, 1.1));
    expect(cut).not.toEqual(ratios);
    expect(Array.from(batch.weight.slice(freshSteps))).toEqual(cut.map((ratio) => ratio / total));
    expect(effectiveSamples).toBeCloseTo(
      effectiveSampleSize(Float64Array.from([...new Array<number>(freshSteps).fill(1), ...cut])),
      9,
    );
  });

  it('leave the new ones at 1 where the limit is below that', () => {
    const { learner, old, fresh, freshSteps, total } = setting({ ratioLimit: 0.5 });
    const { weight } = batched(learner, fresh, old).batch;
    expect(Array.from(weight.slice(0, freshSteps))).toEqual(new Array(freshSteps).fill(1 / total));
    expect(Math.max(...weight.slice(freshSteps))).toBe(0.5 / total);
  });

  it('weigh 1 on average, with the new ones, where weights are self-normalised', () => {
    const { learner, old, fresh, logp, freshSteps, total } = setting({ selfNormalize: true });
    const { batch } = batched(learner, fresh, old);
    expect(sum(batch.weight)).toBeCloseTo(1, 12);
    const ratios = flat(old.map((one, i) => importanceWeights('truncated', logp[i], one.logp)));
    const mean = (freshSteps + ratios.reduce((a, b) => a + b, 0)) / total;
    expect(batch.weight[0]).toBeCloseTo(1 / mean / total, 12);
    expect(batch.weight[freshSteps + 3]).toBeCloseTo(ratios[3] / mean / total, 12);
  });

  it.each(kinds)('%s: weigh 1 and change nothing where the policy has not changed', (importance) => {
    const learner = learnerWith({ importance, baseline: 'linear' });
    const [fresh, old] = [collect(env, actorOf(learner), plan(1, 3)), collect(env, actorOf(learner), plan(50, 3))];
    const reused = batched(learner, fresh, old);
    const together = batched(learner, [...fresh, ...old]);
    const bytes = ({ x, act, logp, weight, advantage }: Batch) => [x, act, logp, weight, advantage].map(hex);
    expect(bytes(reused.batch)).toEqual(bytes(together.batch));
    expect(reused.effectiveSamples).toBe(reused.batch.weight.length);
  });

  it('are standardised by the mean and deviation of the new ones', () => {
    const { learner, old, fresh, freshSteps } = setting({ standardize: true });
    const { advantage } = batched(learner, fresh, old).batch;
    const own = advantage.slice(0, freshSteps);
    expect(Math.abs(sum(own))).toBeLessThan(1e-9);
    expect(sum(own.map((a) => a * a)) / freshSteps).toBeCloseTo(1, 6);
    expect(Array.from(own)).toEqual(Array.from(batched(learner, fresh).batch.advantage));
  });

  it('carry no product of ratios beyond the limit, neither as weights nor within returns', () => {
    const limit = 1.05;
    const { learner, old, fresh, logp, freshSteps } = setting({ importance: 'per-decision', ratioLimit: limit });
    const { advantage } = batched(learner, fresh, old).batch;
    const expected = old.map(({ logp: before, reward, steps }, i) =>
      reward.map((_, t) => {
        let [credit, product] = [0, 1];
        for (let k = t; k < steps; k++) {
          if (k > t) product *= Math.exp(logp[i][k] - before[k]);
          credit += 0.5 ** (k - t) * Math.min(limit, product) * reward[k];
        }
        return credit;
      }),
    );
    expect(largestError(advantage.slice(freshSteps), flat(expected))).toBeLessThan(1e-13);
  });

  it('and the new ones give the same bytes each time, and are left as they were', () => {
    const { learner, old, fresh } = setting({ baseline: 'value', importance: 'per-decision' });
    const before = [...fresh, ...old].map(bytesOf);
    const [a, b] = [0, 1].map(() => batched(learner, fresh, old));
    expect(b.batch).toEqual(a.batch);
    expect(b.effectiveSamples).toBe(a.effectiveSamples);
    expect([...fresh, ...old].map(bytesOf)).toEqual(before);
  });
});
