import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { ContactSimulation } from '../../envs/sim/contact-simulation.ts';
import { createEnv } from '../../envs/sim/env.ts';
import { loadPhysics, RapierWorld } from '../../envs/sim/rapier.ts';
import { Simulation } from '../../envs/sim/simulation.ts';
import { width } from '../../envs/spec.ts';
import type { Start } from '../../envs/task.ts';
import { configureEnv, envOf } from '../../envs/tasks/index.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { trainOn } from '../../src/train/train.ts';
import { taskOf } from './support.ts';

beforeAll(loadPhysics);
afterEach(() => vi.restoreAllMocks());

/** Lets the arm in a slot read as this at its reading after n, the first being that of its placing. */
function diverge(slot: number, n: number, value: number, what: 'q' | 'dq' | 'pose' | 'tip' = 'q'): void {
  const read = Simulation.prototype.read;
  let readings = 0;
  vi.spyOn(Simulation.prototype, 'read').mockImplementation(function (this: Simulation, at) {
    const state = read.call(this, at);
    if (at === slot && ++readings === n + 1) (what === 'tip' ? state.site('tip').position : state[what])[0] = value;
    return state;
  });
}

const nan = Number.NaN;

/** What a free body is and does, by where its numbers begin in its pose or its velocity. */
const ofFreeBody = { place: ['pose', 0], speed: ['velocity', 0], spin: ['velocity', 3] } as const;

/** Lets the free body beside the arm in a slot read as this after step n, the first being 1. */
function sendOff(slot: number, n: number, what: keyof typeof ofFreeBody, values: readonly number[]): void {
  const { read } = ContactSimulation.prototype;
  let readings = 0;
  vi.spyOn(ContactSimulation.prototype, 'read').mockImplementation(function (this: ContactSimulation, at) {
    const state = read.call(this, at);
    if (at !== slot || ++readings !== n) return state;
    const [kind, first] = ofFreeBody[what];
    // It is the last of the bodies.
    const own = state[kind].length - (kind === 'pose' ? 7 : 6);
    state[kind].set(values, own + first);
    return state;
  });
}

/** Three steps of two arms; the second may be asked for something else in its second. */
function play(asked = 0.5, task = 'panda-reach-joints') {
  const env = envOf(configureEnv(task));
  const batch = env.open(2);
  const noted = [];
  for (const slot of [0, 1]) batch.start(slot, 7 + slot);
  for (let step = 0; step < 3; step++) {
    const size = width(env.spec.act);
    const act = new Float32Array(2 * size).fill(0.5);
    if (step === 1) act.fill(asked, size);
    batch.step(act);
    const { obs, reward, terms, pose, fault, last } = batch;
    noted.push(structuredClone({ obs, reward, terms, pose, fault, last }));
  }
  batch.close();
  return noted;
}

it.each([
  ['q', Number.NaN],
  ['pose', Number.NaN],
  ['tip', Number.POSITIVE_INFINITY],
  ['dq', -2e4],
] as const)('an arm whose %s is %d ends its episode as a fault, and leaves no bad number', (what, value) => {
  const good = play();
  diverge(1, 2, value, what);
  const [first, second, third] = play();
  expect(first).toEqual(good[0]);
  expect([...second.fault, ...second.last]).toEqual([0, 1, 0, 1]);
  const { obs, reward, terms, pose } = second;
  expect([reward[1], ...terms.subarray(terms.length / 2)].every((x) => x === 0)).toBe(true);
  // What was last known of the arm stands.
  expect(obs.subarray(obs.length / 2)).toEqual(first.obs.subarray(obs.length / 2));
  expect(pose.subarray(pose.length / 2)).toEqual(first.pose.subarray(pose.length / 2));
  // Its neighbour did not notice.
  expect(third.obs.subarray(0, obs.length / 2)).toEqual(good[2].obs.subarray(0, obs.length / 2));
  expect(third.fault).toEqual(second.fault);
});

/** An episode of panda-push from a start of one's own, by actions of one's own. */
function push(change: (start: Start) => void, actAt: (t: number) => readonly number[] = () => [0, 0, 0]) {
  const task = taskOf('panda-push', arms.panda, { endsOnSuccess: false });
  const env = createEnv({
    ...task,
    reset(random, start, goal) {
      task.reset(random, start, goal);
      change(start);
    },
  });
  const batch = env.open(1);
  batch.start(0, 1);
  let steps = 0;
  while (!batch.last[0]) batch.step(Float32Array.from(actAt(steps++)));
  const { fault, pose, obs } = batch;
  batch.close();
  return { steps, fault: fault[0], place: Array.from(pose.slice(-7, -4)), obs };
}

describe('a free body', () => {
  it.each([
    ['is beyond 10 m', 'place', [-10.1, 0, 0]],
    // Of these, each number by itself is within the bound.
    ['is beyond 10 m by x and y', 'place', [8, -8, 0]],
    ['is nowhere', 'place', [0, 0, nan]],
    ['moves at over 100 m/s', 'speed', [0, 0, 101]],
    ['moves at over 100 m/s by x and y', 'speed', [-80, 80, 0]],
    ['moves infinitely fast', 'speed', [0, Number.NEGATIVE_INFINITY, 0]],
    ['moves at a speed that is no number', 'speed', [nan, 0, 0]],
    ['turns at over 10,000 rad/s', 'spin', [0, -10_001, 0]],
    ['turns at over 10,000 rad/s by x and z', 'spin', [8e3, 0, 8e3]],
    ['turns at a speed that is no number', 'spin', [0, 0, nan]],
  ] as const)('that %s ends its episode as a fault, and leaves no bad number', (_, what, values) => {
    const good = play(0.5, 'panda-push');
    sendOff(1, 2, what, values);
    const [first, second, third] = play(0.5, 'panda-push');
    expect(first).toEqual(good[0]);
    expect([...second.fault, ...second.last]).toEqual([0, 1, 0, 1]);
    const { obs, reward, terms, pose } = second;
    expect([reward[1], terms[1]]).toEqual([0, 0]);
    // What was last known of the arm and the body stands.
    expect(obs.subarray(obs.length / 2)).toEqual(first.obs.subarray(obs.length / 2));
    expect(pose.subarray(pose.length / 2)).toEqual(first.pose.subarray(pose.length / 2));
    // Its neighbour did not notice.
    expect(third.obs.subarray(0, obs.length / 2)).toEqual(good[2].obs.subarray(0, obs.length / 2));
    expect(third.fault).toEqual(second.fault);
  });

  it.each([
    ['is within 10 m', 'place', [0, 9.9, 0]],
    ['moves at under 100 m/s', 'speed', [99, 0, 0]],
    ['turns at under 10,000 rad/s', 'spin', [0, 0, 9990]],
  ] as const)('that %s is none', (_, what, values) => {
    sendOff(1, 2, what, values);
    expect(play(0.5, 'panda-push').map(({ fault, last }) => [...fault, ...last])).toEqual(
      new Array(3).fill([0, 0, 0, 0]),
    );
  });

  it.each([
    ['beyond 10 m', 1, ({ pose }: Start) => pose.set([11, 0, 0.02])],
    ['faster than 100 m/s', 1, ({ velocity }: Start) => velocity.set([0, 0, 101])],
    // 4 m in a step, until it is beyond 10 m.
    ['at 99 m/s', 3, ({ velocity }: Start) => velocity.set([0, 0, 99])],
  ])('that is thrown %s is a fault at step %i, as it is simulated', (_, step, change) => {
    const { steps, fault, obs } = push(change);
    expect([steps, fault]).toEqual([step, 1]);
    expect(obs.every(Number.isFinite)).toBe(true);
  });
});

it('a free body whose speed becomes no number is a fault: Rapier would let it hang where it is', () => {
  const { putBody, step } = RapierWorld.prototype;
  let [body, worldSteps] = [-1, 0];
  vi.spyOn(RapierWorld.prototype, 'putBody').mockImplementation(function (this: RapierWorld, at, ...rest) {
    body = at;
    putBody.call(this, at, ...rest);
  });
  vi.spyOn(RapierWorld.prototype, 'step').mockImplementation(function (this: RapierWorld) {
    // Of two in a control step the first of the third.
    if (++worldSteps === 5) putBody.call(this, body, [0, 0, 0.02, 0, 0, 0, 1], new Array(6).fill(nan));
    step.call(this);
  });
  const { steps, fault, obs } = push(() => {});
  expect([steps, fault]).toEqual([3, 1]);
  expect(obs.every(Number.isFinite)).toBe(true);
});

it('a start that is no number is an error that says where', () => {
  expect(() => push(({ velocity }) => velocity.fill(nan, 4))).toThrow(
    'expected finite numbers in start.velocity, found NaN at 4 (task panda-push, step 0 of the episode of seed 1)',
  );
  expect(() => push(({ q }) => q.fill(Number.POSITIVE_INFINITY, 2))).toThrow(/in start\.q, found Infinity at 2/);
});

it('a cube that the hand pushes off the table is caught by the floor, and the episode goes on to its end', () => {
  const down = [0, 0, -1];
  const aside = [0, 1, 0];
  const { steps, fault, place, obs } = push(
    ({ pose }) => pose.set([0.04, 0.3, 0.02]),
    (t) => (t < 5 ? down : aside),
  );
  expect([steps, fault]).toEqual([50, 0]);
  expect(place[1]).toBeGreaterThan(0.35);
  // Half its height above the floor, whichever side is down.
  expect(place[2]).toBeCloseTo(-0.38, 2);
  expect(obs.every(Number.isFinite)).toBe(true);
});

it('an arm that is asked for what is no number does so, too, and its neighbour moves on with the same bits', () => {
  const [good, bad] = [play(), play(Number.NaN)];
  expect(bad.map(({ fault }) => [...fault])).toEqual([
    [0, 0],
    [0, 1],
    [0, 1],
  ]);
  for (const [step, { obs, pose }] of bad.entries()) {
    expect(obs.subarray(0, obs.length / 2)).toEqual(good[step].obs.subarray(0, obs.length / 2));
    expect(pose.every(Number.isFinite)).toBe(true);
  }
});

it.each([
  ['an arm', 'panda-reach-joints', () => diverge(2, 3, nan)],
  ['a free body', 'panda-push', () => sendOff(2, 3, 'place', [11, 0, 0])],
] as const)('a fault of %s is counted, and nothing is learned from it', (_, env, lose) => {
  const options = { batch: 30, reuse: 1, hiddenWidth: 4, evalEvery: 1e9 };
  const learner = learnerOf(configureTraining({ env, envOptions: { horizon: 6 }, steps: 1000, options }));
  lose();
  const { value: progress } = trainOn(learner, { untilSolved: false }).next();
  const [batch] = learner.history;
  expect(progress?.training).toMatchObject({ faults: 1, episodes: batch.length });
  expect(batch.every(({ end }) => end !== 'fault')).toBe(true);
  const steps = batch.reduce((sum, episode) => sum + episode.steps, 0);
  expect(progress?.training.steps).toBe(steps + 3);
  expect(progress?.training.meanLength).toBe(steps / batch.length);
});

it('training ends where nothing else is left', () => {
  const learner = learnerOf(configureTraining({ env: 'panda-reach-joints', options: { batch: 1 } }));
  diverge(0, 3, Number.NaN);
  expect(() => trainOn(learner, { untilSolved: false }).next()).toThrow(
    /^the state of the arm is NaN at step 3 of the episode of seed \d+$/,
  );
});
