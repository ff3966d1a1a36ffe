import { describe, expect, it } from 'vitest';
import { type Placed, sceneOf } from '../../envs/model/types.ts';
import { checkOption, UsageError } from '../../envs/options.ts';
import { budgetOf, defineTask, type TaskDefinition } from '../../envs/task.ts';
import { configureEnv, envOf, makeEnv, tasks } from '../../envs/tasks/index.ts';
import { cube } from '../../envs/tasks/panda-push.ts';
import { algorithms } from '../../src/algorithms/index.ts';
import { baselines } from '../../src/baselines/index.ts';
import { defaultBackend } from '../../src/policy/network/index.ts';
import { configureNewTraining, configureTraining, learnerOf, optionsFor, training } from '../../src/train/config.ts';
import { defaultsIn, usualAlgorithm } from '../../src/train/defaults.ts';
import { batchSteps, largestBatch, trainOptions } from '../../src/train/options.ts';
import { trainOn } from '../../src/train/train.ts';
import touch from '../modules/project/touch.ts';
import { probeEnv, probes } from './probes.ts';
import { configOf } from './support.ts';

const env = 'panda-reach-joints';
const configured = (options: Readonly<Record<string, unknown>>, algorithm?: string) =>
  configureTraining({ env, algorithm, options }).options;

const cases: [string, Readonly<Record<string, string>>][] = [
  ...Object.keys(tasks).map((task): [string, Record<string, string>] => [task, {}]),
  ['panda-reach', { reward: 'sparse' }],
  ['panda-reach-joints', { reward: 'sparse' }],
  ['reach', { region: 'all' }],
];

describe.each(cases)('training in %s %j', (task, envOptions) => {
  const place = envOf(configureEnv(task, { options: envOptions }));

  it.each(Object.keys(algorithms))('by %s has its defaults, the suited ones before the general', (algorithm) => {
    const { options } = algorithms[algorithm];
    const suited = defaultsIn(place, algorithms[algorithm]);
    const all = Object.entries({ ...trainOptions, ...options });
    const usual = Object.fromEntries(all.map(([name, option]) => [name, option.default]));
    const { options: found, ...rest } = configureTraining({ env: task, envOptions, algorithm });
    expect(found).toEqual({ ...usual, ...suited });
    expect(rest).toMatchObject({ algorithm, seed: 0, steps: budgetOf(tasks[task], place.config.options) });
    // What is given goes before all of them.
    const given = { ...suited, gamma: 0.123, batch: 7, baseline: 'linear' };
    expect(configureTraining({ env: task, envOptions, algorithm, options: given }).options).toMatchObject(given);
  });

  it.each(Object.keys(algorithms))('by %s has defaults that are options, of values they may have', (algorithm) => {
    const known = optionsFor(place, algorithms[algorithm]);
    for (const [name, value] of Object.entries(defaultsIn(place, algorithms[algorithm]))) {
      const option = known[name];
      if (!option) return expect.fail(`${algorithm} in ${task} has no option "${name}"`);
      expect(checkOption(name, option, value, 'the test')).toBe(value);
      expect(option.default).toBe(value);
    }
  });
});

it("has the general rule for a peer's task whose physics are drawn", () => {
  const { algorithm, options } = configureTraining({ env, dynamics: 'transfer' });
  const general = configureTraining({ env: 'reach', algorithm: 'ppo' });
  expect(algorithm).toBe('ppo');
  expect(options).toEqual(general.options);
  expect(configureTraining({ env, dynamics: 'nominal' })).toEqual(configureTraining({ env }));
});

it.each([
  { envOptions: { region: 'all' }, expected: { cutAfter: 25, gamma: 0.8, hiddenWidth: 128 } },
  { envOptions: { region: 'near' }, expected: { cutAfter: 0, gamma: 0.9, hiddenWidth: 64 } },
  // The second goal would never be seen.
  { envOptions: { region: 'all', goals: 2 }, expected: { cutAfter: 0, gamma: 0.8, hiddenWidth: 128 } },
])('has more units, and cuts training episodes short, for goals all over the place: %j', ({ envOptions, expected }) => {
  expect(configureTraining({ env: 'reach', envOptions }).options).toMatchObject(expected);
});

it.each([
  { envOptions: {}, expected: 1500 },
  { envOptions: { horizon: 50 }, expected: 1500 },
  { envOptions: { horizon: 51 }, expected: 5100 },
  { envOptions: { horizon: 40, goals: 3 }, expected: 12_000 },
  { envOptions: { horizon: 1000 }, expected: 100_000 },
])('of long episodes, a hundred are not evaluated oftener than trained on: %j', ({ envOptions, expected }) => {
  expect(configureTraining({ env: 'reach', envOptions }).options.evalEvery).toBe(expected);
  const given = configureTraining({ env: 'reach', envOptions, options: { evalEvery: 7 } });
  expect(given.options.evalEvery).toBe(7);
});

describe('of a task of their own', () => {
  /** Puts a block beside the arm, or not, and says of itself what is given. */
  const mine = (says: Pick<TaskDefinition, 'defaults'>, objects: readonly Placed[] = []) =>
    defineTask({
      ...touch,
      ...says,
      create: (arm, options) => ({
        ...touch.create(arm, options),
        scene: { ...sceneOf(arm), objects, contacts: objects.length > 0 },
      }),
    });
  const optionsOf = (task: TaskDefinition, algorithm = 'ppo') =>
    training({ env: makeEnv(task), algorithm: algorithms[algorithm](), steps: 1 }).config.options;

  it('defaults follow what there is in it, and no name', () => {
    const pushes = configureNewTraining({ env: 'panda-push' });
    expect(optionsOf(mine({}))).toEqual(configureTraining({ env: 'reach' }).options);
    expect(optionsOf(mine({}, [cube]))).toEqual(pushes.options);
  });

  it('what it says of itself goes before them, for an algorithm before all, and what is asked for before that', () => {
    const says = {
      defaults: () => ({ algorithm: 'a2c', options: { gamma: 0.5, batch: 300 }, of: { ppo: { batch: 700 } } }),
    };
    expect(optionsOf(mine(says))).toMatchObject({ gamma: 0.5, batch: 700 });
    expect(optionsOf(mine(says), 'trpo')).toMatchObject({ gamma: 0.5, batch: 300 });
    expect(usualAlgorithm(makeEnv(mine(says)))).toBe('a2c');
    const asked = training({ env: makeEnv(mine(says)), algorithm: algorithms.ppo(), steps: 1, options: { batch: 90 } });
    expect(asked.config.options).toMatchObject({ gamma: 0.5, batch: 90 });
  });

  it.each([
    [{ gama: 0.5 }, 'task touch: its defaults name "gama", which is no option of ppo'],
    [{ gamma: 2 }, 'option "gamma" of the defaults of task touch must be a number from 0 to 1, got 2'],
  ])('is refused where it says %j', (options, expected) => {
    expect(() => optionsOf(mine({ defaults: () => ({ options }) }))).toThrow(expected);
  });
});

it('tasks that mirror a peer train by reinforce where no algorithm is named, others by ppo', () => {
  const byDefault = Object.keys(tasks).filter((task) => configureTraining({ env: task }).algorithm === 'reinforce');
  expect(byDefault).toEqual(['panda-reach', 'panda-reach-joints', 'reacher']);
  expect(configureTraining({ env: 'reach' }).algorithm).toBe('ppo');
});

it('a sparse reward has smaller steps than a dense one', () => {
  const rates = ['dense', 'sparse'].map(
    (reward) => configureTraining({ env, envOptions: { reward } }).options.learningRate as number,
  );
  expect(rates[1]).toBeLessThan(rates[0]);
});

it('defaults are values that their options may have', () => {
  const all = [trainOptions, ...Object.values(algorithms).map(({ options }) => options)].flatMap(Object.entries);
  for (const [name, option] of all) {
    expect(checkOption(name, option, option.default, 'the test')).toBe(option.default);
    expect(option.description).not.toBe('');
  }
});

it("an algorithm's defaults are its own", () => {
  expect(configured({}, 'a2c')).toMatchObject({ advantage: 'n-step', baseline: 'value' });
  expect(configured({})).toMatchObject({ advantage: 'monte-carlo' });
  expect(configured({ advantage: 'gae' }, 'a2c')).toMatchObject({ advantage: 'gae', baseline: 'value' });
});

const context = { obsSize: 1, horizon: 1, hidden: [1], backend: defaultBackend, seed: 0 };

describe.each(['td', 'gae', 'n-step'])('advantage %s', (advantage) => {
  it.each(Object.keys(baselines))('with baseline %s is taken where that knows the value of a state', (baseline) => {
    const configure = () => configured({ advantage, baseline });
    if (baselines[baseline].create(context).isStateValue) return expect(configure()).toMatchObject({ advantage });
    expect(configure).toThrow(UsageError);
    expect(configure).toThrow(`advantage "${advantage}" needs the value of a state`);
    expect(configure).toThrow(`not "${baseline}"`);
  });

  it('does not go with full returns, nor with per-decision ratios of reused batches', () => {
    const state = { advantage, baseline: 'linear' };
    expect(() => configured({ ...state, returns: 'full' })).toThrow(`returns "full" are for advantage monte-carlo`);
    expect(() => configured({ ...state, reuse: 1, importance: 'per-decision' })).toThrow('importance "per-decision"');
    for (const importance of ['trajectory', 'truncated']) {
      expect(configured({ ...state, reuse: 1, importance })).toMatchObject({ importance });
    }
  });
});

describe('reuse', () => {
  it('per decision is for returns to go, where anything is reused', () => {
    const monteCarlo = { advantage: 'monte-carlo', importance: 'per-decision' };
    expect(() => configured({ ...monteCarlo, reuse: 1, returns: 'full' })).toThrow(UsageError);
    expect(configured({ ...monteCarlo, reuse: 1 })).toMatchObject({ reuse: 1 });
    expect(configured({ ...monteCarlo, reuse: 0, returns: 'full' })).toMatchObject({ returns: 'full' });
    expect(configured({ reuse: 3, importance: 'trajectory', returns: 'full' })).toMatchObject({ reuse: 3 });
  });
});

describe('refused', () => {
  it.each([
    ['policy', 'alchemy'],
    ['importance', 'alchemy'],
    ['divide', 'alchemy'],
    ['returns', 'alchemy'],
    ['advantage', 'alchemy'],
    ['lambda', 1.01],
    ['nSteps', 0],
    ['nSteps', 1.5],
    ['reuse', -1],
    ['ratioLimit', -0.1],
    ['batchEpisodes', 0.5],
    ['selfNormalize', 'maybe'],
  ])('%s = %j', (name, value) => {
    expect(() => configured({ [name]: value })).toThrow(UsageError);
    expect(() => configured({ [name]: value })).toThrow(`"${name}"`);
  });

  it("another algorithm's options", () => {
    expect(() => configured({ epsilon: 0.1 }, 'reinforce')).toThrow('has no option "epsilon"');
    expect(configured({ epsilon: 0.1 }, 'ppo')).toMatchObject({ epsilon: 0.1 });
  });
});

describe('the general defaults', () => {
  const optionsOf = (options: Readonly<Record<string, unknown>>, algorithm = 'reinforce', env = 'reach') =>
    configureTraining({ env, algorithm, options }).options;

  it.each(['none', 'mean', 'per-step'])('credit by returns where baseline %s knows no values of states', (baseline) => {
    expect(optionsOf({}).advantage).toBe('gae');
    expect(optionsOf({ baseline }).advantage).toBe('monte-carlo');
    expect(() => optionsOf({ baseline, advantage: 'gae' })).toThrow('advantage "gae" needs the value of a state');
  });

  it('credit by returns where those are of the whole episode, or corrected decision by decision', () => {
    expect(optionsOf({ returns: 'full' }).advantage).toBe('monte-carlo');
    expect(optionsOf({ reuse: 1, importance: 'per-decision' }).advantage).toBe('monte-carlo');
    expect(optionsOf({ reuse: 1 }).advantage).toBe('gae');
  });

  it("hold for panda-reach-joints with goals of the user's own, and not for its usual ones", () => {
    const own = configureTraining({ env, envOptions: { goalHigh: '0.2,0.2,0.2' }, algorithm: 'ppo' }).options;
    expect(own).toEqual(optionsOf({}, 'ppo'));
    expect(own).not.toEqual(optionsOf({}, 'ppo', env));
  });
});

describe('a batch', () => {
  it('has at least its share of the steps so far, up to four times the batch', () => {
    const sizes = (batchGrowth: number) =>
      [0, 10_000, 50_000, 1e6].map((steps) => batchSteps({ batch: 1000, batchGrowth }, steps));
    expect(sizes(0)).toEqual([1000, 1000, 1000, 1000]);
    expect(sizes(0.04)).toEqual([1000, 1000, 2000, 4000]);
    expect(largestBatch({ batch: 1000, batchGrowth: 0.04 })).toBe(4000);
  });

  it('is collected as large as that', () => {
    const learner = learnerOf(configOf({ steps: 8000 }, { batch: 100, batchGrowth: 0.1 }), {
      env: probeEnv(probes.action),
    });
    const steps = [...trainOn(learner, { untilSolved: false })].map(({ training }) => training.steps);
    expect(steps[0]).toBe(100);
    expect(Math.max(...steps)).toBe(400);
  });
});

describe('a new run', () => {
  it('has the options that its task is learned by, where they are not given', () => {
    const options = { reward: 'shaped', relative: true };
    expect(configureNewTraining({ env: 'panda-push' }).env.options).toMatchObject(options);
    expect(configureNewTraining({ env: 'panda-push', envOptions: { reward: 'sparse' } }).env.options).toMatchObject({
      ...options,
      reward: 'sparse',
    });
    // As the peer has it, for evaluations and what goes on from a file.
    expect(configureTraining({ env: 'panda-push' }).env.options).toMatchObject({ reward: 'dense', relative: false });
    expect(configureNewTraining({ env })).toEqual(configureTraining({ env }));
  });

  it.each(Object.keys(tasks))('of %s is told options that it has', (task) => {
    const { training = {}, options } = tasks[task];
    for (const [name, value] of Object.entries(training))
      expect(checkOption(name, options[name], value, task)).toBe(value);
  });
});
