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

/** Writes one that is whole, and says something of its training. */
function says(name: string, defaults: string): string {
  const whole = "import { make } from './base.ts';\nexport default { ...make(() => ({})), defaults: ";
  writeFileSync(join(folder, name), `${whole}${defaults} };`);
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

  it('says what it is learned by', async () => {
    const { code, stdout } = await run(says('says.ts', "() => ({ algorithm: 'a2c', options: { gamma: 0.8 } })"));
    expect(stdout).toContain('No problem found');
    expect(code).toBe(0);
  });

  it.each([
    [1, 'its defaults name "gama", which is no option of ppo', '() => ({ options: { gama: 0.8 } })'],
    [2, 'of the defaults of task mine must be an integer from 1 to', '() => ({ of: { a2c: { batch: -1 } } })'],
    [2, 'unknown algorithm "sarsa"', "() => ({ algorithm: 'sarsa' })"],
    [1, 'its defaults are expected to be { algorithm', '() => 3'],
    [1, 'its defaults are expected to be { algorithm', '() => ({ gamma: 0.8 })'],
    [1, 'defaults: expected a function, found 5', '5'],
  ])('exits with %i where it says what is not so: %s', async (expected, words, defaults) => {
    const { code, stderr } = await run(says('wrong.ts', defaults));
    expect(stderr).toContain(words);
    expect(code).toBe(expected);
  });

  it('may be one that ships', async () => {
    const { code, stdout } = await run('panda-reach', '--json');
    expect(code).toBe(0);
    expect(jsonLines(stdout)).toMatchObject([{ type: 'result', env: 'panda-reach', arm: 'panda', passed: true }]);
  });
});

/** A task that is broken, and the check that finds it; with the checks that are judged, and what is said. */
interface Broken {
  readonly name: string;
  readonly before?: string;
  readonly change: string;
  readonly check: string;
  readonly judged: number;
  readonly place?: string;
  readonly words: string;
}

const broken: readonly Broken[] = [
  {
    name: 'creates.ts',
    change: "() => { throw new Error('no arm'); }",
    check: 'exceptions',
    judged: 1,
    place: 'creates.ts:3',
    words: 'no arm',
  },
  {
    name: 'exits.ts',
    change: '() => ({ reset: () => process.exit(0) })',
    check: 'exceptions',
    judged: 1,
    words: 'reset ends the process',
  },
  {
    name: 'hangs.ts',
    change: '() => ({ observe() { for (;;); } })',
    check: 'returns',
    judged: 1,
    words: 'observe has not returned after 2 s',
  },
  {
    name: 'creating.ts',
    change: '() => { for (;;); }',
    check: 'returns',
    judged: 1,
    words: 'create has not returned after 2 s',
  },
  {
    name: 'promise.ts',
    change: '({ observe }) => ({ observe: (...all) => Promise.reject(observe(...all)) })',
    check: 'returns',
    judged: 18,
    words: 'observe returns a promise',
  },
  {
    name: 'async.ts',
    change: '() => ({ async observe() {} })',
    check: 'spec',
    judged: 1,
    words: 'task mine: observe: expected a function that returns at once',
  },
  {
    name: 'nan.ts',
    change: '() => ({ reward(s, p, a, terms) {\n terms[0] = Math.log(-1); } })',
    check: 'finite',
    judged: 18,
    place: 'nan.ts:4',
    words: 'reward writes NaN into the terms[0] (near)',
  },
  {
    name: 'random.ts',
    change: '() => ({ reset: (r, s, goal) => goal.fill(Math.random()) })',
    check: 'determinism',
    judged: 14,
    place: 'random.ts:3',
    words: 'reset calls Math.random',
  },
  {
    name: 'first.ts',
    before: 'let first: number | undefined;',
    change: '({ reset }) => ({ reset(r, s, goal) { reset(r, s, goal); first ??= goal[0]; goal[1] = first; } })',
    check: 'history',
    judged: 18,
    words: 'hidden state: the episode of seed 7 comes out otherwise as the first of all',
  },
];

describe('a task that is not', () => {
  it.each(broken)('$name is found by $check', async ({ name, before, change, check, judged, place = null, words }) => {
    const { code, stdout, stderr } = await run(mine(name, change, before), '--patience', '2', '--json');
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const [{ passed, checks }] = jsonLines(stdout);
    const each = checks as { check: string; passed: boolean | null }[];
    expect(passed).toBe(false);
    expect(each.filter((one) => one.passed !== true && one.passed !== null)).toEqual([
      { check, passed: false, place, message: expect.stringContaining(words) },
    ]);
    expect(each.filter((one) => one.passed !== null)).toHaveLength(judged);
  });

  it('has a line for its problem, and one for what cannot be judged', async () => {
    const task = mine('throws.ts', "() => ({ reward() {\n throw new Error('no luck'); } })");
    const { code, stdout, stderr } = await run(task);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(
      /^ {2}✗ exceptions {3}throws\.ts:4: no luck \(task mine, step 1 of the episode of seed \d+\)$/m,
    );
    expect(stdout).toMatch(/^ {2}✓ spec /m);
    expect(stdout).toMatch(/^ {2}– +not judged beside that: returns, .*metrics$/m);
    expect(stdout).toMatch(/\n\n {2}1 problem found\n\n$/);
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
