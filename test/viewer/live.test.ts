import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { fromRollPitchYaw } from '../../envs/math/axis-angle.ts';
import type { Vec3 } from '../../envs/math/rotation.ts';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { decodeSafetensors } from '../../envs/recording/safetensors.ts';
import { encodeSealed } from '../../envs/recording/sealed.ts';
import { disturbedDynamics } from '../../envs/sim/disturbances.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { Simulation } from '../../envs/sim/simulation.ts';
import { makeEnv } from '../../envs/tasks/index.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { policyFormat } from '../../src/policy/file.ts';
import { snapshotOf } from '../../src/rollout/acting-policy.ts';
import { encodePolicy } from '../../src/run/encode-policy.ts';
import { builtIn, configureNewTraining, configureTraining, learnerOf } from '../../src/train/config.ts';
import { advantages, derive } from '../../viewer/derive/episode.ts';
import { History } from '../../viewer/live/history.ts';
import { follow } from '../../viewer/live/playhead.ts';
import { namesOf, rangeOf } from '../../viewer/live/shown.ts';
import { anglesOf, turnOf } from '../../viewer/live/turn.ts';
import { catalogueOf } from '../../viewer/live/worker/catalogue.ts';
import type { Answer, Opened, Stepped } from '../../viewer/live/worker/messages.ts';
import { openPolicy } from '../../viewer/live/worker/opening.ts';
import { createPlayer } from '../../viewer/live/worker/player.ts';
import { everyCase } from '../envs/support.ts';

beforeAll(loadPhysics);
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A policy that has learned nothing, and what a worker tells while it acts for so many steps. */
function played(env: string, arm: string, steps: number, dynamics = '') {
  const told: Answer[] = [];
  const given = { env, arm, ...(dynamics && { dynamics }) };
  const player = createPlayer(learnerOf(configureTraining(given)), {}, (answer) => told.push(answer));
  player.show();
  for (let i = 0; i < steps; i++) player.step();
  const stepped = told.filter((one): one is Stepped => one.type === 'stepped');
  return { player, told, stepped, opened: player.opened };
}

describe('a player', () => {
  it.each(everyCase)('keeps what happened, to be simulated again: $task on $arm', async ({ task, arm }) => {
    const { player } = played(task, arm, 4);
    player.control({
      spread: 1,
      dynamics: { strength: 0.5, noise: 0.01, delay: 1, gravity: 5 },
      goal: [0.2, 0.1, 0.2],
    });
    const body = player.opened.header.spec.bodies.at(-1) ?? '';
    for (let i = 0; i < 4; i++) {
      player.control({ pull: { body, local: [0, 0, 0], target: [0.5, 0, 0.4] } });
      player.step();
    }
    player.control({ pull: null });
    player.step();
    const kept = await player.keep();
    player.close();
    const recording = await decodeRecording(kept.type === 'kept' ? kept.bytes : new Uint8Array(), 'kept');
    expect(recording.episodes[0].steps).toBe(9);
    expect(findDifference(makeEnv(task, { arm }), recording)).toBeNull();
  });

  it('holds a goal that the task moves, and gives it back', () => {
    const { player, told } = played('track', 'panda', 3);
    const next = () => {
      player.step();
      const [goal] = told.slice(-1).map((one) => (one.type === 'stepped' ? one.rows.params?.slice(0, 3) : undefined));
      return Array.from(goal ?? []);
    };
    expect(next()).not.toEqual(next());
    player.control({ goal: [0.25, 0.5, 0.125] });
    expect([next(), next()]).toEqual([
      [0.25, 0.5, 0.125],
      [0.25, 0.5, 0.125],
    ]);
    player.control({ goal: null });
    expect(next()).not.toEqual(next());
    player.newGoal();
    const drawn = told.at(-1);
    const goal = drawn?.type === 'goal' ? Array.from(Float32Array.from(drawn.goal)) : [];
    expect(goal.length).toBe(3);
    expect([next(), next()]).toEqual([goal, goal]);
    player.control({ goal: null });
    expect(next()).not.toEqual(next());
    player.close();
  });

  it('pokes for so many steps and lets go by itself, with as much force as a hand that pulls, and that is kept', async () => {
    const { player, opened } = played('panda-reach', 'panda', 2);
    const pull = { body: opened.header.spec.bodies.at(-1) ?? '', local: [0, 0, 0], target: [0.3, 1, 0.3] } as const;
    const forces = async () => {
      const kept = await player.keep();
      const recording = await decodeRecording(kept.type === 'kept' ? kept.bytes : new Uint8Array(), 'kept');
      expect(findDifference(makeEnv('panda-reach'), recording)).toBeNull();
      return recording.episodes[0].disturbances?.filter(({ kind }) => kind === 'force') ?? [];
    };
    player.control({ pull: { ...pull, steps: 3 } });
    for (let i = 0; i < 6; i++) player.step();
    const poked = await forces();
    expect(poked.map(({ t }) => t)).toEqual([2, 3, 4]);
    for (const { values } of poked) expect(Math.hypot(...values.slice(0, 3))).toBeGreaterThan(100);
    player.control({ pull });
    for (let i = 0; i < 6; i++) player.step();
    expect((await forces()).length).toBe(3 + 6);
    player.close();
  });

  it('holds a goal with its orientation, New goal draws both, and that is kept', async () => {
    const { player, told } = played('reach-pose', 'panda', 3);
    const goal = () => {
      player.step();
      const last = told.at(-1);
      return Array.from((last?.type === 'stepped' && last.rows.params?.slice(0, 7)) || []);
    };
    const own = goal();
    player.newGoal();
    const drawn = told.at(-1);
    const [place, turn] = drawn?.type === 'goal' ? [[...drawn.goal], [...(drawn.turn ?? [])]] : [];
    expect([place?.length, Math.hypot(...(turn ?? []))]).toEqual([3, expect.closeTo(1, 5)]);
    expect(goal()).toEqual([...(place ?? []), ...(turn ?? [])]);
    expect(goal().slice(3)).not.toEqual(own.slice(3));
    player.control({ goal: [0.5, 0, 0.5], turn: [0, 0.6000000238418579, 0, 0.800000011920929] });
    // The task itself draws another goal after 100 steps.
    for (let i = 0; i < 120; i++) player.step();
    expect(goal()).toEqual([0.5, 0, 0.5, 0, 0.6000000238418579, 0, 0.800000011920929]);
    player.control({ goal: null });
    expect(goal().slice(3)).not.toEqual([0, 0.6000000238418579, 0, 0.800000011920929]);
    const kept = await player.keep();
    const recording = await decodeRecording(kept.type === 'kept' ? kept.bytes : new Uint8Array(), 'kept');
    expect(findDifference(makeEnv('reach-pose'), recording)).toBeNull();
    player.close();
  });

  it('stands still once the simulation has lost the arm, until a reset', () => {
    const { player, told } = played('panda-reach', 'panda', 2);
    vi.useFakeTimers();
    const readings = vi.spyOn(Simulation.prototype, 'read').mockImplementation(function (this: Simulation, at) {
      readings.mockRestore();
      const state = this.read(at);
      state.q[0] = Number.NaN;
      return state;
    });
    player.control({ paused: false });
    vi.advanceTimersByTime(2000);
    expect(told.filter((one) => one.type === 'stepped' && one.isLost).length).toBe(1);
    expect(vi.getTimerCount()).toBe(0);
    player.reset();
    player.control({ paused: false });
    vi.advanceTimersByTime(2000);
    expect(told.at(-1)).toMatchObject({ type: 'stepped', isLost: false });
    player.close();
  });

  it.each([true, false])('takes in what a training learns where the policy is its own: %s', (isInTraining) => {
    const config = configureTraining({ env: 'reach', arm: 'panda' });
    const learner = learnerOf(config);
    const player = createPlayer(learner, { isInTraining }, () => {});
    const before = learner.theta.slice();
    const { theta, ...rest } = snapshotOf(learnerOf({ ...config, seed: 1 }));
    player.learned({ ...rest, theta }, 1000);
    expect(player.opened.isInTraining).toBe(isInTraining);
    expect(learner.theta).toEqual(isInTraining ? theta : before);
    expect(theta).not.toEqual(before);
    // Of another size it is no matter, either.
    if (!isInTraining) player.learned({ ...rest, theta: new Float64Array(before.length + 1) }, 2000);
    player.close();
  });
});

describe('an episode with an object', () => {
  /** A policy that has learned nothing acts on a clock that the test has in hand. */
  function going(env: string) {
    vi.useFakeTimers();
    const { player, stepped, told, opened } = played(env, 'panda', 0);
    const { dt, horizon } = opened.header.spec;
    const heard = () => told.filter((one): one is Stepped => one.type === 'stepped');
    const latest = () => heard().at(-1) ?? stepped[0];
    const pass = (steps: number) => vi.advanceTimersByTime(1000 * dt * steps);
    /** Where the object is: the last of the bodies. */
    const object = () => Array.from(latest().rows.pose?.slice(-7, -4) ?? []);
    player.control({ paused: false });
    pass(2);
    return { player, heard, latest, pass, object, horizon, bodies: opened.header.spec.bodies };
  }

  it('stands still for a second once the object is at the goal, and another begins with the goal where a hand has it', async () => {
    const { player, heard, latest, pass, object } = going('panda-push');
    const goal = object();
    player.control({ goal });
    pass(3);
    const { t } = latest();
    expect(latest()).toMatchObject({ success: true, isOver: true, isGoalHeld: true });
    pass(20);
    expect(latest().t).toBe(t);
    pass(6);
    const [first] = heard().slice(heard().findLastIndex((one) => one.t === 0));
    expect(first).toMatchObject({ t: 0, isOver: false, isGoalHeld: true });
    pass(2);
    expect(Array.from(latest().rows.params?.slice(0, 3) ?? [])).toEqual(goal);
    const kept = await player.keep();
    const recording = await decodeRecording(kept.type === 'kept' ? kept.bytes : new Uint8Array(), 'kept');
    expect(recording.episodes.map(({ steps }) => steps)).toEqual([t, latest().t]);
    expect(new Set(recording.episodes.map(({ seed }) => seed)).size).toBe(2);
    expect(findDifference(makeEnv('panda-push'), recording)).toBeNull();
    player.reset();
    expect(latest()).toMatchObject({ t: 0, isGoalHeld: false });
    player.close();
  });

  it('is over after the time of the task', () => {
    const { player, heard, latest, pass, horizon } = going('panda-push');
    pass(horizon + 1);
    expect(latest()).toMatchObject({ t: horizon, success: false, isOver: true, isGoalHeld: false });
    pass(26);
    expect(heard().filter(({ t }) => t === 0).length).toBe(2);
    expect(latest().t).toBeLessThan(horizon / 2);
    player.close();
  });

  it('goes on for a hand that does something, and step by step', () => {
    const { player, heard, latest, pass, horizon, bodies } = going('panda-pick-and-place');
    pass(horizon + 1);
    expect(latest().isOver).toBe(true);
    player.control({ goal: [0.1, 0.1, 0.3] });
    pass(10);
    expect(latest().t).toBeGreaterThan(horizon + 5);
    player.control({ pull: { body: bodies[6], local: [0, 0, 0], target: [0.3, 0.3, 0.6] } });
    pass(2 * horizon);
    expect(latest().t).toBeGreaterThan(3 * horizon);
    player.control({ pull: null });
    pass(horizon + 1);
    expect(latest().isOver).toBe(true);
    player.control({ paused: true });
    const { t } = latest();
    player.step();
    expect(latest().t).toBe(t + 1);
    pass(100);
    expect(latest().t).toBe(t + 1);
    expect(heard().filter((one) => one.t === 0).length).toBe(1);
    player.close();
  });

  it('is no matter of an arm that is itself to be at the goal', () => {
    const { player, latest, pass, horizon } = going('panda-reach-joints');
    pass(3 * horizon);
    expect(latest().t).toBeGreaterThan(2 * horizon);
    expect(latest().isOver).toBe(false);
    player.close();
  });
});

describe('a history', () => {
  const shapes = [
    { task: 'panda-reach', arm: 'panda' },
    { task: 'track', arm: 'so101' },
    { task: 'panda-push', arm: 'panda' },
  ];

  it.each(shapes)('is the end of the episode, as the replay reads it: $task', ({ task, arm }) => {
    const { player, stepped, opened } = played(task, arm, 450);
    const history = new History(opened);
    const { recording } = history;
    for (const one of stepped) {
      history.push(one);
      if (one.t % 50 > 1) continue;
      const { episode } = history;
      expect(recording.episodes).toEqual([episode]);
      const steps = Math.max(1, Math.min(one.t, 200));
      expect([episode.steps, episode.pose.length]).toEqual([steps, (steps + 1) * opened.header.spec.bodies.length * 7]);
      for (const name of ['pose', 'obs', 'params'] as const) {
        const row = one.rows[name] as Float32Array;
        expect(episode[name].slice(-row.length)).toEqual(row);
      }
      if (one.t > 0) expect(episode.reward.at(-1)).toBe(one.rows.reward?.[0]);
      // What was set before what is in view still holds there.
      const endless = { t: steps - one.t, kind: 'dynamics', target: 'endless', values: [1] };
      expect(episode.disturbances).toEqual(one.t > 0 ? [endless] : []);
      expect(derive(episode, recording.header).distance.length).toBe(steps + 1);
    }
    expect(history.recording).toBe(recording);
    player.close();
  });

  it('has the value of every state, and the advantages that are settled', async () => {
    const learner = learnerOf(configureTraining({ env: 'track' }));
    // A baseline that has learned nothing is 0 everywhere.
    for (const numbers of Object.values(learner.baseline.state)) numbers.set(numbers.map((_, i) => Math.sin(i)));
    const stepped: Stepped[] = [];
    const player = createPlayer(learner, {}, (answer) => answer.type === 'stepped' && void stepped.push(answer));
    player.show();
    for (let i = 0; i < 30; i++) player.step();
    // Of a short episode the end says nothing of one that goes on.
    const samples = player.opened.samples.map((sample) => ({ ...sample, end: 'terminated' as const }));
    const history = new History({ ...player.opened, samples });
    for (const one of stepped) history.push(one);
    const kept = await player.keep();
    const { episodes, header } = await decodeRecording(kept.type === 'kept' ? kept.bytes : new Uint8Array(), 'kept');
    expect(new Set(episodes[0].value).size).toBe(31);
    expect(Array.from(history.episode.value)).toEqual(Array.from(episodes[0].value));
    const found = Array.from(advantages(history.episode, history.recording.header));
    const whole = Array.from(advantages(episodes[0], header));
    // Of the last steps, a twentieth or more would still have to come: gamma lambda is 0.855.
    expect(found.findIndex(Number.isNaN)).toBe(10);
    expect(found.slice(0, 10)).toEqual(whole.slice(0, 10));
    expect(found.slice(10).every(Number.isNaN)).toBe(true);
    expect(whole.every(Number.isFinite)).toBe(true);
    player.close();
  });

  it.each([{ baseline: 'none' }, { baseline: 'per-step' }, { returns: 'full', advantage: 'monte-carlo' }])(
    'has no advantage where nothing stands for what is still to come: %o',
    (options) => {
      const config = configureTraining({ env: 'panda-reach', options });
      const player = createPlayer(learnerOf(config), {}, () => {});
      const { header } = new History(player.opened).recording;
      const { samples } = player.opened;
      expect(advantages(samples[0], player.opened.header).every(Number.isFinite)).toBe(true);
      expect(advantages(samples[0], header).every(Number.isNaN)).toBe(true);
      player.close();
    },
  );

  it('shows a goal where a hand has it', () => {
    const { player, stepped, opened } = played('panda-reach', 'panda', 5);
    const history = new History(opened);
    for (const one of stepped) history.push(one);
    history.moveGoal([1, 2, 3], history.steps - 1);
    expect(Array.from(history.episode.params).slice(-6)).toEqual([1, 2, 3, 1, 2, 3]);
    expect(Array.from(history.episode.params).slice(-9, -6)).not.toEqual([1, 2, 3]);
    player.close();
  });

  it('shows it turned as a hand has turned it', () => {
    const { player, stepped, opened } = played('reach-pose', 'panda', 5);
    const history = new History(opened);
    for (const one of stepped) history.push(one);
    history.moveGoal([1, 2, 3], history.steps, [0, 0, 1, 0]);
    expect(Array.from(history.episode.params).slice(-7)).toEqual([1, 2, 3, 0, 0, 1, 0]);
    player.close();
  });
});

describe('an episode of drawn dynamics', () => {
  const drawn = 'mass=0.5:2,payload=0:1,delay=1:30';

  async function keptBy(player: { keep(): Promise<Answer> }) {
    const kept = await player.keep();
    return decodeRecording(kept.type === 'kept' ? kept.bytes : new Uint8Array(), 'kept');
  }

  it('is shown with its own numbers, and is what is kept', async () => {
    const { player, told, opened } = played('panda-reach', 'panda', 2, drawn);
    const history = new History(opened);
    const seen: number[][] = [];
    for (let n = 0; n < 3; n++) {
      if (n > 0) player.reset();
      player.step();
      player.step();
      const arrays = told.splice(0).flatMap((one) => {
        if (one.type !== 'stepped') return [];
        history.push(one);
        return [history.episode.dynamics];
      });
      // By the array a panel knows whether there is something to draw anew.
      expect(new Set(arrays).size).toBe(1);
      const [{ dynamics }] = (await keptBy(player)).episodes;
      expect(Array.from(history.episode.dynamics)).toEqual(Array.from(dynamics));
      seen.push(Array.from(dynamics));
    }
    expect(new Set(seen.map(String)).size).toBe(3);
    expect(opened.samples.map((sample) => String(sample.dynamics))).not.toContain(String(seen[0]));
    player.close();
  });

  it('has its delay again once a hand lets go of the world', async () => {
    const { player, told, opened } = played('panda-reach', 'panda', 1, drawn);
    const at = opened.header.spec.dynamics.findIndex(({ name }) => name === 'delay');
    const handed = async () => (await keptBy(player)).episodes[0].disturbances?.filter((one) => one.target === 'delay');
    const usualDelay = () =>
      told.flatMap((one) => (one.type === 'stepped' && one.usual ? [one.usual.delay] : [])).at(-1);
    const first = await keptBy(player);
    const own = first.episodes[0].dynamics[at];
    expect(own).toBeGreaterThan(0);
    expect(usualDelay()).toBe(own);
    const asUsual = { dynamics: Object.fromEntries(opened.dynamics.map(({ name }) => [name, null])) };
    player.control(asUsual);
    player.step();
    expect(await handed()).toEqual([]);
    player.control({ dynamics: { delay: 0 } });
    player.step();
    player.control(asUsual);
    player.step();
    player.step();
    expect((await handed())?.map(({ t, values }) => [t, ...values])).toEqual([
      [2, 0],
      [3, own],
    ]);
    expect(findDifference(makeEnv('panda-reach', { dynamics: drawn }), await keptBy(player))).toBeNull();
    player.reset();
    player.step();
    const next = await keptBy(player);
    expect(usualDelay()).toBe(next.episodes[0].dynamics[at]);
    expect(next.episodes[0].dynamics[at]).not.toBe(own);
    expect(await handed()).toEqual([]);
    player.close();
  });

  it('has sliders as far as its delay, which are not called what is drawn', () => {
    const { player, opened } = played('panda-reach', 'panda', 0, drawn);
    const fields = opened.header.spec.dynamics;
    const [payload, delay] = ['payload', 'delay'].map((name) => opened.dynamics.find((field) => field.name === name));
    if (!payload || !delay) throw new Error('expected a payload and a delay');
    expect(rangeOf(delay, opened, fields)).toEqual({ high: 30, step: 1 });
    expect(rangeOf(delay, opened, [])).toEqual({ high: 10, step: 1 });
    expect(namesOf(payload, fields).label).not.toBe(namesOf(payload, []).label);
    expect(namesOf(delay, fields)).toEqual(namesOf(delay, []));
    player.close();
  });
});

describe('the place between two states', () => {
  it('never goes back, and never beyond what is known', () => {
    const frames = fc.array(fc.record({ seconds: fc.double({ min: 0, max: 0.25, noNaN: true }), states: fc.nat(3) }));
    fc.assert(
      fc.property(frames, (all) => {
        let [position, latest] = [0, 0];
        for (const { seconds, states } of all) {
          latest += states;
          const next = follow(position, latest, seconds, 25);
          expect(next).toBeGreaterThanOrEqual(Math.min(position, latest - 1));
          expect(next).toBeLessThanOrEqual(latest);
          position = next;
        }
      }),
    );
  });

  it('goes evenly where states come evenly', () => {
    let position = 0;
    const moves: number[] = [];
    for (let frame = 0; frame < 300; frame++) {
      const before = position;
      position = follow(position, Math.floor((frame + 1) / 2.4), 1 / 60, 25);
      if (frame > 200) moves.push(position - before);
    }
    expect(Math.max(...moves) / Math.min(...moves)).toBeLessThan(1.4);
  });
});

it('has orientations as the angles that people type, and as they were typed', () => {
  const angle = fc.double({ min: -179, max: 179, noNaN: true });
  fc.assert(
    fc.property(angle, fc.double({ min: -89, max: 89, noNaN: true }), angle, (roll, pitch, yaw) => {
      for (const [i, x] of anglesOf(turnOf([roll, pitch, yaw])).entries())
        expect(x).toBeCloseTo([roll, pitch, yaw][i], 3);
    }),
  );
  // As in URDF: about x, then y, then z, the axes of the world.
  for (const angles of [
    [30, 0, 0],
    [0, 40, 0],
    [10, 20, 130],
  ] as const) {
    const expected = fromRollPitchYaw(angles.map((x) => (x * Math.PI) / 180) as unknown as Vec3);
    for (const [i, x] of turnOf(angles).entries()) expect(x).toBeCloseTo(expected[i], 6);
  }
});

describe('the form', () => {
  it('has the options that the command line has, with their defaults', () => {
    const { choice, options, algorithms, tasks } = catalogueOf({
      env: 'reach',
      arm: 'ur5e',
      algorithm: 'trpo',
      seed: 4,
    });
    expect(choice).toMatchObject({ env: 'reach', arm: 'ur5e', algorithm: 'trpo', seed: 4 });
    const config = configureTraining({ env: 'reach', arm: 'ur5e', algorithm: 'trpo' });
    expect(Object.fromEntries(options.map(({ name, default: usual }) => [name, usual]))).toEqual(config.options);
    expect(choice.steps).toBe(config.steps);
    expect(algorithms.map(({ name }) => name)).toEqual(Object.keys(builtIn.algorithms));
    expect(tasks.map(({ name }) => name)).toEqual(Object.keys(builtIn.tasks));
    expect(catalogueOf({ env: 'nothing', arm: 'none' }).choice).toMatchObject({
      env: 'panda-reach-joints',
      arm: 'panda',
    });
  });
});

describe("the form's options of a task", () => {
  it('are those of a new run, and what else is asked for follows from them', () => {
    const push = catalogueOf({ env: 'panda-push' });
    const usual = Object.fromEntries(push.envOptions.map(({ name, default: value }) => [name, value]));
    expect(usual).toEqual(configureNewTraining({ env: 'panda-push' }).env.options);
    const wide = catalogueOf({ env: 'reach', envOptions: { region: 'all' } });
    const config = configureNewTraining({ env: 'reach', envOptions: { region: 'all' } });
    expect(Object.fromEntries(wide.options.map(({ name, default: value }) => [name, value]))).toEqual(config.options);
    expect(wide.choice).toMatchObject({ steps: config.steps, envOptions: { region: 'all' } });
    // They are of a task that is there.
    expect(catalogueOf({ env: 'nothing', envOptions: { region: 'all' } }).choice.envOptions).toEqual({});
  });

  it('leave what was asked for as it is, but for what another algorithm does not have', () => {
    const { choice, hasUsualSteps } = catalogueOf({
      ...{ env: 'reach', algorithm: 'trpo', steps: 5000 },
      options: { learningRate: 0.1, gamma: 0.5 },
    });
    expect(choice).toMatchObject({ steps: 5000, options: { gamma: 0.5 } });
    expect(Object.keys(choice.options)).toEqual(['gamma']);
    expect([hasUsualSteps, catalogueOf({ env: 'reach' }).hasUsualSteps]).toEqual([false, true]);
  });
});

describe('a policy that cannot act in the page', () => {
  /** The policy with something else in its metadata. */
  async function changed(change: (config: Record<string, unknown>) => unknown, version = policyFormat.version) {
    const bytes = await encodePolicy(learnerOf(configureTraining({ env: 'panda-reach' })));
    const { tensors, metadata } = decodeSafetensors(bytes, 'policy');
    const { format: _, version: __, checksum: ___, ...rest } = metadata;
    const { config: before, ...others } = rest;
    const config = change(JSON.parse(before));
    const metadataNow = { ...others, ...(config !== undefined && { config: JSON.stringify(config) }) };
    return encodeSealed({ ...policyFormat, version }, tensors, metadataNow);
  }
  const refusal = async (bytes: Promise<Uint8Array>) => openPolicy(await bytes, 'policy').then(() => 'opened', String);
  const module = { path: 'touch.ts', files: {}, packages: {} };

  it('is refused in words', async () => {
    expect(await refusal(changed((config) => config))).toBe('opened');
    expect(await refusal(changed((config) => config, 9))).toMatch(/A later version of Armature wrote it \(9;/);
    const env = (more: object) => (config: Record<string, unknown>) => ({
      ...config,
      env: { ...(config.env as object), ...more },
    });
    expect(await refusal(changed(env({ env: 'juggle' })))).toMatch(
      /Its task “juggle” is not among those of this version/,
    );
    expect(await refusal(changed(env({ modules: { task: module } })))).toMatch(/Its task is defined in a module/);
    expect(await refusal(changed((config) => ({ ...config, modules: { algorithm: module } })))).toMatch(
      /Its algorithm is/,
    );
    expect(await refusal(changed(() => null))).toMatch(/^FileError: policy.*config.*expected.*found null/s);
    expect(await refusal(changed(() => ({ seed: 1 })))).toMatch(/^FileError: policy.*config.env.*expected/s);
    expect(await refusal(changed(() => undefined))).toMatch(/^FileError: policy.*config.*expected JSON/s);
  });
});

it.each([0, Number.NaN, 1e-3, 0.6, 18, 180, 5000])('has sliders for what is simulated, of an arm of %d kg', (mass) => {
  for (const field of disturbedDynamics) {
    const range = rangeOf(field, { mass });
    if (field.name === 'endless') expect(range).toBeNull();
    else expect(range?.high).toBeLessThanOrEqual(field.high);
    if (!range) continue;
    expect(range.step).toBeGreaterThan(0);
    expect(range.high).toBeGreaterThanOrEqual(range.step);
  }
});

it('tells of the space that an arm moves in', () => {
  const { opened, player }: { opened: Opened; player: { close(): void } } = played('panda-reach-joints', 'panda', 0);
  expect(opened.goals?.low.every((x, i) => x < (opened.goals?.high[i] ?? 0))).toBe(true);
  expect(opened.samples.length).toBe(24);
  const goalsOf = ({ params }: Trajectory) => String(params.slice(0, 3));
  expect(new Set(opened.samples.map(goalsOf)).size).toBe(24);
  // No step of the simulation is waited for.
  for (const { steps, pose } of opened.samples) {
    expect(steps).toBe(1);
    expect(Array.from(pose.slice(pose.length / 2))).toEqual(Array.from(pose.slice(0, pose.length / 2)));
  }
  expect(opened.dynamics.map(({ name }) => name)).toEqual(['gravity', 'payload', 'strength', 'noise', 'delay']);
  player.close();
});
