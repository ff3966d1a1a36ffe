import { describe, expect, test } from 'vitest';
import { checkOption, isNumeric, type Option, range, UsageError } from '../../envs/options.ts';
import { armsOf, configureEnv, envOf, tasks } from '../../envs/tasks/index.ts';

/** Values that an option must refuse. */
function bad(option: Option): unknown[] {
  const never = [null, {}, [1, 2], ''];
  if ('choices' in option) return [...never, 1, `${option.default} `, option.default.toUpperCase()];
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
    const message = messageOf(() => configureEnv(name, { options: { speed: 1 } }));
    expect(message).toContain('"speed"');
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
