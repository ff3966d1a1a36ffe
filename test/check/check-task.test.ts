import { beforeAll, describe, expect, it } from 'vitest';
import followLamp from '../../assets/project/task.ts';
import { arms } from '../../envs/arms/index.ts';
import type { Random } from '../../envs/math/random.ts';
import { resolveOptions } from '../../envs/options.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { makeTask, type State, type Task } from '../../envs/task.ts';
import { runTaskChecks } from '../../src/check/check-task.ts';
import { everyCase, taskOf } from '../envs/support.ts';
import touch from '../modules/project/touch.ts';
import waypoints from '../modules/project/waypoints.ts';
import { whole } from './broken.ts';

beforeAll(loadPhysics);

const problemsOf = (task: Task) => runTaskChecks(task).flatMap(({ problem }) => problem ?? []);

describe('nothing is wrong', () => {
  it.each(everyCase)('with $task on $arm, and everything is judged', ({ task, arm }) => {
    const outcomes = runTaskChecks(taskOf(task, arms[arm]));
    expect(outcomes.filter(({ problem, isJudged }) => problem || !isJudged)).toEqual([]);
  });

  it.each([touch, waypoints, followLamp])('with $name, a module of a user', (definition) => {
    const values = resolveOptions(definition.options, {}, definition.name);
    expect(problemsOf(makeTask(definition, arms.panda, values))).toEqual([]);
  });

  it('with options that observe and reward otherwise', () => {
    const options = { relativeGoal: true, observeJoints: true, reward: 'sparse' };
    expect(problemsOf(taskOf('panda-reach-joints', arms.panda, options))).toEqual([]);
  });
});

let kept: Float64Array | Float32Array | undefined;
let keptState: State | undefined;
let keptStream: Random | undefined;

const cases: readonly (readonly [checks: string, words: RegExp, change: (task: Task) => Partial<Task>])[] = [
  [
    'range',
    /^observe writes the observation\[6\], of which there are 6 numbers$/,
    ({ observe }) => ({
      observe(state, goal, out) {
        observe(state, goal, out);
        out[6] = 1;
      },
    }),
  ],
  [
    'range',
    /^reward reads the parameters\[3\], of which there are 3 numbers$/,
    ({ reward }) => ({
      reward(state, goal, action, terms) {
        reward(state, goal, action, terms);
        terms[1] = goal[3] ? 1 : 0;
      },
    }),
  ],
  [
    'exceptions',
    /offset is out of bounds/,
    ({ observe }) => ({
      observe(state, goal, out) {
        observe(state, goal, out);
        out.set(goal, 5);
      },
    }),
  ],
  [
    'finite',
    /^observe writes NaN into the observation\[4\] \(goal\[1\]\)$/,
    ({ observe }) => ({
      observe(state, goal, out) {
        observe(state, goal, out);
        out[4] = Math.sqrt(-1);
      },
    }),
  ],
  [
    'finite',
    /^reward writes NaN into the terms\[1\] \(effort\)$/,
    () => ({ reward: (_state, _goal, _action, terms) => terms.set([0, Number.NaN]) }),
  ],
  [
    'state',
    /^observe writes into state.q, which it may only read$/,
    ({ observe }) => ({
      observe(state, goal, out) {
        observe(state, goal, out);
        state.q[0] = 0;
      },
    }),
  ],
  [
    'state',
    /^observe writes into the position of the site tip, which it may only read$/,
    ({ observe }) => ({
      observe(state, goal, out) {
        observe(state, goal, out);
        state.site('tip').position.subarray(0, 2).fill(1);
      },
    }),
  ],
  [
    'state params',
    /^observe writes into the parameters/,
    ({ observe }) => ({
      observe(state, goal, out) {
        observe(state, goal, out);
        if (state.t > 0) goal[0] = 0.5;
      },
    }),
  ],
  [
    'references',
    /^state.q that observe was given is used after observe has returned/,
    ({ observe, reward }) => ({
      observe(state, goal, out) {
        observe(state, goal, out);
        kept = state.q;
      },
      reward(state, goal, action, terms) {
        reward(state, goal, action, terms);
        terms[1] = (kept?.[0] ?? 0) > 9 ? 1 : 0;
      },
    }),
  ],
  [
    'references',
    /^the state that observe was given is used after observe has returned/,
    ({ observe, reward }) => ({
      observe(state, goal, out) {
        observe(state, goal, out);
        keptState = state;
      },
      reward(state, goal, action, terms) {
        reward(state, goal, action, terms);
        terms[1] = (keptState?.t ?? 0) > 99 ? 1 : 0;
      },
    }),
  ],
  [
    'references',
    /^the stream that reset was given is used after reset has returned/,
    ({ reset, reward }) => ({
      reset(random, start, goal) {
        reset(random, start, goal);
        keptStream = random;
      },
      reward(state, goal, action, terms) {
        reward(state, goal, action, terms);
        terms[1] = (keptStream?.uniform() ?? 0) > 9 ? 1 : 0;
      },
    }),
  ],
  [
    'returns',
    /^observe returns a promise: all has to be done when it returns$/,
    ({ observe }) => ({
      observe(state, goal, out): Promise<void> {
        observe(state, goal, out);
        return Promise.reject(new Error('too late'));
      },
    }),
  ],
  [
    'returns',
    /^success returns nothing: expected true or false$/,
    () => ({ success: (): boolean => undefined as never }),
  ],
  [
    'determinism',
    /^reset calls Math.random: the episode of seed 7 comes out otherwise the second time/,
    () => ({ reset: (_random, _start, goal) => goal.fill(Math.random()) }),
  ],
  [
    'determinism',
    /^reward calls Date.now/,
    () => ({ reward: (_state, _goal, _action, terms) => terms.fill(Date.now() + counter++) }),
  ],
];
let counter = 0;

it.each(cases)('finds by %s: %s', (checks, words, change) => {
  const task = makeTask(whole, arms.planar, {});
  const problems = problemsOf({ ...task, ...change(task) });
  expect(problems.map(({ check }) => check).join(' ')).toBe(checks);
  expect(problems[0].message).toMatch(words);
});

it.each(['fill', 'index'])('says where the state is written by its %s', (way) => {
  const task = makeTask(whole, arms.planar, {});
  const [{ cause }] = problemsOf({
    ...task,
    observe(state, goal, out) {
      task.observe(state, goal, out);
      if (way === 'fill') state.q.fill(1);
      else state.q[0] = 1;
    },
  });
  expect(cause).toHaveProperty('stack', expect.stringMatching(/check-task\.test\.ts:\d+/));
});

it('refuses an async function, as opening an environment does', () => {
  const task = makeTask(whole, arms.planar, {});
  const observe = (async () => {}) as () => never;
  expect(() => runTaskChecks({ ...task, observe })).toThrow(
    'observe: expected a function that returns at once, not an async one',
  );
});

it('leaves the clocks and the random numbers of the process as they were', () => {
  const before = [Math.random, Date.now, performance.now];
  const task = makeTask(whole, arms.planar, {});
  runTaskChecks(task);
  expect([Math.random, Date.now, performance.now]).toEqual(before);
});

it('says which function runs', () => {
  const task = makeTask(whole, arms.planar, {});
  const seen = new Set<string | null>();
  runTaskChecks(task, (name) => seen.add(name));
  expect([...seen].sort()).toEqual(['command', null, 'observe', 'reset', 'reward', 'success'].sort());
});
