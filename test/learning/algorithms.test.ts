import { beforeAll, describe, expect, it } from 'vitest';
import { solvePositiveDefinite } from '../../envs/math/cholesky.ts';
import { dot } from '../../envs/math/dot.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { algorithms } from '../../src/algorithms/index.ts';
import { naturalDirection } from '../../src/algorithms/natural.ts';
import { surrogateGradient } from '../../src/algorithms/ppo.ts';
import type { Batch } from '../../src/algorithms/types.ts';
import { ascend, createAdam } from '../../src/optim/adam.ts';
import { distributions } from '../../src/policy/distributions/index.ts';
import type { Distribution } from '../../src/policy/distributions/types.ts';
import { defaultBackend } from '../../src/policy/network/index.ts';
import {
  addEntropyGradient,
  createPolicy,
  entropies,
  fisherProduct,
  type Policy,
  weightedScore,
} from '../../src/policy/policy.ts';
import { configureTraining, learnerOf, optionsFor } from '../../src/train/config.ts';
import type { Learner } from '../../src/train/learner.ts';
import { trainOptions } from '../../src/train/options.ts';
import { trainOn } from '../../src/train/train.ts';
import { numbers } from '../network/reference.ts';
import { probeEnv, randomLengths } from './probes.ts';
import { centralDifferences, configOf, hex, largestError, ordinary } from './support.ts';

beforeAll(loadPhysics);

const names = Object.keys(algorithms);
const families = Object.keys(distributions);
const [obsSize, actions, n] = [3, 2, 40];

type Options = Readonly<Record<string, number | string | boolean>>;

/** What these tests stand on, whatever defaults the algorithms are tuned to. */
const pinned: Options = {
  learningRate: 5e-3,
  finalLearningRate: 0.1,
  delta: 0.03,
  damping: 1e-3,
  cgIterations: 10,
  backtracks: 10,
  surrogate: 'clip',
  epsilon: 0.2,
  targetDivergence: 0.02,
  epochs: 10,
  minibatch: 250,
};

/** An algorithm's options, with some changed. */
function optionsOf(algorithm: string, changed: Options = {}): Options {
  const known = optionsFor(ordinary, algorithms[algorithm]);
  const usual = Object.entries(known).map(([name, option]) => [name, pinned[name] ?? option.default]);
  return { ...Object.fromEntries(usual), ...changed };
}

interface Setting {
  readonly policy: Policy;
  readonly theta: Float64Array;
  readonly batch: Batch;
}

/** A policy of two correlated actions and a batch that it might have sampled. */
function setting(family: string, rows = n): Setting {
  const policy = createPolicy(defaultBackend, obsSize, [5], distributions[family].create(actions, -0.3));
  const theta = numbers(1, policy.size, 0.6);
  const x = numbers(2, rows * obsSize, 1.5);
  const { y, phi } = policy.outputs(theta, x, rows);
  const act = policy.distribution.sample(y, phi, numbers(3, rows * actions, 1.7), rows);
  const logp = policy.distribution.logProbability(act, y, phi, rows);
  const weight = new Float64Array(rows).fill(1 / rows);
  return { policy, theta, batch: { x, act, logp, weight, advantage: numbers(4, rows, 2) } };
}

const weighted = ({ weight, advantage }: Batch) => weight.map((w, i) => w * advantage[i]);
const reinforceGradient = ({ policy, theta, batch }: Setting) =>
  weightedScore(policy, theta, batch.x, batch.act, weighted(batch)).slice();
const largest = (values: Float64Array) => Math.max(...values.map(Math.abs));
const minus = (a: Float64Array, b: Float64Array) => a.map((value, i) => value - b[i]);

/** Mean KL(from | to) over the batch's states. */
function divergenceOf({ policy, batch }: Setting, from: Float64Array, to: Float64Array): number {
  const rows = batch.weight.length;
  const at = (theta: Float64Array) => {
    const { y, phi } = policy.outputs(theta, batch.x, rows);
    return { y: y.slice(), phi: phi.slice() };
  };
  return policy.distribution.divergence(at(from), at(to), rows).reduce((sum, kl) => sum + kl / rows, 0);
}

/** pi_theta / pi_old for every step of the batch. */
function ratiosOf({ policy, batch }: Setting, theta: Float64Array): Float64Array {
  const { y, phi } = policy.outputs(theta, batch.x, batch.weight.length);
  const logp = policy.distribution.logProbability(batch.act, y, phi, batch.weight.length);
  return logp.map((l, i) => Math.exp(l - batch.logp[i]));
}

/** sum_t w_t r_t A_t */
function surrogateOf(own: Setting, theta: Float64Array): number {
  return dot(weighted(own.batch), ratiosOf(own, theta));
}

/** Theta after one update of a fresh algorithm; its own state, and the figures. */
function updated({ policy, theta, batch }: Setting, algorithm: string, changed: Options = {}, progress = 0) {
  const after = theta.slice();
  const { update, state } = algorithms[algorithm].create(policy, optionsOf(algorithm, changed), 7);
  const figures = update(after, batch, progress);
  return { after, figures, state };
}

describe.each(names)('algorithm %s', (name) => {
  const entry = algorithms[name];

  it('is registered under its own name, with options that are its own and defaults that are shared', () => {
    expect(entry.name).toBe(name);
    expect(entry.description).not.toBe('');
    const shared = Object.keys(trainOptions);
    const own = Object.keys(entry.options);
    expect(new Set([...shared, ...own]).size).toBe(shared.length + own.length);
    for (const option of Object.keys(entry.defaults)) expect(shared).toContain(option);
  });

  it.each(families)('is a function of theta, batch and seed, and leaves the batch as it was (%s)', (family) => {
    const own = setting(family);
    const before = Object.values(own.batch).map(hex);
    const [first, second] = [updated(own, name), updated(own, name)];
    expect(hex(second.after)).toBe(hex(first.after));
    expect(second.figures).toEqual(first.figures);
    expect(hex(first.after)).not.toBe(hex(own.theta));
    expect(first.after.every(Number.isFinite)).toBe(true);
    expect(Object.values(first.figures).every(Number.isFinite)).toBe(true);
    expect(Object.values(own.batch).map(hex)).toEqual(before);
  });

  it('gains: the surrogate of the batch is above 0 of mean advantages after a few updates', () => {
    const own = setting('diagonal');
    const { policy, batch } = own;
    const theta = own.theta.slice();
    const algorithm = entry.create(policy, optionsOf(name), 7);
    const start = surrogateOf(own, theta);
    algorithm.update(theta, batch, 0);
    expect(surrogateOf(own, theta)).toBeGreaterThan(start);
  });

  it('is restored by its state arrays, and then learns on as it would have', () => {
    const { policy, theta, batch } = setting('full');
    const [original, restored] = [entry.create(policy, optionsOf(name), 7), entry.create(policy, optionsOf(name), 7)];
    const a = theta.slice();
    for (let k = 0; k < 3; k++) original.update(a, batch, k / 10);
    const b = a.slice();
    expect(Object.keys(restored.state)).toEqual(Object.keys(original.state));
    for (const [key, array] of Object.entries(original.state)) restored.state[key].set(array.slice());
    for (const algorithm of [original, restored]) algorithm.update(algorithm === original ? a : b, batch, 0.3);
    expect(hex(b)).toBe(hex(a));
  });

  it('stays where it is without anything to gain', () => {
    const own = setting('full');
    const batch = { ...own.batch, advantage: new Float64Array(n) };
    const { after, figures } = updated({ ...own, batch }, name);
    expect(hex(after)).toBe(hex(own.theta));
    expect(Object.values(figures).every(Number.isFinite)).toBe(true);
  });

  it('does not look at the size of a batch divided by its steps: the same twice is the same', () => {
    const own = setting('diagonal');
    const twice = <A extends Float32Array | Float64Array>(array: A): A => {
      const out = (
        array instanceof Float32Array ? new Float32Array(2 * array.length) : new Float64Array(2 * array.length)
      ) as A;
      out.set(array);
      out.set(array, array.length);
      return out;
    };
    const { x, act, logp, weight, advantage } = own.batch;
    const doubled: Batch = {
      x: twice(x),
      act: twice(act),
      logp: twice(logp),
      weight: twice(weight).map((w) => w / 2),
      advantage: twice(advantage),
    };
    // Whole batches only, so that ppo's shuffling draws no other minibatches.
    const changed: Options = name === 'ppo' ? { minibatch: 1e7 } : {};
    const [once, again] = [updated(own, name, changed), updated({ ...own, batch: doubled }, name, changed)];
    expect(largestError(again.after, once.after)).toBeLessThan(1e-9);
  });

  it.each(families)('takes three iterations on panda-reach-joints with policy %s', (policy) => {
    const learner = learnerOf(
      configureTraining({
        env: 'panda-reach-joints',
        envOptions: { horizon: 10 },
        algorithm: name,
        options: { policy, batch: 100, hiddenWidth: 8, evalEvery: 1e9 },
      }),
    );
    const before = hex(learner.theta);
    const history = trained(learner, 3);
    expect(history).toHaveLength(3);
    for (const { figures, sigma } of history) {
      expect([sigma, ...Object.values(figures)].every(Number.isFinite)).toBe(true);
    }
    expect(learner.theta.every(Number.isFinite)).toBe(true);
    expect(hex(learner.theta)).not.toBe(before);
  });

  it.each(['trajectory', 'per-decision', 'truncated'])('reuses old batches by the %s ratio', (importance) => {
    const learner = learnerOf(
      configOf({ algorithm: name }, { reuse: 2, importance, advantage: 'monte-carlo', batch: 60 }),
      { env: probeEnv(randomLengths) },
    );
    const before = hex(learner.theta);
    for (const { figures } of trained(learner, 4)) {
      expect(Object.values(figures).every(Number.isFinite)).toBe(true);
      expect(figures.effectiveSamples).toBeGreaterThan(0);
      expect(figures.effectiveSamples).toBeLessThanOrEqual(1);
    }
    expect(learner.theta.every(Number.isFinite)).toBe(true);
    expect(hex(learner.theta)).not.toBe(before);
  });
});

function trained(learner: Learner, iterations: number) {
  return [...trainOn(learner, { iterations, untilSolved: false })];
}

/** The distribution with some of its methods replaced. */
function changedIn(distribution: Distribution, changes: Partial<Distribution>): Distribution {
  return Object.assign(Object.create(distribution), changes);
}

describe('REINFORCE', () => {
  it.each([
    [0, 0.02],
    [0.5, 0.012],
    [1, 0.004],
  ])(
    'takes a step of Adam along mean_t grad log pi A_t, which falls over the budget (at %d: %d)',
    (progress, alpha) => {
      const own = setting('full');
      const options = { learningRate: 0.02, finalLearningRate: 0.2 };
      const { after, figures } = updated(own, 'reinforce', options, progress);
      const expected = own.theta.slice();
      const g = reinforceGradient(own);
      ascend(createAdam(expected.length), expected, g, figures.alpha);
      expect(figures.alpha).toBeCloseTo(alpha, 15);
      expect(hex(after)).toBe(hex(expected));
      expect(figures.gradientNorm).toBeCloseTo(Math.sqrt(dot(g, g)), 12);
    },
  );
});

describe('A2C', () => {
  const options = { learningRate: 0.01, finalLearningRate: 0.3, baseline: 'value' };
  const thetaOf = (algorithm: string, more: Options) => {
    const learner = learnerOf(configOf({ algorithm }, { ...options, ...more }), { env: probeEnv(randomLengths) });
    trained(learner, 4);
    return hex(learner.theta);
  };

  it('with as many steps as an episode may have is REINFORCE with a learned value', () => {
    const reinforce = thetaOf('reinforce', {});
    for (const nSteps of [randomLengths.horizon, 1000]) expect(thetaOf('a2c', { nSteps })).toBe(reinforce);
    expect(thetaOf('a2c', { nSteps: 2 })).not.toBe(reinforce);
  });

  it('with one step is REINFORCE on temporal differences', () => {
    expect(thetaOf('a2c', { nSteps: 1 })).toBe(thetaOf('reinforce', { advantage: 'td' }));
  });
});

/** sum_t w_t H(pi( . | s_t)) */
function entropyOf({ policy, batch }: Setting, theta: Float64Array): number {
  const rows = batch.weight.length;
  return dot(batch.weight, entropies(policy, policy.outputs(theta, batch.x, rows), rows));
}

describe.each(families)('entropy of a %s policy', (family) => {
  const own = setting(family);
  const { policy, theta, batch } = own;

  it('has the gradient that differences of it show, in every parameter', () => {
    const at = theta.slice();
    const expected = centralDifferences(at, () => entropyOf(own, at)).map((value) => 0.3 * value);
    const g = new Float64Array(policy.size);
    policy.outputs(theta, batch.x, n);
    addEntropyGradient(policy, g, batch.weight, 0.3);
    expect(largestError(g, expected)).toBeLessThan(1e-8);
    // A family with a fixed sigma has none to widen.
    expect(largest(g) > 0.01).toBe(family !== 'fixed');
  });

  it.each(names)('is larger after a step of %s that it has a bonus in, by more the larger that is', (name) => {
    const after = (entropyBonus: number) =>
      entropyOf(own, updated(own, name, { entropyBonus, learningRate: 1e-3 }).after);
    const [none, some, much] = [0, 0.3, 3].map(after);
    if (family === 'fixed') expect([some, much]).toEqual([none, none]);
    else expect(some > none && much >= some, `${none}, ${some}, ${much}`).toBe(true);
  });
});

describe.each(families)('natural gradient of a %s policy', (family) => {
  const own = setting(family);
  const { policy, theta, batch } = own;
  const fisher = (v: Float64Array) => fisherProduct(policy, policy.outputs(theta, batch.x, n), v);
  const converged = { damping: 0.05, cgIterations: 1000, entropyBonus: 0 };

  it('solves (F + damping I) x = g, as a dense solver does with F probed column by column', () => {
    const size = policy.size;
    const matrix = new Float64Array(size * size);
    for (let j = 0; j < size; j++) {
      const column = fisher(Float64Array.from({ length: size }, (_, i) => (i === j ? 1 : 0)));
      for (let i = 0; i < size; i++) matrix[i * size + j] = column[i] + (i === j ? converged.damping : 0);
    }
    const { g, x, fisherNorm } = naturalDirection(policy, theta, batch, { delta: 0.03, ...converged });
    expect(hex(g)).toBe(hex(reinforceGradient(own)));
    const expected = solvePositiveDefinite(matrix, g);
    expect(largestError(x, expected)).toBeLessThan(1e-7 * largest(expected));
    expect(fisherNorm).toBeCloseTo(dot(expected, fisher(expected)), 7);
    // F is no multiple of the identity here, or none of this would be seen.
    expect(dot(x, g) / Math.sqrt(dot(x, x) * dot(g, g))).toBeLessThan(0.95);
  });

  it('is parallel to the gradient after one conjugate-gradient step', () => {
    const { after } = updated(own, 'natural', { cgIterations: 1 });
    const d = minus(after, theta);
    const g = reinforceGradient(own);
    expect(dot(d, g) / Math.sqrt(dot(d, d) * dot(g, g))).toBeCloseTo(1, 12);
    const more = minus(updated(own, 'natural', { cgIterations: 10 }).after, theta);
    expect(dot(more, g) / Math.sqrt(dot(more, more) * dot(g, g))).toBeLessThan(0.99);
  });

  it('steps so far that d^T F d = 2 delta, and KL = delta to second order', () => {
    const errors = [1e-2, 1e-4, 1e-6].map((delta) => {
      const { after, figures } = updated(own, 'natural', { delta, ...converged });
      const d = minus(after, theta);
      expect(dot(d, fisher(d)) / (2 * delta)).toBeCloseTo(1, 9);
      const { x } = naturalDirection(policy, theta, batch, { delta: 0.03, ...converged });
      expect(
        largestError(
          d,
          x.map((value) => figures.step * value),
        ),
      ).toBeLessThan(1e-14);
      expect(dot(d, reinforceGradient(own))).toBeGreaterThan(0);
      return Math.abs(divergenceOf(own, theta, after) / delta - 1);
    });
    // What is left is of third order: it falls with the square root of delta, by 10 here. Five leaves room for the fourth.
    expect(errors[0]).toBeLessThan(0.5);
    expect(errors[1]).toBeLessThan(errors[0] / 5);
    expect(errors[2]).toBeLessThan(errors[1] / 5);
  });
});

/** An algorithm that checks every one of its updates. */
function watched(
  learner: Learner,
  check: (own: Setting, after: Float64Array, figures: Record<string, number>) => void,
) {
  const { algorithm, policy } = learner;
  return {
    ...learner,
    algorithm: {
      ...algorithm,
      update(theta: Float64Array, batch: Batch, progress: number) {
        const before = theta.slice();
        const figures = algorithm.update(theta, batch, progress);
        check({ policy, theta: before, batch }, theta, figures);
        return figures;
      },
    },
  };
}

describe('TRPO', () => {
  /** KL <= delta and a surrogate that rises, of every update, both recomputed here. */
  function expectTrusted(learner: Learner, iterations: number): number {
    const delta = learner.training.config.options.delta as number;
    let moved = 0;
    const checked = watched(learner, (own, after, { divergence, gain, step }) => {
      if (step === 0) return expect(hex(after)).toBe(hex(own.theta));
      moved++;
      const found = divergenceOf(own, own.theta, after);
      expect(found).toBeLessThanOrEqual(delta * (1 + 1e-12));
      expect(found).toBeCloseTo(divergence, 12);
      const rise = surrogateOf(own, after) - surrogateOf(own, own.theta);
      expect(rise).toBeGreaterThan(0);
      expect(rise).toBeCloseTo(gain, 9);
    });
    trained(checked, iterations);
    return moved;
  }

  it.each(families)('stays within delta and gains, in every iteration (%s)', (policy) => {
    const options = { policy, delta: 0.1, damping: 0.01, batch: 100 };
    const learner = learnerOf(configOf({ algorithm: 'trpo' }, options), { env: probeEnv(randomLengths) });
    expect(expectTrusted(learner, 10)).toBeGreaterThan(7);
  });

  it('does so on panda-reach-joints', () => {
    const config = configureTraining({
      env: 'panda-reach-joints',
      algorithm: 'trpo',
      options: { batch: 300, hiddenWidth: 16, policy: 'full', evalEvery: 1e9 },
    });
    expect(expectTrusted(learnerOf(config), 6)).toBeGreaterThan(4);
  });

  it.each([0.02, 3])("takes the longest of natural's step and its halves that is allowed (delta %d)", (delta) => {
    const own = setting('full');
    const { after, figures } = updated(own, 'trpo', { delta });
    const natural = updated(own, 'natural', { delta });
    const d = minus(natural.after, own.theta);
    const allowed = (halvings: number) => {
      const moved = own.theta.map((value, i) => value + d[i] / 2 ** halvings);
      const gain = surrogateOf(own, moved) - surrogateOf(own, own.theta);
      return divergenceOf(own, own.theta, moved) <= delta && gain > 0;
    };
    let halvings = 0;
    while (!allowed(halvings)) halvings++;
    // A short step is as good as its quadratic form; a long one is not.
    if (delta === 3) expect(halvings).toBeGreaterThan(0);
    expect(figures.step).toBeCloseTo(natural.figures.step / 2 ** halvings, 12);
    expect(
      largestError(
        minus(after, own.theta),
        d.map((value) => value / 2 ** halvings),
      ),
    ).toBeLessThan(1e-12);
  });

  it('leaves theta as it was where the direction is hopeless, or there is no room', () => {
    const own = setting('full');
    const { policy } = own;
    const { distribution } = policy;
    // A gradient with the wrong sign: every step along it loses.
    const score: typeof distribution.score = (...args) => {
      const { y, phi } = distribution.score(...args);
      return { y: y.map((value) => -value), phi: phi.map((value) => -value) };
    };
    const downhill = { ...own, policy: { ...policy, distribution: changedIn(distribution, { score }) } };
    const { after, figures } = updated(downhill, 'trpo');
    expect(hex(after)).toBe(hex(own.theta));
    expect(figures).toMatchObject({ step: 0, divergence: 0, gain: 0 });
    // Uphill, it takes halvings that it may not have.
    const short = updated(own, 'trpo', { delta: 3, backtracks: 0 });
    expect(hex(short.after)).toBe(hex(own.theta));
    const undefinedAdvantages = { ...own, batch: { ...own.batch, advantage: new Float64Array(n).fill(Number.NaN) } };
    expect(hex(updated(undefinedAdvantages, 'trpo').after)).toBe(hex(own.theta));
  });
});

describe('PPO', () => {
  const oldOf = ({ policy, theta, batch }: Setting) => {
    const { y, phi } = policy.outputs(theta, batch.x, batch.weight.length);
    return { y: y.slice(), phi: phi.slice() };
  };

  describe.each(families)('with a %s policy', (family) => {
    const own = setting(family);
    const { policy, batch } = own;
    const part = { ...batch, old: oldOf(own) };
    /** A policy that has moved on, so that some ratios are beyond the clip and others are not. */
    const moved = own.theta.map((value, i) => value + 0.12 * numbers(9, policy.size)[i]);

    it("has REINFORCE's gradient at first", () => {
      const expected = reinforceGradient(own);
      const clipped = surrogateGradient(policy, own.theta, part, 0.2, 0);
      expect(hex(clipped.g)).toBe(hex(expected));
      expect(clipped.clipped).toBe(0);
      const penalised = surrogateGradient(policy, own.theta, part, Number.POSITIVE_INFINITY, 3);
      expect(largestError(penalised.g, expected)).toBeLessThan(1e-13);
    });

    it('has the gradient of mean min(r A, clip(r) A)', () => {
      const epsilon = 0.2;
      const ratios = ratiosOf(own, moved);
      // Away from the kinks, and on every side of them.
      for (const kink of [1 - epsilon, 1 + epsilon])
        expect(Math.min(...ratios.map((r) => Math.abs(r - kink)))).toBeGreaterThan(1e-4);
      const sides = Array.from(
        ratios,
        (r, i) => `${Math.sign(batch.advantage[i])} ${r > 1 + epsilon ? 1 : r < 1 - epsilon ? -1 : 0}`,
      );
      expect(new Set(sides).size).toBe(6);
      const objective = () =>
        ratiosOf(own, moved).reduce((sum, r, i) => {
          const a = batch.advantage[i];
          const clip = Math.min(Math.max(r, 1 - epsilon), 1 + epsilon);
          return sum + batch.weight[i] * Math.min(r * a, clip * a);
        }, 0);
      const { g, clipped } = surrogateGradient(policy, moved, part, epsilon, 0);
      expect(clipped).toBe(sides.filter((side) => side === '1 1' || side === '-1 -1').length);
      expect(largestError(g, centralDifferences(moved, objective))).toBeLessThan(1e-7);
    });

    it('has the gradient of mean r A - beta KL', () => {
      const beta = 1.7;
      const objective = () => surrogateOf(own, moved) - beta * divergenceOf(own, own.theta, moved);
      const { g } = surrogateGradient(policy, moved, part, Number.POSITIVE_INFINITY, beta);
      expect(largestError(g, centralDifferences(moved, objective))).toBeLessThan(1e-7);
    });
  });

  it('weighs steps by their weights, and the penalty by their sum', () => {
    const own = setting('full');
    const weight = numbers(12, n).map((w) => Math.abs(w));
    const batch = { ...own.batch, weight };
    const heavy = { ...own, batch };
    const total = weight.reduce((sum, w) => sum + w, 0);
    const moved = own.theta.map((value, i) => value + 0.1 * numbers(9, own.policy.size)[i]);
    const objective = () => surrogateOf(heavy, moved) - 0.6 * total * divergenceOf(heavy, own.theta, moved);
    const { g } = surrogateGradient(own.policy, moved, { ...batch, old: oldOf(own) }, Number.POSITIVE_INFINITY, 0.6);
    expect(largestError(g, centralDifferences(moved, objective))).toBeLessThan(1e-7);
  });

  /** The rows of each gradient that one update asks for, by the first number of an observation, and their weights in it. */
  function minibatchesOf(own: Setting, changed: Options) {
    const asked: { rows: number[]; weights: number[] }[] = [];
    const { policy } = own;
    const { distribution } = policy;
    let x = new Float64Array();
    const spied: Policy = {
      ...policy,
      outputs(theta, observations, rows) {
        x = Float64Array.from(observations);
        return policy.outputs(theta, observations, rows);
      },
      distribution: changedIn(distribution, {
        score(act, y, phi, weights) {
          asked.push({ rows: Array.from(weights, (_, i) => x[i * obsSize]), weights: Array.from(weights) });
          return distribution.score(act, y, phi, weights);
        },
      }),
    };
    const { after } = updated({ ...own, policy: spied }, 'ppo', changed);
    return { asked, after };
  }

  it('goes through every step once in an epoch, in minibatches of about the size that is asked for', () => {
    const own = setting('full', 43);
    // Without a step, so that every ratio stays 1.
    const { asked, after } = minibatchesOf(own, { epochs: 3, minibatch: 10, learningRate: 0 });
    expect(hex(after)).toBe(hex(own.theta));
    expect(asked.map(({ rows }) => rows.length)).toEqual([10, 11, 11, 11, 10, 11, 11, 11, 10, 11, 11, 11]);
    const all = Array.from({ length: 43 }, (_, i) => own.batch.x[i * obsSize]);
    const sorted = (values: readonly number[]) => [...values].sort((a, b) => a - b);
    const product = weighted(own.batch);
    const epochs = [0, 1, 2].map((k) => asked.slice(4 * k, 4 * k + 4));
    for (const epoch of epochs) {
      expect(sorted(epoch.flatMap(({ rows }) => rows))).toEqual(sorted(all));
      for (const { rows, weights } of epoch) {
        // A minibatch stands for the whole batch.
        const expected = rows.map((row) => (product[all.indexOf(row)] * 43) / rows.length);
        expect(largestError(weights, expected)).toBeLessThan(1e-15);
      }
    }
    // In another order each time.
    expect(epochs[1].flatMap(({ rows }) => rows)).not.toEqual(epochs[0].flatMap(({ rows }) => rows));
  });

  it('shuffles anew in every update, by its own seed', () => {
    const { policy, theta, batch } = setting('diagonal');
    const thetaAfter = (seed: number, before: number) => {
      const ppo = algorithms.ppo.create(policy, optionsOf('ppo', { minibatch: 10, epochs: 1, learningRate: 0 }), seed);
      for (let k = 0; k < before; k++) ppo.update(theta.slice(), batch, 0);
      // Adam's moments after one more update tell the order of the minibatches.
      const m = ppo.state.m.slice();
      ppo.update(theta.slice(), batch, 0);
      return minus(
        ppo.state.m,
        m.map((value) => 0.9 ** 4 * value),
      );
    };
    expect(largestError(thetaAfter(1, 0), thetaAfter(1, 0))).toBe(0);
    expect(largestError(thetaAfter(1, 0), thetaAfter(2, 0))).toBeGreaterThan(1e-4);
    expect(largestError(thetaAfter(1, 0), thetaAfter(1, 1))).toBeGreaterThan(1e-4);
  });

  it('with the clip stays nearer to the old policy than without', () => {
    const own = setting('diagonal');
    const far = (epsilon: number) => {
      const { after, figures } = updated(own, 'ppo', { epsilon, epochs: 30, learningRate: 0.02 });
      expect(figures.divergence).toBeCloseTo(divergenceOf(own, own.theta, after), 12);
      return figures;
    };
    const [tight, loose] = [far(0.05), far(1)];
    expect(tight.divergence).toBeLessThan(0.7 * loose.divergence);
    expect(tight.clipped).toBeGreaterThan(loose.clipped);
    expect(tight.clipped).toBeLessThan(1);
  });

  it('doubles beta where the policy went too far, halves it where it could have gone farther, and else keeps it', () => {
    const own = setting('diagonal');
    const aimed = (targetDivergence: number) => {
      const { state, figures } = updated(own, 'ppo', { surrogate: 'kl', targetDivergence });
      // What was reported is what was used.
      expect(figures.beta).toBe(1);
      return { beta: state.beta[0], divergence: figures.divergence };
    };
    const { divergence } = aimed(1);
    expect(divergence).toBeGreaterThan(0);
    for (const [share, beta] of [
      [1 / 1.6, 2],
      [1 / 1.4, 1],
      [1, 1],
      [1.4, 1],
      [1.6, 0.5],
    ]) {
      expect(aimed(share * divergence).beta).toBe(beta);
    }
    expect(updated(own, 'ppo').state.beta[0]).toBe(1);
    expect(updated(own, 'ppo').figures.beta).toBe(0);
  });

  it.each(['clip', 'kl'])('ends an update by %s where the policy has gone too far', (surrogate) => {
    const own = setting('diagonal');
    const far = (maxDivergence: number) =>
      updated(own, 'ppo', { surrogate, epsilon: 1, epochs: 40, learningRate: 0.03, maxDivergence }).figures.divergence;
    expect(far(1000)).toBeGreaterThan(0.15);
    expect(far(0.05)).toBeLessThan(0.6 * far(1000));
    expect(far(0)).toBeLessThan(far(0.05));
    expect(far(1000)).toBe(far(999));
  });

  it('keeps beta between bounds, from where it comes back in a few updates', () => {
    const { policy, theta, batch } = setting('diagonal');
    const betaAfter = (updates: number, targetDivergence: number) => {
      const ppo = algorithms.ppo.create(policy, optionsOf('ppo', { surrogate: 'kl', targetDivergence, epochs: 1 }), 7);
      for (let k = 0; k < updates; k++) ppo.update(theta.slice(), batch, 0);
      return ppo.state.beta[0];
    };
    expect(betaAfter(3, 10)).toBe(1 / 8);
    expect(betaAfter(30, 10)).toBe(1 / 16);
    expect(betaAfter(30, 0)).toBe(64);
  });

  it('with a penalty stays nearer to the old policy the greater beta is', () => {
    const { policy, theta, batch } = setting('full');
    const divergences = [0.1, 10, 1000].map((beta) => {
      const ppo = algorithms.ppo.create(policy, optionsOf('ppo', { surrogate: 'kl', epochs: 40 }), 7);
      ppo.state.beta[0] = beta;
      return ppo.update(theta.slice(), batch, 0).divergence;
    });
    expect(divergences[1]).toBeLessThan(0.5 * divergences[0]);
    expect(divergences[2]).toBeLessThan(0.5 * divergences[1]);
  });
});
