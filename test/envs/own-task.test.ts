import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { jointStep } from '../../envs/control/joint-step.ts';
import { endOf } from '../../envs/env.ts';
import { stream } from '../../envs/math/random.ts';
import { decodeRecording, encodeRecording } from '../../envs/recording/recording.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { createEnv } from '../../envs/sim/env.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { offsetOf } from '../../envs/spec.ts';
import type { Task } from '../../envs/task.ts';
import { finalDistance } from '../../envs/tasks/final-distance.ts';
import { columnNames } from '../../envs/trajectory.ts';
import { collect } from '../../src/rollout/collect.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { play, slots, testContract } from './contract.ts';
import { distance, reachPhysics, reachScene, recorded, vec3 } from './support.ts';

beforeAll(loadPhysics);

const { planar } = arms;
const scene = reachScene(planar);
const point = (name: string) => ({ name, size: 3, unit: 'm', description: name });
const params = [point('prey'), point('trap')];
const [prey, trap] = [offsetOf(params, 'prey'), offsetOf(params, 'trap')];
const trapRadius = 0.06;

/** Where the prey of an episode is at a step, m. */
function preyAt(seed: number, t: number): [number, number, number] {
  const angle = (seed % 7) + 0.2 * t;
  return [0.15 * Math.cos(angle), 0.15 * Math.sin(angle), 0.01];
}

/** Follow a prey that runs in a circle, and keep out of the trap that stands still: it ends the episode. */
const chase: Task = {
  name: 'chase',
  scene,
  physics: reachPhysics(planar),
  controller: jointStep(planar, 0.1),
  obs: [
    point('tip'),
    { name: 'q', size: 2, unit: 'rad', description: 'joint angles' },
    { name: 'previous', size: 2, unit: '1', description: 'the action before' },
    { name: 'time', size: 1, unit: 'steps', low: 0, high: 25, description: 'steps so far' },
    point('prey'),
  ],
  terms: ['near', 'effort', 'trapped'],
  params,
  markers: [
    { param: 'prey', radius: 0.02 },
    { param: 'trap', radius: trapRadius },
  ],
  horizon: 25,
  metrics: [
    {
      name: 'closest',
      label: 'closest',
      unit: 'm',
      description: 'least distance to the prey',
      of: ({ obs, steps }) => {
        const at = (t: number) => distance(obs.subarray(t * 11, t * 11 + 3), obs.subarray(t * 11 + 8, t * 11 + 11));
        return Math.min(...Array.from({ length: steps }, (_, t) => at(t + 1)));
      },
    },
  ],
  reset(random, start, out) {
    start.q[1] = random.between(0.5, 2);
    // The prey's first place is the stream's, the others the seed's.
    out.set([random.between(-0.1, 0.1), 0.1, 0.01], prey);
    out.set([random.between(0.1, 0.2), random.between(-0.1, 0.1), 0.01], trap);
  },
  move(seed, t, out) {
    out.set(preyAt(seed, t), prey);
  },
  observe(state, own, out) {
    out.set(state.site('tip').position, 0);
    out.set(state.q, 3);
    out.set(state.previousAction, 5);
    out[7] = state.t;
    out.set(own.subarray(prey, prey + 3), 8);
  },
  reward(state, own, action, terms) {
    terms[0] = -distance(state.site('tip').position, own.subarray(prey));
    terms[1] = -0.01 * (action[0] ** 2 + action[1] ** 2);
    terms[2] = distance(state.site('tip').position, own.subarray(trap)) < trapRadius ? -1 : 0;
  },
  terminated: (state, own) => distance(state.site('tip').position, own.subarray(trap)) < trapRadius,
};

const env = createEnv(chase);

describe("a task of one's own", () => {
  testContract(env, createEnv({ ...chase, horizon: 2 }));

  test('is described by what it says, and by its name where no configuration made it', () => {
    expect(env.config).toEqual({ env: 'chase', arm: 'planar', options: {} });
    expect(createEnv(chase, { env: 'mine', arm: 'planar', options: { far: true } }).config.env).toBe('mine');
    expect(env.scene).toBe(scene);
    expect(env.spec).toMatchObject({
      name: 'chase',
      terms: chase.terms,
      params,
      paramsMove: true,
      markers: chase.markers,
      dynamics: [],
      controller: { kind: 'joint-step', scale: 0.1, unit: 'rad' },
      hasSuccess: false,
      bodies: ['link1', 'link2'],
      dt: 0.04,
    });
    expect(createEnv({ ...chase, metrics: undefined }).metrics).toEqual([]);
    expect(createEnv({ ...chase, move: undefined }).spec.paramsMove).toBe(false);
    expect(createEnv({ ...chase, success: () => true }).spec.hasSuccess).toBe(true);
  });

  test('moves its parameters as it says, before the reward and the observation see them', () => {
    const ended = new Set<number>();
    const first: number[][] = [];
    play(env, (batch, t) => {
      for (let slot = 0; slot < slots; slot++) {
        const own = batch.params.subarray(slot * 6, slot * 6 + 6);
        const obs = batch.obs.subarray(slot * 11, slot * 11 + 11);
        if (ended.has(slot)) continue;
        if (t === 0) first.push(Array.from(own));
        else expect(vec3(own)).toEqual(preyAt(1000 + slot, t).map(Math.fround));
        expect(Array.from(own.subarray(trap))).toEqual(first[slot].slice(trap));
        expect(vec3(obs, 8)).toEqual(vec3(own));
        expect(obs[7]).toBe(t);
        if (t > 0) expect(batch.terms[slot * 3]).toBeCloseTo(-distance(obs, own), 6);
        if (batch.last[slot]) ended.add(slot);
      }
    });
    expect(new Set(first.map(String)).size).toBe(slots);
  });

  test('sees the action before, clipped, and none at the start', () => {
    const batch = env.open(1);
    batch.start(0, 3);
    expect(vec3(batch.obs, 5).slice(0, 2)).toEqual([0, 0]);
    batch.step(Float32Array.of(0.25, -3));
    expect(vec3(batch.obs, 5).slice(0, 2)).toEqual([0.25, -1]);
    expect(batch.terms[1]).toBeCloseTo(-0.01 * (0.0625 + 1), 12);
    batch.start(0, 4);
    expect(vec3(batch.obs, 5)).toEqual([0, 0, 0]);
    batch.close();
  });

  test('is rewarded by the action and the one before it, of which there is none at the start', () => {
    const rewarded: number[][] = [];
    const changes: Task = {
      ...chase,
      reward(state, own, action, terms) {
        chase.reward(state, own, action, terms);
        rewarded.push([...state.actionBefore, ...state.previousAction, ...action]);
      },
    };
    const batch = createEnv(changes).open(1);
    batch.start(0, 3);
    batch.step(Float32Array.of(0.25, -3));
    batch.step(Float32Array.of(0.5, 0.75));
    batch.start(0, 3);
    batch.step(Float32Array.of(-1, 1));
    batch.close();
    expect(rewarded).toEqual([
      [0, 0, 0.25, -1, 0.25, -1],
      [0.25, -1, 0.5, 0.75, 0.5, 0.75],
      [0, 0, -1, 1, -1, 1],
    ]);
  });

  test('expects of a marker that is turned a quaternion among its parameters', () => {
    const turned = { ...chase, markers: [{ param: 'prey', rotation: 'trap' }] };
    expect(() => createEnv(turned)).toThrow(
      `task chase: a marker's rotation expects "trap" among the parameters of size 4, found: none`,
    );
  });

  test('expects of names that head columns of a table that they leave it one', () => {
    const listed = { ...chase, terms: ['near', 'effort, squared', 'trapped'] };
    expect(() => createEnv(listed)).toThrow(/^task chase: terms.*commas.*effort, squared/);
    const metric = { name: 'two\nlines', label: 'two', unit: '', description: '', of: () => 0 };
    expect(() => createEnv({ ...chase, metrics: [metric] })).toThrow(/^task chase: metrics.*commas/);
  });

  test('terminates by its own rule, which is no success', () => {
    let terminated = 0;
    play(env, (batch, t) => {
      for (let slot = 0; slot < slots && t > 0; slot++) {
        expect(batch.success[slot]).toBe(0);
        expect(batch.discount[slot]).toBe(batch.terms[slot * 3 + 2] === -1 ? 0 : 1);
        if (batch.discount[slot] === 0) {
          expect(batch.last[slot]).toBe(1);
          expect(endOf(batch, slot)).toBe('terminated');
          terminated++;
        } else if (batch.last[slot]) expect(endOf(batch, slot)).toBe('truncated');
      }
    });
    expect(terminated).toBeGreaterThan(0);
  });

  test('succeeds without an end where it says so', () => {
    const reached = createEnv({ ...chase, terminated: undefined, success: ({ t }) => t === 2 });
    const batch = reached.open(1);
    batch.start(0, 1);
    const seen = Array.from({ length: 3 }, () => {
      batch.step(new Float32Array(2));
      return [batch.success[0], batch.last[0], batch.discount[0]];
    });
    batch.close();
    expect(seen).toEqual([
      [0, 0, 1],
      [1, 0, 1],
      [0, 0, 1],
    ]);
  });

  test('starts where it says, and at home where it says nothing', () => {
    const batch = createEnv({ ...chase, reset: () => {} }).open(1);
    batch.start(0, 1);
    expect(vec3(batch.obs, 3).slice(0, 2)).toEqual(planar.home.map((angle) => expect.closeTo(angle, 6)));
    // What a reset leaves out is zero, whatever the slot's episode before came to.
    batch.step(new Float32Array(2));
    expect(batch.params.some((value) => value !== 0)).toBe(true);
    batch.start(0, 2);
    expect(batch.params.every((value) => value === 0)).toBe(true);
    batch.close();
    const own = env.open(1);
    own.start(0, 11);
    const none = { pose: new Float64Array(0), velocity: new Float64Array(0) };
    const start = { q: Float64Array.from(planar.home), dq: new Float64Array(2), ...none };
    chase.reset(stream(11, 'start'), start, new Float32Array(6));
    expect(own.obs[4]).toBeCloseTo(start.q[1], 6);
    own.close();
  });

  describe('recorded', () => {
    const plan = { seedOf: (k: number) => 50 + k, until: { episodes: 12 }, slots: 5, deterministic: false };
    const record = () => recorded(env, randomActor(env), plan);

    test('keeps the parameters of every state', () => {
      for (const { params: kept, seed, steps, success, end } of record().episodes) {
        expect(kept).toHaveLength((steps + 1) * 6);
        for (let t = 1; t <= steps; t++) expect(vec3(kept, t * 6)).toEqual(preyAt(seed, t).map(Math.fround));
        expect(success).toBe(false);
        expect(end).toBe(steps < 25 ? 'terminated' : 'truncated');
      }
    });

    test('is simulated again to the bit, and a moved parameter that differs is found', () => {
      const recording = record();
      expect(findDifference(env, recording)).toBeNull();
      const episodes = recording.episodes.map((episode, e) => {
        if (e !== 4) return episode;
        const changed = episode.params.slice();
        changed[3 * 6 + 1] += 1e-3;
        return { ...episode, params: changed };
      });
      const found = findDifference(env, { ...recording, episodes });
      expect(found).toMatchObject({ episode: 4, step: 3, field: 'params[1]' });
    });

    test('comes back from a file with the same numbers', async () => {
      const recording = record();
      const { header, episodes } = await decodeRecording(await encodeRecording(recording), 'chase.safetensors');
      expect(header).toEqual(JSON.parse(JSON.stringify(recording.header)));
      for (const [e, episode] of episodes.entries()) {
        for (const name of columnNames) expect(episode[name], `${name} of ${e}`).toEqual(recording.episodes[e][name]);
      }
      expect(findDifference(env, { header, episodes })).toBeNull();
    });

    test('has the figures of its own metrics', () => {
      const [closest] = env.metrics;
      for (const episode of record().episodes) {
        const best = Math.max(...Array.from({ length: episode.steps }, (_, t) => episode.terms[3 * t]));
        expect(closest.of(episode)).toBeCloseTo(-best, 6);
      }
    });
  });

  test('of one goal that moves has its distance to where the goal was at the end', () => {
    const simple: Task = {
      ...chase,
      params: [point('prey')],
      markers: [],
      terminated: undefined,
      metrics: [finalDistance(scene)],
      terms: ['near'],
      reset: (_, __, out) => out.set(preyAt(0, 0)),
      reward: (state, own, _, terms) => {
        terms[0] = -distance(state.site('tip').position, own);
      },
    };
    const one = createEnv(simple);
    const plan = { seedOf: (episode: number) => episode, until: { episodes: 3 }, deterministic: false };
    for (const episode of collect(one, randomActor(one), plan)) {
      expect(one.metrics[0].of(episode)).toBeCloseTo(-episode.terms[episode.steps - 1], 6);
    }
  });
});
