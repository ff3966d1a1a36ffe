import { identity } from '../../envs/math/rotation.ts';
import { type Arm, sceneOf } from '../../envs/model/types.ts';
import type { Recording } from '../../envs/recording/header.ts';
import type { EnvSpec } from '../../envs/spec.ts';
import { noContacts, noJoints, type Trajectory } from '../../envs/trajectory.ts';

/** Lengths of the two links, m. */
const upper = 0.3;
const lower = 0.25;
const height = 0.1;

const spec: EnvSpec = {
  name: 'sample-reach',
  obs: [
    { name: 'angles', size: 2, unit: 'rad', description: 'joint angles' },
    { name: 'goal', size: 3, unit: 'm', description: 'goal in the world' },
  ],
  act: [{ name: 'step', size: 2, unit: '', low: -1, high: 1, description: 'step of the joint angles' }],
  terms: ['distance', 'effort'],
  params: [{ name: 'goal', size: 3, unit: 'm', description: 'where the tip is to be' }],
  paramsMove: false,
  markers: [{ param: 'goal', radius: 0.05 }],
  dynamics: [],
  controller: { kind: 'joint-step', scale: 0.05, unit: 'rad' },
  hasSuccess: true,
  bodies: ['upper', 'lower'],
  dt: 0.04,
  horizon: 50,
};

const axis = [0, 0, 1] as const;
const at = (x: number, z: number) => ({ position: [x, 0, z] as const, rotation: identity });

const arm: Arm = {
  name: 'two-link',
  description: 'two links that turn about the vertical',
  bodies: [
    {
      name: 'base',
      colliders: [],
      visuals: [{ kind: 'cylinder', from: [0, 0, 0], to: [0, 0, height], radius: 0.06, part: 'base' }],
    },
    {
      name: 'upper',
      colliders: [],
      visuals: [{ kind: 'capsule', from: [0, 0, 0], to: [upper, 0, 0], radius: 0.04, part: 'link' }],
    },
    {
      name: 'lower',
      colliders: [],
      visuals: [
        { kind: 'sphere', center: [0, 0, 0], radius: 0.045, part: 'joint' },
        { kind: 'box', center: [lower / 2, 0, 0], size: [lower, 0.05, 0.05], part: 'hand' },
      ],
    },
  ],
  joints: [
    { name: 'q1', kind: 'continuous', parent: 'base', child: 'upper', frame: at(0, height), axis },
    { name: 'q2', kind: 'revolute', parent: 'upper', child: 'lower', frame: at(upper, 0), axis, low: -3, high: 3 },
  ],
  sites: [{ name: 'tip', body: 'lower', frame: at(lower, 0) }],
  home: [0, 0],
  tip: 'tip',
};

const scene = sceneOf(arm, at(0, 0), 9.81);

/** A synthetic recording of a two-link arm that sweeps to its goal, one episode for each length. */
export function sampleRecording(lengths: readonly number[] = [3, 2]): Recording {
  return {
    header: {
      env: { env: 'sample-reach', arm: 'two-link', options: { reward: 'dense', termination: true } },
      spec,
      scene,
      gamma: 0.9,
      lambda: 1,
      policy: { name: 'sample', kind: 'gaussian', trainedSteps: 1000 },
    },
    episodes: lengths.map(episode),
  };
}

function episode(steps: number, e: number): Trajectory {
  const end: readonly [number, number] = [0.9 - 0.5 * e, 0.6 + 0.2 * e];
  const start: readonly [number, number] = [-0.8, 0.4];
  const goal = Float32Array.from(tip(end));
  const states = Array.from({ length: steps + 1 }, (_, t) => {
    const s = t / steps;
    return [0, 1].map((j) => start[j] + (end[j] - start[j]) * s * (2 - s));
  });
  const before = states.slice(0, steps);
  const mean = before.flatMap((_, t) => [Math.sin(t / 3), 0.5 - t / steps]);
  const terms = before.flatMap((q) => [-Math.hypot(...tip(q).map((x, i) => x - goal[i])), -0.001]);
  return {
    seed: 2 ** 53 - 1 - e,
    steps,
    params: goal,
    ...noJoints,
    ...noContacts,
    dynamics: new Float32Array(),
    obs: Float32Array.from(states.flatMap((q) => [...q, ...goal])),
    act: Float32Array.from(mean, (m, i) => m + 0.2 * Math.cos(5 * i)),
    unsquashed: new Float32Array(),
    logp: Float64Array.from(before, (_, t) => -1 - t / 10),
    reward: Float64Array.from(before, (_, t) => terms[2 * t] + terms[2 * t + 1]),
    terms: Float64Array.from(terms),
    pose: Float32Array.from(states.flatMap(pose)),
    mean: Float64Array.from(mean),
    scale: Float64Array.from(mean, (_, i) => 0.3 + 0.1 * (i % 2)),
    value: new Float64Array(steps + 1).fill(Number.NaN),
    success: e % 2 === 0,
    end: e % 2 === 0 ? 'terminated' : 'truncated',
  };
}

function tip([a, b]: readonly number[]): number[] {
  return [upper * Math.cos(a) + lower * Math.cos(a + b), upper * Math.sin(a) + lower * Math.sin(a + b), height];
}

function pose([a, b]: readonly number[]): number[] {
  const about = (angle: number) => [0, 0, Math.sin(angle / 2), Math.cos(angle / 2)];
  return [0, 0, height, ...about(a), upper * Math.cos(a), upper * Math.sin(a), height, ...about(a + b)];
}
