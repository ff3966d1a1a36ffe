import { beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../envs/options.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { algorithms } from '../../src/algorithms/index.ts';
import { baselines } from '../../src/baselines/index.ts';
import { distributions } from '../../src/policy/distributions/index.ts';
import { decodePolicy } from '../../src/run/checkpoint.ts';
import { encodePolicy } from '../../src/run/encode-policy.ts';
import { configureTraining, learnerOf, trainingOf } from '../../src/train/config.ts';
import { forkLearner } from '../../src/train/fork.ts';
import { arraysOf, type Learner } from '../../src/train/learner.ts';
import { trainOn } from '../../src/train/train.ts';
import type { TrainConfig } from '../../src/train/training.ts';
import { withBaseline } from './support.ts';

beforeAll(loadPhysics);

function config(options: Readonly<Record<string, unknown>>, algorithm?: string, steps = 1000): TrainConfig {
  return configureTraining({
    env: 'panda-reach-joints',
    envOptions: { horizon: 4 },
    algorithm,
    seed: 5,
    steps,
    options: { hiddenWidth: 4, hiddenLayers: 1, batch: 20, evalEvery: 1e9, ...options },
  });
}

function train(learner: Learner, iterations: number): Learner {
  const training = trainOn(learner, { untilSolved: false });
  for (let k = 0; k < iterations; k++) training.next();
  return learner;
}

/** The learner after a stop, in a process that knows nothing but the file. */
async function reloaded(learner: Learner): Promise<Learner> {
  return (await decodePolicy(await encodePolicy(learner), 'policy')).learner;
}

async function expectSame(config: TrainConfig): Promise<void> {
  const straight = await encodePolicy(train(learnerOf(config), 5));
  let learner = train(learnerOf(config), 2);
  expect(await encodePolicy(learner)).not.toEqual(straight);
  learner = train(await reloaded(learner), 1);
  learner = train(await reloaded(learner), 2);
  expect(learner.progress.iteration).toBe(5);
  expect(Buffer.compare(await encodePolicy(learner), straight)).toBe(0);
}

describe('training that was stopped twice comes to the bytes of training that was not', () => {
  it.each(Object.keys(algorithms))('by %s', (algorithm) => expectSame(config({}, algorithm)));

  it.each(Object.keys(baselines))('with baseline %s', (baseline) => expectSame(config(withBaseline(baseline))));

  it.each(Object.keys(distributions))('with policy %s', (policy) => expectSame(config({ policy })));

  it.each([
    [1, 'full'],
    [3, 'full'],
    [2, 'squashed'],
  ])('with %i batches of a %s policy reused', (reuse, policy) => expectSame(config({ reuse, policy })));

  it('by ppo with a penalty that adapts', () => expectSame(config({ surrogate: 'kl' }, 'ppo')));

  it('with evaluations in between', () => expectSame(config({ evalEvery: 50 })));
});

describe('a learner under another configuration', () => {
  it('keeps what it learned, and goes on by the new options', async () => {
    const before = train(learnerOf(config({ reuse: 3 })), 4);
    const after = forkLearner(before, trainingOf(config({ reuse: 2 }, undefined, 2000)));
    expect(arraysOf(after)).toEqual(arraysOf(before));
    expect(after.history).toEqual(before.history.slice(1));
    expect(after.progress).toEqual({ ...before.progress, best: null });
    const [theta] = [after.theta.slice()];
    train(after, 1);
    expect(after.theta).not.toEqual(theta);
    expect(before.progress.iteration).toBe(4);
  });

  it.each([
    ['a wider network', config({ hiddenWidth: 5 })],
    ['an algorithm with another optimiser', config({}, 'trpo')],
    ['another baseline', config({ baseline: 'value' })],
  ])('is refused where its arrays do not fit: %s', (_, other) => {
    expect(() => forkLearner(learnerOf(config({})), trainingOf(other))).toThrow(UsageError);
  });
});
