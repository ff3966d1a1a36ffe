import { beforeAll, describe, expect, it } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import type { Task } from '../../envs/task.ts';
import { checkEnv, runChecks } from '../../src/check/check-env.ts';
import { everyCase, openEnv } from '../envs/support.ts';
import { broken, type Flaws, summing } from './broken.ts';

beforeAll(loadPhysics);

describe('nothing is wrong', () => {
  it.each(everyCase)('with $task on $arm', ({ task, arm }) => {
    expect(checkEnv(openEnv(task, arm))).toEqual([]);
  });

  it('with tasks of other options, a whole task, and an environment that was never a task', () => {
    expect(checkEnv(openEnv('panda-reach-joints', 'planar', { reward: 'sparse', horizon: 2 }))).toEqual([]);
    expect(checkEnv(openEnv('panda-reach', 'panda', { endsOnSuccess: false, horizon: 300 }))).toEqual([]);
    expect(checkEnv(broken(() => ({})))).toEqual([]);
    expect(checkEnv(summing())).toEqual([]);
  });

  it('with numbers that float32 rounds across their bounds', () => {
    const env = broken(({ obs: [tip, goal], observe }) => ({
      obs: [tip, { ...goal, low: 0.7 }],
      observe(state, own, out) {
        observe(state, own, out);
        out.fill(0.7, 3);
      },
    }));
    expect(Math.fround(0.7)).toBeLessThan(0.7);
    expect(checkEnv(env)).toEqual([]);
  });

  it('with episodes so long that their end is not waited for', () => {
    const env = summing({ horizon: 1_000_000 });
    let steps = 0;
    const counted = {
      ...env,
      open(slots: number) {
        const batch = env.open(slots);
        const { step } = batch;
        return Object.assign(batch, {
          step(act: Float32Array) {
            steps++;
            step(act);
          },
        });
      },
    };
    expect(checkEnv(counted)).toEqual([]);
    expect(steps).toBeLessThan(2000);
  });

  it('with parameters that move by seed and step', () => {
    const env = broken(() => ({
      move(seed, t, goal) {
        goal[0] = 0.1 * ((seed + t) % 7);
      },
    }));
    expect(checkEnv(env)).toEqual([]);
  });
});

/** Numbers that outlive an episode, as a module's variables do. */
function counting(): number {
  return counter++;
}
let counter = 0;

const ofTasks: readonly (readonly [
  what: string,
  check: string,
  words: RegExp,
  change: (task: Task) => Partial<Task>,
])[] = [
  [
    'throws in reset',
    'exceptions',
    /^no luck \(task whole, step 0 of the episode of seed \d+\)$/,
    () => ({ reset: fail }),
  ],
  ['throws in observe', 'exceptions', /^no luck .*step 0/, () => ({ observe: fail })],
  ['throws in reward', 'exceptions', /^no luck .*step 1/, () => ({ reward: fail })],
  [
    'leaves an observation out',
    'written',
    /observation goal\[0\] is not written/,
    ({ observe }) => ({
      observe(state, goal, out) {
        const own = new Float32Array(out.length);
        observe(state, goal, own);
        out.set(own.subarray(0, 3));
      },
    }),
  ],
  [
    'leaves a term out where it does not apply',
    'written',
    /term "effort" is not written.*is 0/,
    ({ reward }) => ({
      reward(state, goal, action, terms) {
        const own = new Float64Array(2);
        reward(state, goal, action, own);
        terms[0] = own[0];
        if (state.t > 5) terms[1] = own[1];
      },
    }),
  ],
  [
    'observes what is no number',
    'finite',
    /observation tip\[1\] is NaN, at step 3/,
    ({ observe }) => ({
      observe(state, goal, out) {
        observe(state, goal, out);
        if (state.t === 3) out[1] = Math.sqrt(-1);
      },
    }),
  ],
  [
    'draws a goal that is endless',
    'finite',
    /parameter goal\[2\] is Infinity, at step 0/,
    ({ reset, observe }) => ({
      reset(random, start, goal) {
        reset(random, start, goal);
        goal[2] = Infinity;
      },
      observe: (state, goal, out) =>
        observe(
          state,
          goal.map((value) => Math.min(value, 1)),
          out,
        ),
      reward: (_state, _goal, _action, terms) => terms.fill(0),
    }),
  ],
  [
    'leaves its bounds',
    'bounds',
    /observation tip\[2\] is 5, and its field says -2 to 2/,
    ({ observe }) => ({
      observe(state, goal, out) {
        observe(state, goal, out);
        out[2] = 5;
      },
    }),
  ],
  [
    'counts in a variable',
    'determinism',
    /comes out otherwise the second time.*term "near" is/,
    () => ({
      reward(_state, _goal, _action, terms) {
        terms[0] = counting();
        terms[1] = 0;
      },
    }),
  ],
  [
    'draws by Math.random',
    'determinism',
    /parameter goal\[0\].*draw random numbers in reset, from its stream/,
    () => ({
      reset: (_random, _start, goal) => goal.fill(Math.random()),
    }),
  ],
  [
    'keeps the worst that it has met',
    'history',
    /hidden state: the episode of seed 7 comes out otherwise/,
    ({ reward }) => {
      // A seed's second time is as its first, until another has been worse.
      let worst = 0;
      return {
        reward(state, goal, action, terms) {
          reward(state, goal, action, terms);
          if (state.t === 1 && goal[0] > worst) worst = goal[0];
          terms[1] = worst;
        },
      };
    },
  ],
  [
    'shares an array between episodes',
    'slots',
    /comes out otherwise beside others.*share no variable/,
    ({ reset, reward }) => {
      const shared = new Float32Array(3);
      return {
        reset(random, start, goal) {
          reset(random, start, goal);
          shared.set(goal);
        },
        reward: (state, _goal, action, terms) => reward(state, shared, action, terms),
      };
    },
  ],
  [
    'has a metric that is no number',
    'metrics',
    /metric "speed" of the episode of seed 11 is NaN/,
    () => ({
      metrics: [{ name: 'speed', label: 'speed', unit: 'm/s', description: 'speed', of: () => Number.NaN }],
    }),
  ],
  [
    'has two metrics of one name',
    'metrics',
    /two metrics are named "speed"/,
    () => {
      const speed = { name: 'speed', label: 'speed', unit: 'm/s', description: 'speed', of: () => 1 };
      return { metrics: [speed, speed] };
    },
  ],
  [
    'moves its parameters by what was done',
    'slots params',
    /goal\[0\] at step 2 depends on the actions/,
    ({ reward }) => {
      let pushed = 0;
      return {
        reset: (_random, _start, goal) => {
          pushed = 0;
          goal.fill(0.1);
        },
        move: (_seed, _t, goal) => {
          goal[0] = 0.1 + pushed;
        },
        reward(state, goal, action, terms) {
          reward(state, goal, action, terms);
          pushed = action[0] + action[1];
        },
      };
    },
  ],
  [
    'moves its parameters without `move`',
    'params',
    /goal\[0\] changes at step 1, and spec.paramsMove is false/,
    ({ reward }) => ({
      reward(state, goal, action, terms) {
        reward(state, goal, action, terms);
        goal[0] += 0.1;
      },
    }),
  ],
];

function fail(): never {
  throw new Error('no luck');
}

const ofOthers: readonly (readonly [check: string, words: RegExp, flaws: Flaws])[] = [
  ['arrays', /obs: expected 3 numbers for 3 slots, as the spec says, found 7/, { obsLength: 7 }],
  ['arrays', /reward: expected a Float64Array/, { shortReward: true }],
  ['memory', /step writes into the actions/, { writesActions: true }],
  ['end', /last and fault are 0 or 1, found 2 and 0/, { flags: { last: 2 } }],
  ['end', /fault is 1 and last is 0/, { flags: { fault: 1 } }],
  ['success', /success is 2: expected 0 or 1/, { flags: { success: 2 } }],
  ['end', /a slot that was never started changes in a step/, { wakesOthers: true }],
  ['memory', /obs is another array after a step/, { newArrays: true }],
  ['reward', /reward is .*, and its terms \(gain \+ cost\) sum to/, { reward: 0.25 }],
  ['end', /goes on after its horizon of 10 steps/, { neverEnds: true }],
  ['end', /cut off before its horizon of 10/, { endsEarly: 4 }],
  ['end', /cut off before its horizon of 300.*at step 200/, { horizon: 300, endsEarly: 200 }],
  ['end', /goes on after its horizon of 300/, { horizon: 300, neverEnds: true }],
  ['end', /discount is 0 and last is 0/, { discount: 0 }],
  ['end', /discount is 0.5: 0 where the task ended the episode, else 1/, { discount: 0.5 }],
  ['end', /does not rest/, { restless: true }],
  ['success', /success is 1, and spec.hasSuccess is false/, { success: true }],
  ['clipping', /actions of 5 do not act as those of 1/, { unclipped: true }],
  ['params', /parameter target changes at step 1, and spec.paramsMove is false/, { movesParams: true }],
  ['bounds', /observation sum is .*, and its field says 0 to 1/, { hiddenBound: true }],
];

describe('one problem is found', () => {
  it.each(ofTasks)('of a task that %s, by %s', (_, check, words, change) => {
    const problems = checkEnv(broken(change));
    expect(problems.map((problem) => problem.check).join(' ')).toBe(check);
    expect(problems.at(-1)?.message).toMatch(words);
    if (check === 'exceptions') expect(problems[0].cause).toHaveProperty('cause.message', 'no luck');
  });

  it.each(ofOthers)('of an environment that was never a task, by %s: %s', (check, words, flaws) => {
    const problems = checkEnv(summing(flaws));
    expect(problems).toMatchObject([{ check, message: expect.stringMatching(words) }]);
  });

  it.each([
    [/the field "sum" has no unit/, { obs: [{ name: 'sum', size: 1, unit: '', description: '' }] }],
    [
      /the field "sum" expects a size of 1 or more, found 0.5/,
      { obs: [{ name: 'sum', size: 0.5, unit: '1', description: '' }] },
    ],
    [/terms: "gain" stands twice/, { terms: ['gain', 'gain'] }],
    [/the field "push" expects low -1 and high 1/, { act: [{ name: 'push', size: 1, unit: '1', description: '' }] }],
    [/markers: "goal" is none of the params of size 3/, { markers: [{ param: 'goal' }] }],
    [
      /markers: the rotation "turn" is none of the params of size 4/,
      {
        params: [{ name: 'target', size: 3, unit: 'm', description: '' }],
        markers: [{ param: 'target', rotation: 'turn' }],
      },
    ],
    [/horizon: expected a number of steps above 0, found 0/, { horizon: 0 }],
    [/bodies: expected those that move: link1, link2/, { bodies: ['link1'] }],
  ])('of a spec: %s', (words, change) => {
    const env = summing();
    const problems = checkEnv({ ...env, spec: { ...env.spec, ...change } });
    expect(problems).toMatchObject([{ check: 'spec', message: expect.stringMatching(words) }]);
  });
});

it('what another problem stands in the way of is not judged, and what was played before it is', () => {
  const env = broken(({ reward }) => ({
    reward(state, goal, action, terms) {
      if (state.t === 5) throw new Error('no luck');
      reward(state, goal, action, terms);
      terms[1] = 0.5;
      if (state.t === 3) terms[0] = Number.NaN;
    },
  }));
  const outcomes = runChecks(env);
  const names = (some: typeof outcomes) => some.map(({ check }) => check);
  expect(names(outcomes.filter(({ problem }) => problem))).toEqual(['exceptions', 'finite']);
  expect(names(outcomes.filter(({ isJudged }) => isJudged))).toEqual([
    'exceptions',
    'spec',
    'arrays',
    'memory',
    'finite',
  ]);
});

it('a slot that is started again has to begin anew', () => {
  expect(checkEnv(summing({ staleStart: true })).map(({ check }) => check)).toEqual(['end', 'history']);
});

it('every problem is told, not only the first', () => {
  const env = broken(({ observe }) => ({
    observe(state, goal, out) {
      observe(state, goal, out);
      out[0] = Number.NaN;
      out[1] = 9;
      out[2] = counting() / 1e6;
    },
  }));
  expect(checkEnv(env).map(({ check }) => check)).toEqual(['finite', 'bounds', 'determinism']);
});

it('opens and closes what it opens, also of what throws', () => {
  for (const change of [() => ({}), () => ({ reward: fail })]) {
    const env = broken(change);
    let open = 0;
    const counted = {
      ...env,
      open(slots: number) {
        open++;
        const batch = env.open(slots);
        const { close } = batch;
        return Object.assign(batch, {
          close() {
            open--;
            close();
          },
        });
      },
    };
    checkEnv(counted);
    expect(open).toBe(0);
  }
});
