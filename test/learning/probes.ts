import type { Env, EnvBatch } from '../../envs/env.ts';
import { type Random, stream } from '../../envs/math/random.ts';
import { identity } from '../../envs/math/rotation.ts';
import { type Arm, type Scene, sceneOf } from '../../envs/model/types.ts';
import type { EnvSpec } from '../../envs/spec.ts';
import { finalDistance } from '../../envs/tasks/final-distance.ts';

/** A world of one action, small enough that its values and best actions are known. */
export interface Probe {
  /** O */
  readonly obsSize: number;
  readonly horizon: number;
  /** s_0 [O], which is also what is observed. */
  start(random: Random): readonly number[];
  step(state: readonly number[], action: number, t: number): Outcome;
}

interface Outcome {
  readonly state: readonly number[];
  readonly reward: number;
  /** Ended by the task itself; at the horizon it is cut off. */
  readonly terminated: boolean;
}

const sign = (random: Random) => (random.uniform() < 0.5 ? -1 : 1);
const target = 0.5;

/** One thing more to get right in each, so that the first to fail says what is wrong. */
export const probes = {
  /** Reward 1 in a single step. */
  constant: {
    obsSize: 1,
    horizon: 1,
    start: () => [1],
    step: (state) => ({ state, reward: 1, terminated: true }),
  },
  /** The reward is what is observed. */
  observed: {
    obsSize: 1,
    horizon: 1,
    start: (random) => [sign(random)],
    step: (state) => ({ state, reward: state[0], terminated: true }),
  },
  /** Reward 1 in the third step, and the time is observed: V = gamma^2, gamma, 1. */
  delayed: {
    obsSize: 1,
    horizon: 3,
    start: () => [0],
    step: ([t]) => ({ state: [t + 1], reward: t === 2 ? 1 : 0, terminated: t === 2 }),
  },
  /** Best action 0.5, whatever is observed. */
  action: {
    obsSize: 1,
    horizon: 1,
    start: (random) => [sign(random)],
    step: (state, action) => ({ state, reward: -((action - target) ** 2), terminated: true }),
  },
  /** Best action half of what is observed. */
  product: {
    obsSize: 1,
    horizon: 1,
    start: (random) => [sign(random)],
    step: (state, action) => ({ state, reward: -((action - target * state[0]) ** 2), terminated: true }),
  },
} as const satisfies Record<string, Probe>;

/** Reward 1 in each of two steps that look alike, then the episode is cut off, or over. */
export function twoSteps(end: 'terminated' | 'truncated'): Probe {
  return {
    obsSize: 1,
    horizon: 2,
    start: () => [1],
    step: (state, _action, t) => ({ state, reward: 1, terminated: end === 'terminated' && t === 1 }),
  };
}

/** Episodes of 1 to 12 steps, drawn by their seed, or cut off after 9, in which a point is pushed about. */
export const randomLengths: Probe = {
  obsSize: 2,
  horizon: 9,
  start: (random) => [random.normal(), 1 + random.below(12)],
  step: ([x, left], action) => {
    const next = 0.9 * x + 0.1 * action;
    return { state: [next, left - 1], reward: -next * next, terminated: left === 1 };
  },
};

const place = { position: [0, 0, 0], rotation: identity } as const;
const arm: Arm = {
  name: 'none',
  description: '',
  bodies: [
    { name: 'base', colliders: [], visuals: [] },
    { name: 'body', colliders: [], visuals: [] },
  ],
  joints: [{ name: 'joint', kind: 'continuous', parent: 'base', child: 'body', frame: place, axis: [0, 0, 1] }],
  sites: [{ name: 'tip', body: 'body', frame: place }],
  home: [0],
  tip: 'tip',
};
const scene: Scene = sceneOf(arm, place, 0);

export interface ProbeEnv extends Env {
  /** Steps of all episodes so far. */
  readonly counted: { steps: number };
}

export function probeEnv(probe: Probe): ProbeEnv {
  const spec: EnvSpec = {
    name: 'probe',
    obs: [{ name: 'state', size: probe.obsSize, unit: '', description: '' }],
    act: [{ name: 'action', size: 1, unit: '', description: '' }],
    terms: ['reward'],
    params: [{ name: 'goal', size: 3, unit: 'm', description: '' }],
    paramsMove: false,
    markers: [{ param: 'goal' }],
    dynamics: [],
    controller: { kind: 'joint-step', scale: 1, unit: '' },
    hasSuccess: false,
    bodies: ['body'],
    dt: 1,
    horizon: probe.horizon,
  };
  const counted = { steps: 0 };
  const config = { env: 'probe', arm: 'none', options: {} };
  const metrics = [finalDistance(scene)];
  return { config, spec, scene, metrics, counted, open: (slots) => openBatch(probe, slots, counted) };
}

function openBatch(probe: Probe, slots: number, counted: { steps: number }): EnvBatch {
  const running: ({ state: readonly number[]; t: number } | null)[] = new Array(slots).fill(null);
  const batch = {
    slots,
    obs: new Float32Array(slots * probe.obsSize),
    reward: new Float64Array(slots),
    terms: new Float64Array(slots),
    discount: new Float64Array(slots).fill(1),
    last: new Uint8Array(slots),
    success: new Uint8Array(slots),
    fault: new Uint8Array(slots),
    params: new Float32Array(slots * 3),
    dynamics: new Float32Array(),
    pose: new Float32Array(slots * 7),
  };
  const show = (slot: number, state: readonly number[]) => {
    batch.obs.set(state, slot * probe.obsSize);
    batch.pose.set([state[0], 0, 0, 0, 0, 0, 1], slot * 7);
  };
  return {
    ...batch,
    start(slot, seed) {
      const state = probe.start(stream(seed, 'start'));
      running[slot] = { state, t: 0 };
      batch.reward[slot] = 0;
      batch.discount[slot] = 1;
      batch.last[slot] = 0;
      show(slot, state);
    },
    step(act) {
      running.forEach((episode, slot) => {
        if (!episode) return;
        counted.steps++;
        const { state, reward, terminated } = probe.step(episode.state, act[slot], episode.t);
        const t = episode.t + 1;
        const last = terminated || t === probe.horizon;
        running[slot] = last ? null : { state, t };
        batch.reward[slot] = reward;
        batch.terms[slot] = reward;
        batch.discount[slot] = terminated ? 0 : 1;
        batch.last[slot] = last ? 1 : 0;
        show(slot, state);
      });
    },
    close() {},
  };
}
