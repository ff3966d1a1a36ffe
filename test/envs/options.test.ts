import { beforeAll, describe, expect, test } from 'vitest';
import { checkOption, isNumeric, numbersOf, type Option, range, UsageError, vectorRange } from '../../envs/options.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { armsOf, configureEnv, envOf, tasks } from '../../envs/tasks/index.ts';

beforeAll(loadPhysics);

/** Values that an option must refuse. */
function bad(option: Option): unknown[] {
  const never = [null, {}, [1, 2], ''];
  if ('choices' in option) return [...never, 1, `${option.default} `, option.default.toUpperCase()];
  if ('size' in option)
    return [null, {}, '1', [1, 2], '1,2,3,4', '1,,3', '1,2,many', '1,2,1e999', `0,0,${(option.high ?? 0) + 1}`];
  if (!isNumeric(option)) return [...never, 1, 'yes', 'True'];
  const outside = [Number.NaN, Infinity, '1e999', 'many', '  '];
  if (option.low !== undefined) outside.push(option.low - 1, String(option.low - 1));
  if (option.high !== undefined) outside.push(option.high + 1);
  if (option.integer) outside.push((option.low ?? 0) + 0.5);
  return [{}, [1, 2], '', ...outside];
}

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError);
    const { message } = error as Error;
    expect(message).not.toContain('\n');
    return message;
  }
  return expect.fail('nothing was thrown');
}

describe.each(Object.values(tasks))('the options of $name', (task) => {
  const { name, options } = task;
  const arms = armsOf(task);

  test.each(Object.entries(options))('%s', (option, described) => {
    expect(described.description).not.toBe('');
    expect(checkOption(option, described, described.default, name)).toBe(described.default);
    // As typed on a command line.
    expect(checkOption(option, described, String(described.default), name)).toBe(described.default);
    for (const bound of isNumeric(described) ? [described.low, described.high] : []) {
      if (bound !== undefined) expect(checkOption(option, described, bound, name)).toBe(bound);
    }
    for (const choice of 'choices' in described ? described.choices : []) {
      expect(checkOption(option, described, choice, name)).toBe(choice);
    }
    for (const value of bad(described)) {
      const message = messageOf(() => configureEnv(name, { options: { [option]: value } }));
      expect(message).toContain(`"${option}"`);
      expect(message).toContain(name);
    }
  });

  test('have names of their own, and defaults that make an environment', () => {
    const names = Object.keys(options);
    expect(new Set(names).size).toBe(names.length);
    expect(names.every((each) => /^[a-z][A-Za-z]*$/.test(each))).toBe(true);
    const config = configureEnv(name);
    expect(config).toEqual({
      env: name,
      arm: arms[0],
      options: Object.fromEntries(Object.entries(options).map(([each, option]) => [each, option.default])),
    });
    expect(envOf(config).spec.name).toBe(name);
    // An option that is not given is the default, also where a program passes it as undefined.
    expect(configureEnv(name, { options: { [names[0]]: undefined } })).toEqual(config);
  });

  test('an unknown one is named, with those that there are', () => {
    const message = messageOf(() => configureEnv(name, { options: { colour: 1 } }));
    expect(message).toContain('"colour"');
    for (const option of Object.keys(options)) expect(message).toContain(option);
  });

  test('an unknown arm and one it does not run on are told apart', () => {
    expect(messageOf(() => configureEnv(name, { arm: 'octopus' }))).toBe(
      `unknown arm "octopus"; ${name} runs on: ${arms.join(', ')}`,
    );
    expect(messageOf(() => configureEnv(name, { arm: 'toString' }))).toContain('unknown arm "toString"');
  });
});

test('a registered arm that a task does not run on is refused by name', () => {
  expect(messageOf(() => configureEnv('reacher', { arm: 'panda' }))).toBe(
    'reacher does not run on arm "panda"; reacher runs on: planar',
  );
});

test('an unknown environment is named, with those that there are', () => {
  for (const name of ['panda', '', 'constructor', '__proto__']) {
    const message = messageOf(() => configureEnv(name));
    expect(message).toContain(`unknown environment "${name}"`);
    for (const known of Object.keys(tasks)) expect(message).toContain(known);
  }
});

test('what an option accepts, in words', () => {
  const option = { default: 1, description: 'd' };
  expect(range({ ...option, low: 1, high: 5, integer: true })).toBe('an integer from 1 to 5');
  expect(range({ ...option, low: 0 })).toBe('a number of at least 0');
  expect(range({ ...option, high: 2 })).toBe('a number of at most 2');
  expect(range(option)).toBe('a number');
});

describe('several numbers', () => {
  const option = { default: '', size: 3, low: -1, high: 1, description: 'd' } as const;

  test('are kept in one way of writing them, and left to the owner where they are none', () => {
    for (const written of ['-0.5,0.25,1', ' -0.50 , .25, 1e0', [-0.5, 0.25, 1]]) {
      expect(checkOption('box', option, written, 'x')).toBe('-0.5,0.25,1');
    }
    expect(checkOption('box', option, '', 'x')).toBe('');
    expect(numbersOf('-0.5,0.25,1')).toEqual([-0.5, 0.25, 1]);
    expect([numbersOf(''), numbersOf(undefined)]).toEqual([null, null]);
  });

  test('say what they accept', () => {
    expect(messageOf(() => checkOption('box', option, '1,2', 'x'))).toBe(
      'option "box" of x must be 3 numbers with commas between them, each from -1 to 1, got "1,2"',
    );
    expect(vectorRange({ default: '', size: 2, description: 'd' })).toBe('2 numbers with commas between them');
  });
});

describe('the box of goals of panda-reach-joints', () => {
  const goalsOf = (options: Record<string, unknown>) => {
    const env = envOf(configureEnv('panda-reach-joints', { options }));
    expect(env.config.options.goalLow).toBe(options.goalLow ?? '');
    const batch = env.open(1);
    const goals = Array.from({ length: 200 }, (_, seed) => {
      batch.start(0, seed);
      return Array.from(batch.params);
    });
    batch.close();
    return [0, 1, 2].map((i) => [Math.min(...goals.map((goal) => goal[i])), Math.max(...goals.map((goal) => goal[i]))]);
  };

  test('is the one that is asked for', () => {
    const [low, high] = [
      [-0.45, -0.45, 0.05],
      [0.1, 0.45, 0.7],
    ];
    const found = goalsOf({ goalLow: low.join(), goalHigh: high.join() });
    found.forEach(([least, most], i) => {
      expect(least).toBeGreaterThanOrEqual(low[i] - 1e-7);
      expect(most).toBeLessThanOrEqual(high[i] + 1e-7);
      expect(most - least).toBeGreaterThan(0.9 * (high[i] - low[i]));
    });
  });

  test('has its usual other corner where one is given, and no corners exchanged', () => {
    expect(goalsOf({ goalHigh: '0.15,0.15,0.01' })[2][1]).toBeLessThan(0.01 + 1e-7);
    expect(messageOf(() => envOf(configureEnv('panda-reach-joints', { options: { goalLow: '0,0,0.4' } })))).toBe(
      'goalLow 0,0,0.4 is expected to be at most goalHigh 0.15,0.15,0.3, in each of x, y and z',
    );
  });
});
