import { describe, expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { aboutAxis } from '../../envs/math/axis-angle.ts';
import { stream } from '../../envs/math/random.ts';
import { multiply } from '../../envs/math/rotation.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { followLeaders } from '../../envs/model/tree.ts';
import { type Arm, sceneOf } from '../../envs/model/types.ts';
import { scaleOf } from '../../envs/spec.ts';
import { makeEnv } from '../../envs/tasks/index.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { advantagesOf } from '../../src/estimators/advantages.ts';
import { advantages, derive } from '../../viewer/derive/episode.ts';
import {
  actionColumns,
  cholesky3,
  displacement,
  jointPositions,
  tipCovariance,
} from '../../viewer/derive/kinematics.ts';
import { actionAtSigma, actionScale, actorName, creditOf, entropy, originOf } from '../../viewer/derive/policy.ts';
import { allKinds, withSlowJoint } from '../envs/kinds.ts';
import { everyArm, openEnv, randomAngles, reachTaskOf } from '../envs/support.ts';
import { sampleRecording } from '../recording/sample.ts';

const envOf = (arm: Arm) => openEnv(reachTaskOf(arm), arm.name);
const postureOf = (arm: Arm, q: readonly number[]) => forwardKinematics(envOf(arm).scene.arm, q);
const poseOf = (arm: Arm, q: readonly number[]) =>
  postureOf(arm, q).bodies.flatMap(({ position, rotation }) => [...position, ...rotation]);
const tipOf = (arm: Arm, q: readonly number[]) => postureOf(arm, q).tip.position;

describe.each(everyArm.map((arm) => [arm.name, arm] as const))('on the %s', (_, arm) => {
  const random = stream(7, 'start');

  it('reads the joint angles back from the poses', () => {
    for (let i = 0; i < 20; i++) {
      const q = randomAngles(arm, random);
      const episode = { steps: 0, pose: poseOf(arm, q) } as unknown as Trajectory;
      const found = jointPositions(episode, envOf(arm).scene);
      q.forEach((angle, j) => {
        const { low = 0, high = 0 } = arm.joints[j];
        // A pose alone does not tell a whole turn within limits that are wider.
        const turns = high - low > 2 * Math.PI ? Math.round((found[j] - angle) / (2 * Math.PI)) : 0;
        expect(found[j] - 2 * Math.PI * turns).toBeCloseTo(angle, 6);
      });
    }
  });

  it('maps an action to where it moves the tip', () => {
    const { scene, spec } = envOf(arm);
    const h = 1e-5;
    const q = randomAngles(arm, random, 0.8);
    const columns = actionColumns(scene, spec.controller, poseOf(arm, q), tipOf(arm, q));
    for (const [j, column] of columns.entries()) {
      const moved = (by: number) =>
        tipOf(
          arm,
          q.map((angle, k) => (k === j ? angle + by : angle)),
        );
      for (let i = 0; i < 3; i++) {
        const slope = (moved(h)[i] - moved(-h)[i]) / (2 * h);
        expect(column[i]).toBeCloseTo(slope * scaleOf(spec.controller, j), 7);
      }
    }
  });
});

it('maps the actions of a slow joint to its own step', () => {
  const { scene, spec } = makeEnv('reach', { arm: withSlowJoint(arms.panda, 0) });
  const { bodies, tip: at } = forwardKinematics(scene.arm, scene.arm.model.home);
  const pose = bodies.flatMap(({ position, rotation }) => [...position, ...rotation]);
  const tip = at.position;
  const columns = actionColumns(scene, spec.controller, pose, tip);
  const { scales: _, ...even } = spec.controller;
  const wide = actionColumns(scene, even, pose, tip);
  columns.forEach((column, j) => {
    for (let i = 0; i < 3; i++)
      expect(column[i]).toBeCloseTo((wide[j][i] * scaleOf(spec.controller, j)) / even.scale, 12);
  });
  expect(scaleOf(spec.controller, 0)).toBeCloseTo(0.14 * even.scale, 12);
});

describe('a goal that is a pose', () => {
  const { config, spec, scene } = openEnv('reach-pose', 'panda');
  const policy = { name: 'none', kind: 'none', trainedSteps: 0 };
  const header = { env: config, spec, scene, gamma: 1, lambda: 1, policy };
  const { tip, bodies } = forwardKinematics(scene.arm, scene.arm.model.home);
  const pose = bodies.flatMap(({ position, rotation }) => [...position, ...rotation]);
  /** Goals at the tip but for a turn about z, rad, and a way along x, m, in each of three states. */
  const goals = [
    { turn: 0.5, away: 0 },
    { turn: -0.09, away: 0.01 },
    { turn: 0, away: 0.1 },
  ];
  const params = goals.flatMap(({ turn, away }) => [
    tip.position[0] + away,
    ...tip.position.slice(1),
    ...multiply(aboutAxis([0, 0, 1], turn), tip.rotation),
  ]);
  const episode = {
    steps: 2,
    reward: new Float64Array(2),
    pose: Float32Array.from([...pose, ...pose, ...pose]),
    params: Float32Array.from(params),
  } as unknown as Trajectory;

  it('is reached where both the place and the turn are, of the state itself', () => {
    const { turn, distance, within, reachedAt } = derive(episode, header);
    for (const [t, goal] of goals.entries()) {
      expect(turn[t]).toBeCloseTo(Math.abs(goal.turn), 4);
      expect(distance[t]).toBeCloseTo(goal.away, 6);
    }
    expect([...within]).toEqual([0, 1, 0]);
    expect(reachedAt).toBe(1);
  });
});

describe('on an arm of every kind of joint', () => {
  const scene = sceneOf(allKinds);
  const poses = (q: readonly number[]) =>
    forwardKinematics(scene.arm, q).bodies.flatMap(({ position, rotation }) => [...position, ...rotation]);
  const positionsOf = (path: readonly (readonly number[])[]) =>
    jointPositions({ steps: path.length - 1, pose: Float32Array.from(path.flatMap(poses)) }, scene);

  it('reads positions back along an episode, turns counted', () => {
    const path = Array.from({ length: 40 }, (_, t) => [0.5 * t, -6 + 0.3 * t, 0.4 - 0.01 * t, 0.1]);
    const found = positionsOf(path);
    for (const [k, value] of path.flat().entries()) expect(found[k]).toBeCloseTo(value, 5);
  });

  it('takes, of the turns that a pose leaves open, those that the limits allow', () => {
    // From 5.9 down to -1.1: as -0.4 to -7.4 it would pass the lower limit.
    const path = Array.from({ length: 36 }, (_, t) => [0, 5.9 - 0.2 * t, 0.1, 0.1]);
    const found = positionsOf(path);
    for (const [k, value] of path.flat().entries()) expect(found[k]).toBeCloseTo(value, 5);
  });

  it('takes the positions that the episode tells of, whose first turns no pose could', () => {
    const q = [0.1, -5.9, 0.25, 0.1];
    expect([
      ...jointPositions({ steps: 0, pose: Float32Array.from(poses(q)), q: Float32Array.from(q) }, scene),
    ]).toEqual(q.map(Math.fround));
    expect(positionsOf([q])[1]).toBeCloseTo(-5.9 + 2 * Math.PI, 5);
  });

  it('maps an action to where it moves the tip, mimics with their leaders', () => {
    const q = followLeaders(allKinds, [0.3, 0.5, 0.1, 0]);
    const tip = (at: readonly number[]) => forwardKinematics(scene.arm, followLeaders(allKinds, [...at])).tip.position;
    const columns = actionColumns(scene, { kind: 'joint-step', scale: 0.5, unit: 'rad' }, poses(q), tip(q));
    expect(columns).toHaveLength(3);
    const h = 1e-5;
    for (const [j, column] of columns.entries()) {
      const moved = (by: number) => tip(q.map((value, k) => (k === j ? value + by : value)));
      for (let i = 0; i < 3; i++) {
        expect(column[i]).toBeCloseTo((0.5 * (moved(h)[i] - moved(-h)[i])) / (2 * h), 7);
      }
    }
  });
});

describe('the ellipsoid', () => {
  const columns = [
    [0.1, 0, 0],
    [0, 0.2, 0.1],
    [0.05, 0, 0.3],
    [0, 0.1, 0],
  ] as const;

  it('is J S J^T for standard deviations and for a Cholesky factor alike', () => {
    const sigma = [0.5, 0.2, 0.3, 0.7];
    const factor = sigma.flatMap((s, i) => sigma.map((_, k) => (i === k ? s : 0)));
    const diagonal = tipCovariance(columns, sigma);
    expect([...tipCovariance(columns, factor)]).toEqual([...diagonal].map((x) => expect.closeTo(x, 12)));
    const expected = (r: number, c: number) => columns.reduce((s, v, k) => s + v[r] * v[c] * sigma[k] ** 2, 0);
    for (let i = 0; i < 9; i++) expect(diagonal[i]).toBeCloseTo(expected(Math.floor(i / 3), i % 3), 12);
  });

  it('counts correlations', () => {
    const [a, b] = [[1, 0, 0] as const, [-1, 0, 0] as const];
    // Two actions that always agree move the tip to and fro by nothing.
    expect(tipCovariance([a, b], [1, 0, 1, 0])[0]).toBeCloseTo(0, 12);
    expect(tipCovariance([a, b], [1, 1])[0]).toBeCloseTo(2, 12);
  });

  it('has a root that gives it back, and is drawn flat where it is flat', () => {
    const m = tipCovariance(columns, [0.5, 0.2, 0.3, 0.7]);
    const [a, b, c, d, e, f] = cholesky3(m);
    const back = [
      a * a,
      a * b,
      a * d,
      a * b,
      b * b + c * c,
      b * d + c * e,
      a * d,
      b * d + c * e,
      d * d + e * e + f * f,
    ];
    for (const [i, x] of back.entries()) expect(x).toBeCloseTo(m[i], 12);
    expect(cholesky3(new Float64Array([4, 0, 0, 0, 1, 0, 0, 0, 0]))[5]).toBeLessThan(0.01);
    expect(cholesky3(new Float64Array(9)).every(Number.isFinite)).toBe(true);
  });

  it('moves by the sum of the columns', () => {
    expect(displacement(columns, [1, 2, 0, -1])).toEqual([0.1, expect.closeTo(0.3, 12), 0.2]);
  });
});

describe('advantages', () => {
  const [base] = sampleRecording([3]).episodes;
  const episode = {
    ...base,
    reward: Float64Array.of(1, 2, 3),
    value: Float64Array.of(0.5, 1, 2, 4),
    end: 'truncated',
  } as Trajectory;

  it('are the one-step errors at lambda 0', () => {
    expect([...advantages(episode, { gamma: 0.5, lambda: 0 })]).toEqual([1, 2, 3]);
  });

  it('are the return less the value at lambda 1, with what follows a cut-off', () => {
    const [first] = advantages(episode, { gamma: 0.5, lambda: 1 });
    expect(first).toBeCloseTo(1 + 1 + 0.75 + 0.5 - 0.5, 12);
  });

  it('count nothing after a terminated episode', () => {
    const ended = { ...episode, end: 'terminated' } as Trajectory;
    expect(advantages(ended, { gamma: 0.5, lambda: 1 })[2]).toBe(1);
  });

  it.each(['truncated', 'terminated', 'fault'] as const)('of an episode that is %s are those of training', (end) => {
    const usual = {
      returns: 'to-go',
      importance: 'truncated',
      ratioLimit: 0,
      gamma: 0.5,
      lambda: 0.7,
      nSteps: 2,
    } as const;
    const ended = { ...episode, end } as Trajectory;
    for (const bootstrap of [true, false]) {
      for (const advantage of ['gae', 'td', 'n-step', 'monte-carlo'] as const) {
        const trained = advantagesOf(ended, ended.value, ended.logp, { ...usual, bootstrap, advantage });
        const header = {
          gamma: 0.5,
          lambda: { gae: 0.7, td: 0, 'n-step': 1, 'monte-carlo': 1 }[advantage],
          ...(advantage === 'n-step' && { nSteps: 2 }),
          ...(!bootstrap && { credit: { bootstrap } }),
        };
        expect([...advantages(ended, header)]).toEqual([...trained].map((x) => expect.closeTo(x, 12)));
      }
      const whole = advantagesOf(ended, ended.value, ended.logp, {
        ...usual,
        bootstrap,
        advantage: 'monte-carlo',
        returns: 'full',
      });
      const credit = { bootstrap, whole: true };
      expect([...advantages(ended, { gamma: 0.5, lambda: 1, credit })]).toEqual([...whole]);
    }
  });

  it.each([[[0]], [[1.5]], [[3, 2, 1, 0.5]]])(
    'of the baseline %j are those of training, and need no values',
    (baseline) => {
      const values = Float64Array.from({ length: 4 }, (_, t) => (t === 3 ? Number.NaN : (baseline[t] ?? baseline[0])));
      const options = { returns: 'to-go', importance: 'truncated', ratioLimit: 0, lambda: 1, nSteps: 1 } as const;
      const one = { ...base, reward: episode.reward } as Trajectory;
      const trained = advantagesOf(one, values, one.logp, {
        ...options,
        advantage: 'monte-carlo',
        gamma: 0.5,
        bootstrap: true,
      });
      const found = advantages(one, { gamma: 0.5, lambda: 1, credit: { baseline } });
      expect([...found]).toEqual([...trained].map((x) => expect.closeTo(x, 12)));
    },
  );

  it('are unknown without values', () => {
    expect(advantages(base, { gamma: 0.9, lambda: 1 }).every(Number.isNaN)).toBe(true);
  });
});

describe('a squashed Gaussian', () => {
  const [mu, sigma] = [0.8, 0.6];
  const squashed = {
    steps: 1,
    mean: Float64Array.of(Math.tanh(mu), 0),
    scale: Float64Array.of(sigma, 0.3),
  } as Trajectory;

  it('has its bands where tanh takes them, within the box', () => {
    for (const n of [-2, -1, 1, 2])
      expect(actionAtSigma(squashed, 0, n, true)).toBeCloseTo(Math.tanh(mu + n * sigma), 12);
    expect(actionAtSigma(squashed, 0, 2)).toBeCloseTo(Math.tanh(mu) + 2 * sigma, 12);
    const sure = { ...squashed, mean: Float64Array.of(1, -1) };
    expect(actionAtSigma(sure, 0, 2, true)).toBeLessThanOrEqual(1);
    expect(actionAtSigma(sure, 1, 1, true)).toBeCloseTo(-1, 6);
  });

  it('narrows by the slope of tanh at its mean', () => {
    const h = 1e-6;
    const slope = (Math.tanh(mu + h) - Math.tanh(mu - h)) / (2 * h);
    expect([...actionScale(squashed, 0, true)]).toEqual([expect.closeTo(slope * sigma, 8), 0.3]);
    expect([...actionScale(squashed, 0)]).toEqual([sigma, 0.3]);
    const factor = { ...squashed, scale: Float64Array.of(2, 0, 3, 4) };
    expect([...actionScale(factor, 0, true)]).toEqual([expect.closeTo(slope * 2, 8), 0, 3, 4]);
  });

  it('has the entropy of its actions: the mean of -log of their density', () => {
    // The density of a = tanh(u), integrated over the box.
    const density = (a: number, m: number, s: number) => {
      const z = (Math.atanh(a) - m) / s;
      return Math.exp(-0.5 * z * z) / (s * Math.sqrt(2 * Math.PI)) / (1 - a * a);
    };
    const integral = (m: number, s: number) => {
      const n = 200_000;
      let sum = 0;
      for (let i = 1; i < 2 * n; i++) {
        const p = density(i / n - 1, m, s);
        if (p > 0) sum -= (p * Math.log(p)) / n;
      }
      return sum;
    };
    expect(entropy(squashed, 0, true)).toBeCloseTo(integral(mu, sigma) + integral(0, 0.3), 4);
  });
});

describe('the entropy', () => {
  it('is that of a Gaussian, whichever way its covariance is recorded', () => {
    const flat = { steps: 1, mean: new Float64Array(2), scale: Float64Array.of(0.5, 2) } as Trajectory;
    const full = { ...flat, scale: Float64Array.of(0.5, 0, 9, 2) } as Trajectory;
    expect(entropy(flat, 0)).toBeCloseTo(Math.log(2 * Math.PI * Math.E), 12);
    expect(entropy(full, 0)).toBe(entropy(flat, 0));
  });
});

describe('how an action came about', () => {
  const { steps, mean, scale } = sampleRecording([3]).episodes[0];
  const of = (act: Float32Array, spread = scale) => originOf({ steps, mean, act, scale: spread } as Trajectory, 1);

  it('is by a sample, by the mean of a policy, or by what has no spread', () => {
    const same = Float32Array.from(mean);
    expect(of(same)).toBe('mean');
    expect(of(same.map((a, k) => (k === 3 ? a + 1e-4 : a)))).toBe('sampled');
    // Another step's action tells nothing of this one.
    expect(of(same.map((a, k) => (k === 0 ? a + 1 : a)))).toBe('mean');
    expect(of(same, new Float64Array(scale.length))).toBe('controlled');
  });

  it('is told by who acted: of a controller nobody says that it is untrained', () => {
    expect(actorName({ kind: 'controller', name: 'proportional', trainedSteps: 0 })).toBe('proportional controller');
    expect(actorName({ kind: 'ppo', name: 'x', trainedSteps: 0 })).toBe('ppo, untrained');
    expect(actorName({ kind: 'ppo', name: 'x', trainedSteps: 12000 })).toBe('ppo, 12,000 steps');
  });
});

describe('what is said of how training credits actions', () => {
  const policy = { name: 'a', kind: 'ppo', trainedSteps: 0 };
  const said = (credit: object) =>
    creditOf({ ...sampleRecording().header, gamma: 0.9, lambda: 0.95, policy, ...credit });

  it.each([
    ['generalised, lambda 0.95, gamma 0.9;', {}],
    ['the return from here less V(s), gamma 0.9;', { lambda: 1 }],
    ['3 steps and the value after them, less V(s), gamma 0.9;', { nSteps: 3 }],
    ['the return of the whole episode less V(s), gamma 0.9;', { credit: { whole: true } }],
    ['the return from here less nothing, gamma 0.9;', { credit: { baseline: [0] } }],
    ['the return from here less the mean return, gamma 0.9;', { credit: { baseline: [2, 1] } }],
    ['lambda 0.95, gamma 0.9, nothing after a cut;', { credit: { bootstrap: false } }],
    ['none: a controller is not trained', { policy: { ...policy, kind: 'controller' } }],
  ])('%s', (words, credit) => expect(said(credit)).toContain(words));
});
