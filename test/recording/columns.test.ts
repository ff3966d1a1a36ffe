import { beforeAll, describe, expect, it } from 'vitest';
import { planar } from '../../envs/arms/planar.ts';
import { jointStep } from '../../envs/control/joint-step.ts';
import type { Env } from '../../envs/env.ts';
import { stream } from '../../envs/math/random.ts';
import { distance, identity } from '../../envs/math/rotation.ts';
import { sceneOf } from '../../envs/model/types.ts';
import type { Recording } from '../../envs/recording/header.ts';
import { decodeRecording, encodeRecording } from '../../envs/recording/recording.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { decodeSafetensors } from '../../envs/recording/safetensors.ts';
import { createEnv } from '../../envs/sim/env.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import type { Task } from '../../envs/task.ts';
import {
  columnNames,
  columnOf,
  columns,
  columnsOf,
  lengthOf,
  type Sizes,
  sizesOf,
  type Trajectory,
} from '../../envs/trajectory.ts';
import type { Actor } from '../../src/policy/actor.ts';
import { collect } from '../../src/rollout/collect.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { pack, unpack } from '../../src/rollout/workers/transfer.ts';
import { summarize } from '../../src/train/evaluate.ts';

beforeAll(loadPhysics);

const scene = sceneOf(planar, { position: [0, 0, 0.01], rotation: identity }, 9.81);

/** Joint angles are observed, and moving about costs; nothing is to be reached. */
const aimless: Task = {
  name: 'aimless',
  scene,
  physics: { dt: 0.04, substeps: 1, solverIterations: 4, internalIterations: 8, gravityCompensation: true },
  controller: jointStep(planar, 0.05),
  obs: [{ name: 'q', size: 2, unit: 'rad', description: '' }],
  terms: ['effort', 'speed'],
  params: [],
  markers: [],
  horizon: 9,
  reset(random, { q }) {
    q[0] = random.between(-1, 1);
  },
  observe: ({ q }, _, out) => out.set(q),
  reward({ dq }, _, action, terms) {
    terms[0] = -Math.abs(action[0]);
    terms[1] = -Math.abs(dq[1]);
  },
};

/** The parameters after t steps: the angle that the goal goes round in a step, and where it is [4]. */
function goalAt(seed: number, t: number): number[] {
  const random = stream(seed, 'noise');
  const [speed, angle] = [random.between(0.1, 0.4), random.between(-3, 3)];
  return [speed, 0.15 * Math.cos(angle + speed * t), 0.15 * Math.sin(angle + speed * t), 0.01];
}

/** A goal goes round the arm; the episode ends where the tip is near it. */
const moving: Task = {
  ...aimless,
  name: 'moving',
  obs: [...aimless.obs, { name: 'goal', size: 3, unit: 'm', description: '' }],
  params: [
    { name: 'speed', size: 1, unit: 'rad', description: '' },
    { name: 'goal', size: 3, unit: 'm', description: '' },
  ],
  markers: [{ param: 'goal', radius: 0.08 }],
  // Where the goal begins is the same in every episode.
  reset: (random, start, params) => {
    aimless.reset(random, start, params);
    params.set([0, 0.1, 0, 0.01]);
  },
  move: (seed, t, params) => params.set(goalAt(seed, t)),
  observe({ q }, params, out) {
    out.set(q);
    out.set(params.subarray(1), 2);
  },
  success: (state, params) => distance(state.site('tip').position, params.subarray(1)) < 0.08,
  terminated: (state, params) => distance(state.site('tip').position, params.subarray(1)) < 0.08,
};

const seedOf = (episode: number) => 2 ** 52 + 7 * episode;
const plan = { seedOf, until: { episodes: 12 }, slots: 5, deterministic: false };

/** The random actor, with the numbers of a Cholesky factor for its scale. */
function correlated(env: Env): Actor {
  const actor = randomActor(env);
  const factor = [0.8, 0, 0.3, 0.7];
  return {
    scaleSize: 4,
    squashed: false,
    forward: (obs, n) => ({
      ...actor.forward(obs, n),
      scale: Float64Array.from({ length: 4 * n }, (_, k) => factor[k % 4]),
    }),
  };
}

function recordingOf({ config, spec, scene }: Env, episodes: readonly Trajectory[]): Recording {
  const policy = { name: 'random', kind: 'controller', trainedSteps: 0 };
  return { header: { env: config, spec, scene, gamma: 0.9, lambda: 0.95, policy }, episodes };
}

const lengthsOf = (one: Trajectory) => Object.fromEntries(columnNames.map((name) => [name, one[name].length]));

describe('columns', () => {
  const sizes: Sizes = {
    obs: 5,
    act: 2,
    terms: 3,
    params: 4,
    paramsMove: false,
    dynamics: 6,
    bodies: 7,
    scale: 2,
    unsquashed: 0,
  };

  it('have as many numbers as their shapes say', () => {
    const lengths = (more: Partial<Sizes> = {}) =>
      Object.fromEntries(columnsOf({ ...sizes, ...more }).map((column) => [column.name, lengthOf(column, 10)]));
    const still = {
      obs: 11 * 5,
      act: 10 * 2,
      unsquashed: 0,
      logp: 10,
      reward: 10,
      terms: 10 * 3,
      pose: 11 * 7 * 7,
      q: 0,
      dq: 0,
      contact_count: 0,
      contacts: 0,
      params: 4,
      dynamics: 6,
      mean: 10 * 2,
      scale: 10 * 2,
      value: 11,
    };
    expect(lengths()).toEqual(still);
    expect(lengths({ paramsMove: true })).toEqual({ ...still, params: 11 * 4 });
    expect(lengths({ scale: 4 })).toEqual({ ...still, scale: 10 * 4 });
    expect(lengths({ joints: 3 })).toEqual({ ...still, q: 11 * 3, dq: 11 * 3 });
    expect(lengths({ unsquashed: 2 })).toEqual({ ...still, unsquashed: 10 * 2 });
    const touching = columnsOf({ ...sizes, hasContacts: true }).map((column) => [column.name, lengthOf(column, 10, 9)]);
    expect(Object.fromEntries(touching)).toEqual({ ...still, contact_count: 11, contacts: 9 * 8 });
    expect(lengths({ params: 0, dynamics: 0 })).toEqual({ ...still, params: 0, dynamics: 0 });
  });

  it('are named in one order, and looked up one by one as all at once', () => {
    expect(columnNames).toEqual(Object.keys(columns));
    expect(columnsOf(sizes)).toEqual(columnNames.map((name) => columnOf(name, sizes)));
    expect(columnOf('scale', { ...sizes, scale: 4 }).shape).toEqual([2, 2]);
    expect(columnOf('pose', sizes).shape).toEqual([7, 7]);
    expect(columnOf('logp', sizes)).toMatchObject({ shape: [], width: 1, per: 'step', dtype: 'F64' });
  });
});

const worlds = {
  'whose parameters move': { task: moving, params: (steps: number) => (steps + 1) * 4 },
  'without parameters or success': { task: aimless, params: () => 0 },
  'whose parameters stand still': { task: { ...moving, move: undefined }, params: () => 4 },
};

describe.each(Object.entries(worlds))('episodes of an environment %s', (_, { task, params }) => {
  const env = createEnv(task);
  const run = (actor = randomActor(env), slots = 5) => collect(env, actor, { ...plan, slots });

  it('are recorded with every column that the spec asks for, in any number of slots', () => {
    const episodes = run();
    expect(env.spec.paramsMove).toBe(task.move !== undefined);
    expect(env.spec.hasSuccess).toBe(task.success !== undefined);
    for (const one of episodes) {
      const expected = columnsOf(sizesOf(env.spec, { scaleSize: 2, squashed: false })).map((column) => [
        column.name,
        lengthOf(column, one.steps),
      ]);
      expect(lengthsOf(one)).toEqual(Object.fromEntries(expected));
      expect(one.params).toHaveLength(params(one.steps));
      expect(one.dynamics).toHaveLength(0);
    }
    for (const slots of [1, 12]) expect(run(randomActor(env), slots)).toEqual(episodes);
    if (task.success) expect(new Set(episodes.map(({ steps }) => steps)).size).toBeGreaterThan(1);
    else expect(episodes.every(({ success, end }) => !success && end === 'truncated')).toBe(true);
    const { successRate } = summarize(env, episodes);
    if (task.success) expect(successRate).toBeGreaterThan(0);
    else expect(successRate).toBeNull();
  });

  it.each(['diagonal', 'correlated'])(
    'cross to another thread and into a file and back as they were (%s)',
    async (kind) => {
      const actor = kind === 'diagonal' ? randomActor(env) : correlated(env);
      const episodes = run(actor);
      const indexed = episodes.map((trajectory, k) => ({ episode: 3 * k, trajectory }));
      const packed = pack(indexed, env.spec, actor);
      expect(unpack(structuredClone(packed), env.spec)).toEqual(indexed);
      const recording = recordingOf(env, episodes);
      const bytes = await encodeRecording(recording);
      const decoded = await decodeRecording(bytes, 'file');
      expect(decoded).toEqual(recording);
      expect(await encodeRecording(decoded)).toEqual(bytes);
      expect('params' in decodeSafetensors(bytes, 'file').tensors).toBe(task.params.length > 0);
      expect(findDifference(env, decoded)).toBeNull();
    },
  );
});

describe('parameters that move', () => {
  const env = createEnv(moving);
  const episodes = () => collect(env, randomActor(env), plan);

  it('are those of every state, and what the policy sees of them', () => {
    for (const { seed, steps, params, obs } of episodes()) {
      for (let t = 0; t <= steps; t++) {
        const row = Array.from(params.subarray(4 * t, 4 * t + 4));
        expect(row).toEqual((t ? goalAt(seed, t) : [0, 0.1, 0, 0.01]).map(Math.fround));
        expect(Array.from(obs.subarray(5 * t + 2, 5 * t + 5))).toEqual(row.slice(1));
      }
    }
  });

  it('differ where a recording has others, at the state that has them', () => {
    const recorded = episodes();
    const episode = recorded.findIndex(({ steps }) => steps > 4);
    const params = recorded[episode].params.slice();
    params[4 * 3 + 1] += 1e-6;
    const altered = recordingOf(env, recorded.with(episode, { ...recorded[episode], params }));
    const expected = String(params[4 * 3 + 1]);
    expect(findDifference(env, altered)).toMatchObject({ episode, step: 3, field: 'params[1]', expected });
  });

  it('need a row for every state in a file', async () => {
    const [first] = episodes();
    const short = recordingOf(env, [{ ...first, params: first.params.subarray(4) }]);
    await expect(encodeRecording(short)).rejects.toThrow(
      `episode 0, params: expected ${4 * (first.steps + 1)} numbers, found ${4 * first.steps}`,
    );
  });
});
