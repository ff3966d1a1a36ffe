import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { Simulation } from '../../envs/sim/simulation.ts';
import { width } from '../../envs/spec.ts';
import { configureEnv, envOf } from '../../envs/tasks/index.ts';
import { configureTraining, learnerOf } from '../../src/train/config.ts';
import { trainOn } from '../../src/train/train.ts';

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

/** Three steps of two arms; the second may be asked for something else in its second. */
function play(asked = 0.5) {
  const env = envOf(configureEnv('panda-reach-joints'));
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

it('a fault is counted, and nothing is learned from it', () => {
  const options = { batch: 30, reuse: 1, hiddenWidth: 4, evalEvery: 1e9 };
  const learner = learnerOf(
    configureTraining({ env: 'panda-reach-joints', envOptions: { horizon: 6 }, steps: 1000, options }),
  );
  diverge(2, 3, Number.NaN);
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
