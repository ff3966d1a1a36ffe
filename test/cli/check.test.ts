import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { taskCheckNames } from '../../src/check/check-task.ts';
import { armature, jsonLines, temporaryFolder } from './armature.ts';

const folder = temporaryFolder();
const run = (...args: string[]) => armature(folder, 'check', ...args);

/** A task that is whole. */
writeFileSync(
  join(folder, 'base.ts'),
  `import { type Arm, defineTask, distance, jointStep, type TaskParts } from '@armature-rl/armature/envs';

  export function make(change: (parts: TaskParts) => Partial<TaskParts>) {
    return defineTask({
      name: 'mine',
      options: { horizon: { default: 20, low: 1, high: 100, integer: true, description: 'steps' } },
      budget: 20000,
      create(arm: Arm, { horizon }) {
        const parts: TaskParts = {
          controller: jointStep(arm, 0.1),
          obs: [
            { name: 'tip', size: 3, unit: 'm', description: 'tip' },
            { name: 'goal', size: 3, unit: 'm', description: 'goal' },
          ],
          terms: ['near'],
          params: [{ name: 'goal', size: 3, unit: 'm', description: 'goal' }],
          horizon,
          reset(random, _start, goal) {
            for (let i = 0; i < 3; i++) goal[i] = random.between(0.2, 0.4);
          },
          observe(state, goal, out) {
            out.set(state.site(arm.tip).position, 0);
            out.set(goal, 3);
          },
          reward(state, goal, _action, terms) {
            terms[0] = -distance(state.site(arm.tip).position, goal);
          },
        };
        return { ...parts, ...change(parts) };
      },
    });
  }`,
);

/** Writes a module that changes it. */
function mine(name: string, change: string, before = ''): string {
  writeFileSync(join(folder, name), `import { make } from './base.ts';\n${before}\nexport default make(${change});`);
  return `./${name}`;
}

describe('a task that is whole', () => {
  it('passes line by line, and the last line says how to train it', async () => {
    const task = mine('good.ts', '() => ({})');
    const { code, stdout, stderr } = await run(task, '--arm', 'planar', '--set', 'horizon=9');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('\n  mine · planar\n');
    for (const [check, well] of Object.entries(taskCheckNames)) {
      expect(stdout).toMatch(new RegExp(`^ {2}✓ ${check} +${well.replace(/[[\]]/g, '\\$&')}$`, 'm'));
    }
    expect(stdout).toMatch(/Next: npx armature train \.\/good\.ts --arm planar --set horizon=9\n\n$/);
  });

  it('may be one that ships', async () => {
    const { code, stdout } = await run('panda-reach', '--json');
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toMatchObject([{ type: 'result', env: 'panda-reach', arm: 'panda', passed: true }]);
  });
});

describe('a task that is not', () => {
  it.each([
    [
      'exceptions',
      2,
      'throws.ts:3: no luck \\(task mine, step 1',
      'throws.ts',
      "() => ({ reward() { throw new Error('no luck'); } })",
      '',
    ],
    ['exceptions', 1, 'creates.ts:3: no arm', 'creates.ts', "() => { throw new Error('no arm'); }", ''],
    ['exceptions', 1, 'reset ends the process', 'exits.ts', '() => ({ reset: () => process.exit(0) })', ''],
    ['returns', 1, 'observe has not returned after 3 s', 'hangs.ts', '() => ({ observe() { for (;;); } })', ''],
    ['returns', 1, 'create has not returned after 3 s', 'creating.ts', '() => { for (;;); }', ''],
    [
      'returns',
      18,
      'observe returns a promise',
      'promise.ts',
      '({ observe }) => ({ observe: (...all) => Promise.resolve(observe(...all)) })',
      '',
    ],
    [
      'spec',
      1,
      'task mine: observe: expected a function that returns at once',
      'async.ts',
      '() => ({ async observe() {} })',
      '',
    ],
    [
      'range',
      18,
      'range.ts:3: observe writes the observation\\[6\\]',
      'range.ts',
      '({ observe }) => ({ observe(s, p, out) { observe(s, p, out); out[6] = 1; } })',
      '',
    ],
    [
      'state',
      18,
      'state.ts:3: observe writes into state.q',
      'state.ts',
      '({ observe }) => ({ observe(s, p, out) { observe(s, p, out); s.q[0] = 1; } })',
      '',
    ],
    [
      'finite',
      18,
      'nan.ts:3: reward writes NaN into the terms\\[0\\] \\(near\\)',
      'nan.ts',
      '() => ({ reward(s, p, a, terms) { terms[0] = Math.log(-1); } })',
      '',
    ],
    [
      'determinism',
      14,
      'random.ts:3: reset calls Math.random',
      'random.ts',
      '() => ({ reset: (r, s, goal) => goal.fill(Math.random()) })',
      '',
    ],
    [
      'history',
      18,
      'hidden state: the episode of seed 7 comes out otherwise as the first of all',
      'first.ts',
      '({ reset }) => ({ reset(r, s, goal) { reset(r, s, goal); first ??= goal[0]; goal[1] = first; } })',
      'let first: number | undefined;',
    ],
  ])('is found by %s, with %i checks judged: %s', async (check, judged, words, name, change, before) => {
    const task = mine(name, change, before);
    const [{ code, stdout, stderr }, json] = await Promise.all([
      run(task, '--patience', '3'),
      run(task, '--patience', '3', '--json'),
    ]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^ {2}✗ ${check} +${words}`, 'm'));
    expect(stdout).toMatch(/\n {2}1 problem found\n\n$/);
    expect(json.code).toBe(1);
    const [{ passed, checks }] = jsonLines(json.stdout) as unknown as {
      passed: boolean;
      checks: { check: string; passed: boolean | null }[];
    }[];
    expect(passed).toBe(false);
    expect(checks.filter((each) => each.passed === false).map((each) => each.check)).toEqual([check]);
    expect(checks.filter((each) => each.passed !== null)).toHaveLength(judged);
  });

  it('prints to stderr, and leaves one line of JSON', async () => {
    const task = mine(
      'prints.ts',
      "({ observe }) => ({ observe(s, p, out) { console.log('seen'); observe(s, p, out); } })",
    );
    const { code, stdout, stderr } = await run(task, '--json');
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toHaveLength(1);
    expect(stderr).toContain('seen\n');
  });
});

it.each([
  [2, 'unknown environment "juggling"', 'juggling'],
  [2, 'mine has no option "speed"', './good.ts', '--set', 'speed=1'],
  [2, 'expected an integer from 1 to 3600', './good.ts', '--patience', '0'],
  [2, 'unknown arm "three-headed"', './good.ts', '--arm', 'three-headed'],
  [1, 'cannot read the module ./nothing.ts', './nothing.ts'],
] as [number, string, ...string[]][])('exit %i: %s', async (code, words, ...args) => {
  const found = await run(...args);
  expect({ code: found.code, stdout: found.stdout }).toEqual({ code, stdout: '' });
  expect(found.stderr).toMatch(/^error: [^\n]+\n$/);
  expect(found.stderr).toContain(words);
});
