import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { aboutAxis } from '../../envs/math/axis-angle.ts';
import { angleBetween } from '../../envs/math/orientation.ts';
import { stream } from '../../envs/math/random.ts';
import { add, multiply, type Quat, rotate } from '../../envs/math/rotation.ts';
import { forwardKinematics, inverseKinematics } from '../../envs/model/kinematics.ts';
import { siteOf } from '../../envs/model/tree.ts';
import type { Arm } from '../../envs/model/types.ts';
import { reachOf } from '../../envs/model/workspace.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { offsetOf, width } from '../../envs/spec.ts';
import type { Task } from '../../envs/task.ts';
import { makeEnv } from '../../envs/tasks/index.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { collect } from '../../src/rollout/collect.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { allKinds } from './kinds.ts';
import { controlOf, distance, everyArm, openEnv, startOf, stateAt, taskOf } from './support.ts';

beforeAll(loadPhysics);

const { panda } = arms;
const withEveryKind = [...everyArm, allKinds];

/** The goal of a seed's episode at a step. */
function goalAt(task: Task, seed: number, t: number): Float32Array {
  const goal = new Float32Array(7);
  if (t === 0) task.reset(stream(seed, 'start'), startOf(task, seed), goal);
  else task.move?.(seed, t, goal);
  return goal;
}

const quatOf = (goal: Float32Array) => Array.from(goal.subarray(3, 7)) as unknown as Quat;

/** What a task makes of a posture and a goal, by the names of fields and terms. */
function shown(task: Task, q: ArrayLike<number>, goal: Float32Array, change: Parameters<typeof stateAt>[2] = {}) {
  const state = stateAt(task.scene.arm, q, change);
  const obs = new Float32Array(width(task.obs));
  task.observe(state, goal, obs);
  const terms = new Float64Array(task.terms.length);
  task.reward(state, goal, Float64Array.from(state.previousAction), terms);
  return {
    obs,
    seen: (name: string) => {
      const at = offsetOf(task.obs, name);
      const { size } = task.obs.find((field) => field.name === name) as { size: number };
      return Array.from(obs.subarray(at, at + size));
    },
    term: Object.fromEntries(task.terms.map((name, k) => [name, terms[k]])),
    success: task.success?.(state, goal),
  };
}

/** The tip's pose in a posture, moved by a distance along x and turned about an axis. */
function near(task: Task, q: ArrayLike<number>, away: number, turn = 0, axis: [number, number, number] = [0, 0, 1]) {
  const { position, rotation } = forwardKinematics(task.scene.arm, q).tip;
  const goal = new Float32Array(7);
  goal.set([position[0] + away, position[1], position[2]]);
  goal.set(multiply(aboutAxis(axis, turn), rotation), 3);
  return goal;
}

function isClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [i, x] of found.entries()) expect(x).toBeCloseTo(expected[i], 5);
}

describe.each(['near', 'all'])('goals of reach-pose in region %s', (region) => {
  test.each(withEveryKind)('for $name are poses that the arm takes above the floor', (arm) => {
    const task = taskOf('reach-pose', arm, { region });
    let found = 0;
    for (let seed = 0; seed < 20; seed++) {
      const goal = goalAt(task, seed, 0);
      expect(Math.hypot(...quatOf(goal))).toBeCloseTo(1, 6);
      if (arm !== arms.planar) expect(goal[2]).toBeGreaterThan(0);
      // Both together, by inverse kinematics from home; from there alone it does not find all of them.
      const q = inverseKinematics(task.scene.arm, arm.home, [goal[0], goal[1], goal[2]], quatOf(goal), 200);
      const { position, rotation } = forwardKinematics(task.scene.arm, q).tip;
      if (distance(position, goal) < 2e-3 * reachOf(arm) && angleBetween(rotation, quatOf(goal)) < 0.01) found++;
    }
    expect(found).toBeGreaterThanOrEqual(region === 'near' ? 16 : 6);
  });
});

describe('reach-pose', () => {
  test('has a new goal after each time, of the seed and the step alone', () => {
    const task = taskOf('reach-pose', panda, { goalSteps: 10, horizon: 30 });
    const at = (t: number) => Array.from(goalAt(task, 5, t));
    expect(at(1)).toEqual(at(0));
    expect(at(10)).toEqual(at(0));
    expect(at(11)).not.toEqual(at(10));
    expect(at(20)).toEqual(at(11));
    expect(at(30)).toEqual(at(21));
    expect(at(21)).not.toEqual(at(20));
    // In any order, whatever was asked for before.
    expect(Array.from(goalAt(taskOf('reach-pose', panda, { goalSteps: 10, horizon: 30 }), 5, 25))).toEqual(at(25));
    expect(Array.from(goalAt(task, 6, 0))).not.toEqual(at(0));
    for (let seed = 100; seed < 1000; seed++) goalAt(task, seed, 0);
    expect(at(15)).toEqual(Array.from(goalAt(taskOf('reach-pose', panda, { goalSteps: 10, horizon: 30 }), 5, 15)));
  });

  test('observes the same for a quaternion and its negative, of goal and of arm', () => {
    for (const arm of withEveryKind) {
      const task = taskOf('reach-pose', arm);
      const goal = goalAt(task, 3, 0);
      const negative = goal.map((x, i) => (i < 3 ? x : -x));
      const pose = stateAt(task.scene.arm, arm.home).pose.map((x, i) => (i % 7 < 3 ? x : -x));
      const expected = shown(task, arm.home, goal);
      for (const other of [shown(task, arm.home, negative), shown(task, arm.home, goal, { pose })]) {
        expect(other.obs).toEqual(expected.obs);
        expect(other.term).toEqual(expected.term);
      }
    }
  });

  test('observes where the goal is from the tip, and how it is turned', () => {
    const task = taskOf('reach-pose', panda);
    const here = shown(task, panda.home, near(task, panda.home, 0));
    isClose(here.seen('relative_goal'), [0, 0, 0]);
    isClose(here.seen('relative_axes'), [1, 0, 0, 0, 1, 0]);
    const away = shown(task, panda.home, near(task, panda.home, 0.1, 0.5));
    isClose(away.seen('relative_goal'), [0.1 / reachOf(panda), 0, 0]);
    const [c, s] = [Math.cos(0.5), Math.sin(0.5)];
    isClose(away.seen('relative_axes'), [c, s, 0, -s, c, 0]);
    expect(away.seen('tip_axes')).toEqual(here.seen('tip_axes'));
    expect(away.seen('goal_axes')).not.toEqual(here.seen('goal_axes'));
  });

  const length = reachOf(panda);
  const none = new Array<number>(7).fill(0);
  test.each([
    { of: 'the distance, over the reach', term: 'position', away: 0.3 * length, expected: -0.2 * 0.3 },
    { of: 'nearness', term: 'position_fine', away: 0.05 * length, expected: 0.1 * (1 - Math.tanh(0.5)) },
    { of: 'nearness at the goal', term: 'position_fine', expected: 0.1 },
    { of: 'the angle', term: 'orientation', turn: 0.7, expected: -0.1 * 0.7 },
    { of: 'half a turn', term: 'orientation', turn: Math.PI, expected: -0.1 * Math.PI },
    {
      of: 'an action like the one before',
      term: 'action_rate',
      before: [1, ...none.slice(1)],
      action: [1, ...none.slice(1)],
      expected: 0,
    },
    {
      of: 'a change of the action',
      term: 'action_rate',
      before: [1, 0.5, ...none.slice(2)],
      action: [-1, ...none.slice(1)],
      expected: -1e-4 * 4.25,
    },
    { of: 'joint velocities', term: 'joint_velocity', dq: [2, -1, ...none.slice(2)], expected: -1e-4 * 5 },
    { of: 'rest', term: 'joint_velocity', expected: 0 },
  ])(
    'rewards $of by its term $term',
    ({ term, away = 0, turn = 0, before = none, action = none, dq = none, expected }) => {
      const task = taskOf('reach-pose', panda);
      const change = {
        previousAction: Float64Array.from(action),
        actionBefore: Float64Array.from(before),
        dq: Float64Array.from(dq),
      };
      const found = shown(task, panda.home, near(task, panda.home, away, turn), change);
      expect(found.term[term]).toBeCloseTo(expected, 6);
    },
  );

  const halved = (error: number) => -0.05 * Math.log(1 + error * error);
  test.each([
    { of: 'the distance by the radius', term: 'position', away: 0.3 * length, expected: halved(15) },
    { of: 'nothing at the goal', term: 'position', expected: 0 },
    { of: 'the angle by what counts', term: 'orientation', turn: 0.7, expected: halved(7) },
    { of: 'a change of the action', term: 'action_rate', action: [-1, ...none.slice(1)], expected: -1e-4 },
    { of: 'joint velocities', term: 'joint_velocity', dq: [2, -1, ...none.slice(2)], expected: -1e-4 * 5 },
  ])('rewards, shaped, $of by its term $term', ({ term, away = 0, turn = 0, action = none, dq = none, expected }) => {
    const task = taskOf('reach-pose', panda, { reward: 'shaped' });
    const change = {
      previousAction: Float64Array.from(action),
      actionBefore: new Float64Array(7),
      dq: Float64Array.from(dq),
    };
    const found = shown(task, panda.home, near(task, panda.home, away, turn), change);
    expect(Object.keys(found.term)).toEqual(['position', 'orientation', 'action_rate', 'joint_velocity']);
    expect(found.term[term]).toBeCloseTo(expected, 5);
  });

  test.each([
    [0.019, 0.09, true],
    [0.021, 0.09, false],
    [0.019, 0.11, false],
  ])('of %d of the reach and %d rad says %s', (away, turn, expected) => {
    for (const arm of everyArm) {
      const task = taskOf('reach-pose', arm);
      const goal = near(task, arm.home, away * reachOf(arm), turn);
      expect(shown(task, arm.home, goal).success).toBe(expected);
      expect(task.markers).toEqual([
        { param: 'goal', radius: 0.02 * reachOf(arm), rotation: 'goal_rotation', angle: 0.1 },
      ]);
      expect(task.terminated).toBeUndefined();
    }
  });

  test('judges an episode by its last state, and by the last one of every goal', () => {
    const env = openEnv('reach-pose', 'ur5e', { goalSteps: 4, horizon: 10 });
    const plan = { seedOf: () => 3, until: { episodes: 1 }, slots: 1, deterministic: false };
    const [episode] = collect(env, randomActor(env), plan);
    const { model } = env.scene.arm;
    const { site, body } = siteOf(model, model.tip);
    const params = episode.params.slice();
    // Goals where the tip is in the states 4 and 10, and far from it in 8.
    for (const t of [4, 10]) {
      const [x, y, z, ...turn] = episode.pose.subarray((t * env.spec.bodies.length + body) * 7);
      const carried: Quat = [turn[0], turn[1], turn[2], turn[3]];
      params.set(add([x, y, z], rotate(carried, site.frame.position)), t * 7);
      params.set(multiply(carried, site.frame.rotation), t * 7 + 3);
    }
    params.set([9, 9, 9, 0, 0, 0, 1], 8 * 7);
    const judged = { ...episode, params } as Trajectory;
    const figure = Object.fromEntries(env.metrics.map((metric) => [metric.name, metric.of(judged)]));
    expect(figure.final_distance).toBeCloseTo(0, 5);
    expect(figure.final_angle).toBeCloseTo(0, 3);
    expect(figure.goals_reached).toBeCloseTo(200 / 3, 9);
  });

  test('asks no joint for more than it can', () => {
    const slow: Arm = {
      ...panda,
      joints: panda.joints.map((joint, i) => (i === 1 ? { ...joint, maxVelocity: 0.35 } : joint)),
    };
    const task = taskOf('reach-pose', slow);
    const asked = controlOf(task, stateAt(task.scene.arm, slow.home), new Float64Array(7).fill(1));
    expect(asked[1] - slow.home[1]).toBeCloseTo(0.014, 12);
    expect(asked[0] - slow.home[0]).toBeCloseTo(0.1, 12);
  });

  test('refuses an arm without a free posture', () => {
    const [turn] = arms.planar.joints;
    const pin: Arm = {
      ...arms.planar,
      name: 'pin',
      bodies: arms.planar.bodies.slice(0, 2),
      joints: [turn],
      sites: [{ name: 'tip', body: 'link1', frame: { position: [0.1, 0, -1], rotation: [0, 0, 0, 1] } }],
      home: [0],
    };
    expect(() => makeEnv('reach-pose', { arm: pin })).toThrow('arm pin: no posture near its home');
    expect(() => makeEnv('track', { arm: pin })).toThrow('arm pin: no posture near its home');
  });
});
