import { beforeAll, describe, expect, it } from 'vitest';
import { UsageError } from '../../envs/options.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { configureEnv, envOf, tasks } from '../../envs/tasks/index.ts';
import { algorithms } from '../../src/algorithms/index.ts';
import { natural } from '../../src/algorithms/natural.ts';
import { ppo } from '../../src/algorithms/ppo.ts';
import { configFor, configureTraining, learnerOf, training } from '../../src/train/config.ts';
import { arraysOf, createLearner, type Learner } from '../../src/train/learner.ts';
import type { TrainOptions } from '../../src/train/options.ts';
import { trainOn } from '../../src/train/train.ts';
import normalized from '../modules/project/normalized.ts';
import { probeEnv, randomLengths } from './probes.ts';
import { hex } from './support.ts';

beforeAll(loadPhysics);

const small = { batch: 100, hiddenWidth: 8, hiddenLayers: 1, evalEvery: 1e9 };

/** All that three iterations leave behind, theta among it. */
function afterThree(learner: Learner): Record<string, string> {
  const before = hex(learner.theta);
  for (const _ of trainOn(learner, { iterations: 3, untilSolved: false }));
  expect(hex(learner.theta)).not.toBe(before);
  return Object.fromEntries(Object.entries(arraysOf(learner)).map(([name, array]) => [name, hex(array)]));
}

describe('training from objects', () => {
  it('comes to the theta of the configuration that names them', () => {
    const named = { env: 'panda-reach', algorithm: 'ppo', seed: 3, steps: 600 };
    const byName = learnerOf(configureTraining({ ...named, options: { ...small, epsilon: '0.1' } }));
    const env = envOf(configureEnv('panda-reach'));
    const algorithm = ppo({ epsilon: 0.1 });
    const byObject = createLearner(training({ env, algorithm, seed: 3, steps: 600, options: small }));
    expect(byObject.training.config).toEqual(byName.training.config);
    const expected = afterThree(byName);
    expect(afterThree(byObject)).toEqual(expected);
    const usual = createLearner(training({ env, algorithm: ppo(), seed: 3, steps: 600, options: small }));
    expect(afterThree(usual).theta).not.toBe(expected.theta);
  });

  const places = [
    ...Object.keys(tasks).map((task) => [task, {}] as const),
    ['panda-reach', { reward: 'sparse' }],
  ] as const;

  describe.each(places)('in %s %j', (task, options) => {
    const env = envOf(configureEnv(task, { options }));

    it.each(Object.keys(algorithms))('by %s has the defaults of the environment and the algorithm', (algorithm) => {
      const config = configureTraining({ env: task, envOptions: options, algorithm, steps: 1000 });
      const made = training({ env, algorithm: algorithms[algorithm](), steps: 1000 });
      expect(made.config).toEqual(config);
      expect(config.options).toMatchObject(made.options);
    });
  });

  it('prefers what was chosen to what suits the environment', () => {
    const env = envOf(configureEnv('reacher'));
    const learningRate = (algorithm: ReturnType<typeof ppo>) =>
      training({ env, algorithm, steps: 1 }).config.options.learningRate;
    const [general] = [ppo().options.learningRate];
    expect(learningRate(ppo({ epsilon: 0.1 }))).not.toBe(general);
    expect(learningRate(ppo({ learningRate: 0.003 }))).toBe(0.003);
    expect(learningRate(ppo({ learningRate: 0.004 }))).toBe(0.004);
  });

  it('takes an algorithm and an environment that no registry knows', () => {
    const env = probeEnv(randomLengths);
    const config = configFor(env, normalized, { steps: 500, options: { ...small, length: 0.1 } });
    const byFactory = afterThree(learnerOf(config, { env, algorithm: normalized }));
    const byObject = training({ env, algorithm: normalized({ length: 0.1 }), steps: 500, options: small });
    expect(byObject.config).toEqual(config);
    expect(afterThree(createLearner(byObject))).toEqual(byFactory);
  });
});

describe('refused, with a word on what was expected', () => {
  it.each([
    ['an option that the algorithm does not have', { delta: 0.1 }, 'ppo has no option "delta"; it has: learningRate'],
    ['a value out of range', { epsilon: 1.5 }, 'option "epsilon" of ppo must be a number from 0 to 1, got 1.5'],
    ['no number', { epsilon: Number.NaN }, 'option "epsilon" of ppo must be a number from 0 to 1'],
    ['a fraction', { epochs: 1.5 }, 'option "epochs" of ppo must be an integer from 1 to 1000, got 1.5'],
    ['no such choice', { surrogate: 'best' }, 'option "surrogate" of ppo must be one of clip, kl, got "best"'],
  ])('of an algorithm: %s', (_, options, words) => {
    const create = () => ppo(options as Parameters<typeof ppo>[0]);
    expect(create).toThrow(UsageError);
    expect(create).toThrow(words);
  });

  it.each([
    ["an algorithm's option", { epsilon: 0.1 }, 'train reacher by ppo has no option "epsilon"'],
    ['a value out of range', { gamma: 1.5 }, 'option "gamma" of train reacher by ppo must be a number from 0 to 1'],
    [
      'what makes no sense together',
      { advantage: 'gae', baseline: 'mean' },
      'advantage "gae" needs the value of a state',
    ],
  ] as const)('of training: %s', (_, options, words) => {
    const env = envOf(configureEnv('reacher'));
    const create = () => training({ env, algorithm: ppo(), steps: 1, options: options as Partial<TrainOptions> });
    expect(create).toThrow(UsageError);
    expect(create).toThrow(words);
  });
});

it('options have types: what an algorithm cannot have does not compile', () => {
  const env = envOf(configureEnv('reacher'));
  expect(ppo({ epsilon: 0.1, surrogate: 'kl', epochs: 3 }).options).toMatchObject({ epsilon: 0.1, surrogate: 'kl' });
  // @ts-expect-error a number
  expect(() => ppo({ epsilon: 'x' })).toThrow(UsageError);
  // @ts-expect-error clip or kl
  expect(() => ppo({ surrogate: 'best' })).toThrow(UsageError);
  // @ts-expect-error an option of natural
  expect(() => ppo({ delta: 0.1 })).toThrow(UsageError);
  // @ts-expect-error an option of ppo
  expect(() => natural({ epsilon: 0.1 })).toThrow(UsageError);
  // @ts-expect-error a number
  expect(() => normalized({ length: 'long' })).toThrow(UsageError);
  // @ts-expect-error monte-carlo, td, gae or n-step
  expect(() => training({ env, algorithm: ppo(), steps: 1, options: { advantage: 'best' } })).toThrow(UsageError);
});
