import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { type Random, stream } from '../../envs/math/random.ts';
import type { Vec3 } from '../../envs/math/rotation.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { followLeaders, treeOf } from '../../envs/model/tree.ts';
import { type Arm, sceneOf } from '../../envs/model/types.ts';
import { drawPosture, limitsOf, nearHome, reachOf, shoulderOf } from '../../envs/model/workspace.ts';
import type { OptionValue } from '../../envs/options.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { width } from '../../envs/spec.ts';
import type { Task } from '../../envs/task.ts';
import { budgetOf } from '../../envs/task.ts';
import { configureEnv, makeEnv, tasks } from '../../envs/tasks/index.ts';
import { controllers } from '../../src/rollout/controllers.ts';
import { evaluate } from '../../src/train/evaluate.ts';
import { allKinds } from './kinds.ts';
import { controlOf, distance, everyArm, recorded, startOf, stateAt, taskOf, vec3 } from './support.ts';

beforeAll(loadPhysics);

const { panda, planar } = arms;
const withEveryKind = [...everyArm, allKinds];

const tipOf = (arm: Arm, q: ArrayLike<number>) => forwardKinematics(sceneOf(arm).arm, q).tip.position;

/** An arm in other units of length: the same angles at other sizes. */
function scaled(arm: Arm, by: number): Arm {
  const longer = ([x, y, z]: Vec3): Vec3 => [by * x, by * y, by * z];
  return {
    ...arm,
    joints: arm.joints.map((joint) => ({
      ...joint,
      frame: { ...joint.frame, position: longer(joint.frame.position) },
    })),
    sites: arm.sites.map((site) => ({ ...site, frame: { ...site.frame, position: longer(site.frame.position) } })),
  };
}

/** A goal, and the posture that it was found by: the last numbers that were drawn for it. */
function drawnBy(task: Task, arm: Arm, seed: number): { goal: Vec3; q: Float64Array } {
  const { driven, degrees } = treeOf(arm);
  const random = stream(seed, 'start');
  const drawn: number[] = [];
  const between: Random['between'] = (low, high) => {
    const value = random.between(low, high);
    drawn.push(value);
    return value;
  };
  const goal = new Float32Array(3);
  task.reset({ ...random, between }, startOf(task, seed), goal);
  const q = new Float64Array(degrees);
  driven.forEach((i, k) => {
    q[i] = drawn[drawn.length - driven.length + k];
  });
  return { goal: vec3(goal), q: followLeaders(arm, q) };
}

/** Points along the bones of an arm, from where it stands to its tip: those that are as long as they are thick. */
function bonesOf(arm: Arm, q: ArrayLike<number>): Vec3[][] {
  const { bodies, tip } = forwardKinematics(sceneOf(arm).arm, q);
  const { parents } = treeOf(arm);
  const ends: Vec3[] = [tip.position];
  const carrier = arm.sites.find(({ name }) => name === arm.tip)?.body;
  for (let body = treeOf(arm).bodies.findIndex(({ name }) => name === carrier); body >= 0; body = parents[body]) {
    ends.unshift(bodies[body].position);
  }
  const all: [Vec3, Vec3][] = [[0, 0, 0] as Vec3, ...ends.slice(0, -1)].map((from, i) => [from, ends[i]]);
  return all
    .filter(([from, to]) => distance(from, to) > 0.03 * reachOf(arm))
    .map(([from, to]) => Array.from({ length: 13 }, (_, k) => vec3(from.map((x, i) => x + (k / 12) * (to[i] - x)))));
}

const leastDistance = (a: readonly Vec3[], b: readonly Vec3[]) =>
  Math.min(...a.flatMap((place) => b.map((other) => distance(place, other))));

describe('the reach of an arm', () => {
  test('is the length of one that is stretched', () => {
    expect(reachOf(planar)).toBeGreaterThan(0.2099);
    expect(reachOf(planar)).toBeLessThanOrEqual(0.21);
  });

  test.each(withEveryKind)('of $name is hardly ever exceeded, and grows with the arm', (arm) => {
    const random = stream(1, 'start');
    const [limits, shoulder] = [limitsOf(arm), shoulderOf(arm)];
    let farthest = 0;
    for (let i = 0; i < 2000; i++) {
      farthest = Math.max(farthest, distance(tipOf(arm, drawPosture(arm, limits, random)), shoulder));
    }
    expect(farthest).toBeLessThan(1.02 * reachOf(arm));
    expect(farthest).toBeGreaterThan(0.95 * reachOf(arm));
    if (arm !== allKinds) expect(reachOf(scaled(arm, 2)) / reachOf(arm)).toBeCloseTo(2, 12);
  });

  test('takes a turn of a joint without limits, and mimics where their leaders have them', () => {
    const { low, high } = limitsOf(allKinds);
    expect(low[0]).toBeCloseTo(0.1 - Math.PI, 12);
    expect(high[0]).toBeCloseTo(0.1 + Math.PI, 12);
    expect([low[1], high[1]]).toEqual([-2 * Math.PI, 2 * Math.PI]);
    const q = drawPosture(allKinds, limitsOf(allKinds), stream(0, 'start'));
    expect(q[3]).toBe(-0.5 * q[2] + 0.3);
  });

  test('near home is within an angle of it and the limits, and as far along a slide as that moves the tip', () => {
    const { low, high } = nearHome(allKinds, 0.6);
    expect([low[1], high[1]]).toEqual([0.4 - 0.6, 0.4 + 0.6]);
    const slide = 0.3 * reachOf(allKinds);
    expect([low[2], high[2]]).toEqual([Math.max(-0.1, 0.1 - slide), Math.min(0.4, 0.1 + slide)]);
  });
});

describe.each(['near', 'all'])('goals of reach in region %s', (region) => {
  test.each(withEveryKind)('for $name are where a posture within the ranges has the tip', (arm) => {
    const task = taskOf('reach', arm, { region });
    const { low, high } = region === 'near' ? nearHome(arm, 0.6) : limitsOf(arm);
    for (let seed = 0; seed < 200; seed++) {
      const { goal, q } = drawnBy(task, arm, seed);
      expect(distance(tipOf(arm, q), goal)).toBeLessThan(1e-6);
      for (const i of treeOf(arm).driven) {
        expect(q[i]).toBeGreaterThanOrEqual(low[i]);
        expect(q[i]).toBeLessThanOrEqual(high[i]);
        if (region === 'near' && arm !== allKinds)
          expect(Math.abs(q[i] - arm.home[i])).toBeLessThanOrEqual(0.6 + 1e-12);
      }
    }
  });

  test('for the Panda are above the floor, in postures above the floor, and outside of its base', () => {
    const task = taskOf('reach', panda, { region });
    const reach = reachOf(panda);
    for (let seed = 0; seed < 500; seed++) {
      const { goal, q } = drawnBy(task, panda, seed);
      const [x, y, z] = goal;
      expect(z).toBeGreaterThanOrEqual(0.02 * reach - 1e-6);
      for (const { position } of forwardKinematics(sceneOf(panda).arm, q).bodies) {
        expect(position[2]).toBeGreaterThanOrEqual(-1e-6);
      }
      expect(Math.hypot(x, y) > 0.15 * reach - 1e-6 || z > 0.333 + 0.15 * reach - 1e-6).toBe(true);
    }
  });

  test.each(everyArm)('for $name are in postures that do not pass through themselves', (arm) => {
    const task = taskOf('reach', arm, { region });
    const thickness = 2 * 0.03 * reachOf(arm);
    const home = bonesOf(arm, arm.home);
    for (let seed = 0; seed < 150; seed++) {
      const bones = bonesOf(arm, drawnBy(task, arm, seed).q);
      bones.forEach((bone, i) => {
        for (let j = i + 2; j < bones.length; j++) {
          // As close as that anyway.
          if (leastDistance(home[i], home[j]) < 1.01 * thickness) continue;
          expect(leastDistance(bone, bones[j])).toBeGreaterThan(0.999 * thickness);
        }
      });
    }
  });

  test('for an arm in the plane of the floor are all around in that plane', () => {
    const task = taskOf('reach', planar, { region });
    const goals = Array.from({ length: 300 }, (_, seed) => drawnBy(task, planar, seed).goal);
    for (const [, , z] of goals) expect(Math.abs(z)).toBeLessThan(1e-9);
    const spread = (k: number) => Math.max(...goals.map((goal) => goal[k])) - Math.min(...goals.map((goal) => goal[k]));
    for (const k of [0, 1]) expect(spread(k)).toBeGreaterThan((region === 'near' ? 0.4 : 1.8) * reachOf(planar));
  });
});

describe('reach', () => {
  test('is the same task for an arm of twice the size', () => {
    for (const arm of everyArm) {
      const pair = [arm, scaled(arm, 2)].map((each) => {
        const task = taskOf('reach', each);
        const [goal, obs] = [new Float32Array(3), new Float32Array(width(task.obs))];
        const start = startOf(task, 3);
        const { q } = start;
        task.reset(stream(3, 'start'), start, goal);
        const state = stateAt(sceneOf(each).arm, q);
        task.observe(state, goal, obs);
        const terms = new Float64Array(1);
        task.reward(state, goal, new Float64Array(q.length), terms);
        return { goal, obs, reward: terms[0], radius: task.markers[0].radius as number };
      });
      pair[0].goal.forEach((x, i) => {
        expect(pair[1].goal[i]).toBeCloseTo(2 * x, 6);
      });
      pair[0].obs.forEach((x, i) => {
        expect(pair[1].obs[i]).toBeCloseTo(x, 6);
      });
      expect(pair[1].reward).toBeCloseTo(pair[0].reward, 6);
      expect(pair[1].radius / pair[0].radius).toBeCloseTo(2, 12);
    }
  });

  test('has several goals in turn, of the seed and the step alone', () => {
    const of = () => taskOf('reach', planar, { goals: 3, horizon: 10 });
    const task = of();
    const at = (t: number, seed = 5, from = task) => {
      const goal = new Float32Array(3);
      if (t === 0) from.reset(stream(seed, 'start'), startOf(from, seed), goal);
      else from.move?.(seed, t, goal);
      return Array.from(goal);
    };
    expect(task.horizon).toBe(30);
    // The last state of a goal's time is still its own.
    const changes = Array.from({ length: 30 }, (_, t) => t + 1).filter((t) => at(t).join() !== at(t - 1).join());
    expect(changes).toEqual([11, 21]);
    // In any order, whatever was asked for before.
    const [late, early] = [at(25), at(3)];
    for (let seed = 100; seed < 1000; seed++) at(0, seed);
    expect([at(25), at(3)]).toEqual([late, early]);
    expect(at(25, 5, of())).toEqual(late);
    expect(at(0, 6)).not.toEqual(at(0));
  });

  test('is with one goal what it was: the goal is the first thing drawn, and stays', () => {
    const task = taskOf('reach', planar, { goals: 1 });
    expect(task.move).toBeUndefined();
    expect(task.horizon).toBe(50);
    expect(task.metrics?.map(({ name }) => name)).toEqual(['final_distance']);
    expect(drawnBy(task, planar, 3).goal).toEqual(drawnBy(taskOf('reach', planar), planar, 3).goal);
  });

  test('ends on success only where the last goal is reached, and says how many were', () => {
    const task = taskOf('reach', planar, { goals: 3, horizon: 10 });
    const goal = Float32Array.from(tipOf(planar, [0.3, 1.1]));
    const state = (t: number) => stateAt(sceneOf(planar).arm, [0.3, 1.1], { t });
    for (const t of [1, 10, 20, 21, 30]) {
      expect(task.success?.(state(t), goal)).toBe(true);
      expect(task.terminated?.(state(t), goal)).toBe(t > 20);
    }
    expect(taskOf('reach', planar, { goals: 3, endsOnSuccess: false }).terminated?.(state(149), goal)).toBe(false);
    const { env, actor } = controllers.proportional(configureEnv('reach', { arm: 'planar', options: { goals: 3 } }));
    const { evaluation, trajectories } = evaluate(env, actor, { seed: 0, set: 1, episodes: 5 });
    expect(env.spec.paramsMove).toBe(true);
    expect(evaluation.metrics.goals_reached).toBe(100);
    for (const { steps, end, params } of trajectories) {
      expect(steps).toBeGreaterThan(100);
      expect(end).toBe('terminated');
      expect(params.length).toBe(3 * (steps + 1));
    }
    const recording = recorded(env, actor, { seedOf: (i) => i, until: { episodes: 3 }, slots: 2, deterministic: true });
    expect(findDifference(env, recording)).toBeNull();
    recording.episodes[1].params[3 * 60] += 0.01;
    expect(findDifference(env, recording)).toMatchObject({ episode: 1, step: 60 });
  });

  test('observes tip, velocity, joints, goal and the way there, over the reach', () => {
    const task = taskOf('reach', planar);
    expect(task.obs.map(({ name, size }) => [name, size])).toEqual([
      ['tip', 3],
      ['velocity', 3],
      ['q', 1],
      ['cos_q', 1],
      ['sin_q', 1],
      ['goal', 3],
      ['relative_goal', 3],
    ]);
    const out = new Float32Array(width(task.obs));
    const goal = Float32Array.from([0.1, 0.05, 0]);
    task.observe(stateAt(sceneOf(planar).arm, [0.3, 1.1]), goal, out);
    const reach = reachOf(planar);
    const tip = tipOf(planar, [0.3, 1.1]);
    const expected = [...tip.map((x) => x / reach), 0, 0, 0, 1.1, Math.cos(0.3), Math.sin(0.3)];
    expected.push(...goal.map((x) => x / reach), ...tip.map((x, i) => (goal[i] - x) / reach));
    expected.forEach((x, i) => {
      expect(out[i]).toBeCloseTo(x, 6);
    });
  });

  test('rewards by minus the distance over the reach, or by -1 until 0.05 of the reach is left', () => {
    const reach = reachOf(planar);
    const q = [0.3, 1.1];
    const tip = tipOf(planar, q);
    for (const away of [0.049, 0.051]) {
      const goal = Float32Array.from([tip[0] + away * reach, tip[1], tip[2]]);
      const [dense, sparse] = ['dense', 'sparse'].map((reward) => {
        const task = taskOf('reach', planar, { reward });
        const terms = new Float64Array(1);
        task.reward(stateAt(sceneOf(planar).arm, q), goal, new Float64Array(2), terms);
        expect(task.success?.(stateAt(sceneOf(planar).arm, q), goal)).toBe(away < 0.05);
        expect(task.terminated?.(stateAt(sceneOf(planar).arm, q), goal)).toBe(away < 0.05);
        return terms[0];
      });
      expect(dense).toBeCloseTo(-away, 6);
      expect(sparse).toBe(away < 0.05 ? 0 : -1);
    }
  });

  test('asks no joint for more than it can, by joints or end effector', () => {
    const slow: Arm = {
      ...panda,
      joints: panda.joints.map((joint, i) => (i === 1 ? { ...joint, maxVelocity: 0.35 } : joint)),
    };
    const state = stateAt(sceneOf(slow).arm, slow.home);
    const steps = (options: Record<string, OptionValue>, action: number[]) =>
      controlOf(taskOf('reach', slow, options), state, Float64Array.from(action)).map((x, i) => x - slow.home[i]);
    const byJoints = steps({}, [1, 1, 1, -1, 1, 1, 1]);
    [0.1, 0.014, 0.1, -0.1, 0.1, 0.1, 0.1].forEach((step, i) => {
      expect(byJoints[i]).toBeCloseTo(step, 12);
    });
    const byTip = steps({ control: 'end-effector' }, [0, 0, -1]);
    expect(Math.abs(byTip[1])).toBeLessThanOrEqual(0.014 + 1e-12);
    const free = controlOf(
      taskOf('reach', panda, { control: 'end-effector' }),
      stateAt(sceneOf(panda).arm, panda.home),
      Float64Array.of(0, 0, -1),
    );
    expect(Math.abs(free[1] - panda.home[1])).toBeGreaterThan(0.014);
  });

  test('moves the end effector by 0.05 of the reach for a full action of it', () => {
    for (const arm of everyArm) {
      const task = taskOf('reach', arm, { control: 'end-effector' });
      const from = tipOf(arm, arm.home);
      const to = tipOf(arm, controlOf(task, stateAt(sceneOf(arm).arm, arm.home), Float64Array.of(0, 1, 0)));
      const step = 0.05 * reachOf(arm);
      expect(distance(to, [from[0], from[1] + step, from[2]])).toBeLessThan(0.02 * step);
    }
  });

  test('moves joints by 0.1 rad for a full action near home, by 0.3 rad all over the place, and by what is said', () => {
    const moved = (options: object) => {
      const task = taskOf('reach', planar, { region: 'near', ...options });
      const command = controlOf(task, stateAt(sceneOf(planar).arm, planar.home), new Float64Array(2).fill(1));
      return command[0] - planar.home[0];
    };
    expect(moved({})).toBeCloseTo(0.1, 12);
    expect(moved({ region: 'all' })).toBeCloseTo(0.3, 12);
    for (const region of ['near', 'all']) expect(moved({ region, jointStep: 0.05 })).toBeCloseTo(0.05, 12);
  });

  test('has more steps for goals all over the place', () => {
    const budget = (region: string) => budgetOf(tasks.reach, configureEnv('reach', { options: { region } }).options);
    expect(budget('all')).toBeGreaterThan(budget('near'));
  });

  test('refuses an arm whose tip gets nowhere, or nowhere that is free', () => {
    const [turn] = planar.joints;
    const pin = (position: Vec3): Arm => ({
      ...planar,
      name: 'pin',
      bodies: planar.bodies.slice(0, 2),
      joints: [turn],
      sites: [{ name: 'tip', body: 'link1', frame: { position, rotation: [0, 0, 0, 1] } }],
      home: [0],
    });
    expect(() => makeEnv('reach', { arm: pin([0, 0, 0]) })).toThrow(
      'arm pin: its tip is expected to get away from its first joint, and reaches 0 m',
    );
    expect(() => makeEnv('reach', { arm: pin([0.1, 0, -1]) })).toThrow(
      'arm pin: no posture near its home has the tip above the floor and outside of the base, and no part within another; try --set region=all',
    );
  });
});
