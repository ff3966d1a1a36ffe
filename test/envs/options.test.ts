import { describe, expect, test } from 'vitest';
import { checkOption, range, UsageError } from '../../envs/options.ts';
import { configureEnv, createEnv } from '../../envs/sim/env.ts';
import { tasks } from '../../envs/tasks/index.ts';
import type { Option } from '../../envs/types.ts';

/** Values that an option must refuse. */
function bad(option: Option): unknown[] {
  const never = [null, {}, [1, 2], ''];
  if (typeof option.default === 'boolean') return [...never, 1, 'yes', 'True'];
  if (typeof option.default === 'string') return [...never, 1, `${option.default} `, option.default.toUpperCase()];
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

describe.each(Object.values(tasks))('the options of $name', ({ name, options, arms }) => {
  test.each(options)('$name', (option) => {
    expect(option.description).not.toBe('');
    expect(checkOption(option, option.default, name)).toBe(option.default);
    // As typed on a command line.
    expect(checkOption(option, String(option.default), name)).toBe(option.default);
    for (const bound of [option.low, option.high]) {
      if (bound !== undefined) expect(checkOption(option, bound, name)).toBe(bound);
    }
    for (const choice of option.choices ?? []) expect(checkOption(option, choice, name)).toBe(choice);
    for (const value of bad(option)) {
      const message = messageOf(() => configureEnv(name, { options: { [option.name]: value } }));
      expect(message).toContain(`"${option.name}"`);
      expect(message).toContain(name);
    }
  });

  test('have names of their own, and defaults that make an environment', () => {
    expect(new Set(options.map((option) => option.name)).size).toBe(options.length);
    const config = configureEnv(name);
    expect(config).toEqual({
      env: name,
      arm: arms[0],
      options: Object.fromEntries(options.map((option) => [option.name, option.default])),
    });
    expect(createEnv(config).spec.name).toBe(name);
    // An option that is not given is the default, also where a program passes it as undefined.
    expect(configureEnv(name, { options: { [options[0].name]: undefined } })).toEqual(config);
  });

  test('an unknown one is named, with those that there are', () => {
    const message = messageOf(() => configureEnv(name, { options: { speed: 1 } }));
    expect(message).toContain('"speed"');
    for (const option of options) expect(message).toContain(option.name);
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
  const option = { name: 'x', default: 1, description: 'd' };
  expect(range({ ...option, low: 1, high: 5, integer: true })).toBe('an integer from 1 to 5');
  expect(range({ ...option, low: 0 })).toBe('a number of at least 0');
  expect(range({ ...option, high: 2 })).toBe('a number of at most 2');
  expect(range(option)).toBe('a number');
});
