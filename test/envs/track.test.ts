import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { stream } from '../../envs/math/random.ts';
import type { Vec3 } from '../../envs/math/rotation.ts';
import { forwardKinematics, inverseKinematics } from '../../envs/model/kinematics.ts';
import type { Arm } from '../../envs/model/types.ts';
import { reachOf } from '../../envs/model/workspace.ts';
import type { OptionValue } from '../../envs/options.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { width } from '../../envs/spec.ts';
import type { Task } from '../../envs/task.ts';
import { shapes } from '../../envs/tasks/laps.ts';
import { collect } from '../../src/rollout/collect.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { allKinds } from './kinds.ts';
import { distance, everyArm, openEnv, startOf, stateAt, taskOf, vec3 } from './support.ts';

beforeAll(loadPhysics);

const { panda, planar } = arms;
const withEveryKind = [...everyArm, allKinds];
const dt = 0.04;

/** The parameters of a seed's episode at a step: where the goal is, and its velocity. */
function goalAt(task: Task, seed: number, t: number): Float32Array {
  const goal = new Float32Array(6);
  if (t === 0) task.reset(stream(seed, 'start'), startOf(task, seed), goal);
  else task.move?.(seed, t, goal);
  return goal;
}

/** Where the goal of a seed's episode is in so many steps. */
function wayOf(task: Task, seed: number, steps = 400): Vec3[] {
  return Array.from({ length: steps }, (_, t) => vec3(goalAt(task, seed, t)));
}

/** Steps after which a way begins anew; the whole of it where it is longer. */
function lapOf(way: readonly Vec3[]): readonly Vec3[] {
  const again = way.findIndex(
    (goal, t) => t > 1 && distance(goal, way[0]) < 1e-9 && distance(way[t + 1] ?? goal, way[1]) < 1e-9,
  );
  return again < 0 ? way : way.slice(0, again);
}

describe.each(['near', 'all'])('the goal of track in region %s', (region) => {
  test.each(withEveryKind)('is never where $name does not get, on any path', (arm) => {
    for (const path of shapes) {
      const task = taskOf('track', arm, { region, path });
      for (let seed = 0; seed < 3; seed++) {
        // From where the arm followed it the step before, or from anywhere.
        let q: ArrayLike<number> = arm.home;
        for (const [t, goal] of wayOf(task, seed, 250).entries()) {
          q = inverseKinematics(task.scene.arm, q, goal, null, t ? 8 : 100);
          if (distanceTo(task, q, goal) > tolerance(arm)) q = found(task, goal);
          expect(distanceTo(task, q, goal), `${path}, seed ${seed}, step ${t}`).toBeLessThan(tolerance(arm));
          if (arm === planar) expect(Math.abs(goal[2])).toBeLessThan(1e-9);
          else expect(goal[2]).toBeGreaterThan(0);
        }
      }
    }
  });
});

const tolerance = (arm: Arm) => 3e-3 * reachOf(arm);

function distanceTo(task: Task, q: ArrayLike<number>, goal: Vec3): number {
  return distance(forwardKinematics(task.scene.arm, q).tip.position, goal);
}

/** The best of inverse kinematics from many postures. */
function found(task: Task, goal: Vec3): ArrayLike<number> {
  const { model } = task.scene.arm;
  let best: ArrayLike<number> = model.home;
  for (let seed = 0; seed < 100 && distanceTo(task, best, goal) > tolerance(model); seed++) {
    const random = stream(seed, 'noise');
    const from = model.home.map((angle) => angle + random.between(-1.5, 1.5));
    const q = inverseKinematics(task.scene.arm, from, goal, null, 50);
    if (distanceTo(task, q, goal) < distanceTo(task, best, goal)) best = q;
  }
  return best;
}

describe('track', () => {
  test('moves its goal at its speed, or slower, and stands still on no path', () => {
    for (const arm of withEveryKind) {
      for (const path of shapes) {
        const task = taskOf('track', arm, { path });
        for (let seed = 0; seed < 5; seed++) {
          const way = wayOf(task, seed, 200);
          const speeds = way.slice(1).map((goal, t) => distance(goal, way[t]) / dt / reachOf(arm));
          // Between the places where a way is judged it bends, a spline the most.
          expect(Math.max(...speeds)).toBeLessThan(path === 'spline' ? 0.3 : 0.252);
          expect(Math.max(...speeds)).toBeGreaterThan(0.02);
        }
      }
    }
  });

  test('asks no joint for more than half of its step along a spline', () => {
    const slow: Arm = {
      ...panda,
      joints: panda.joints.map((joint, i) => (i === 1 ? { ...joint, maxVelocity: 0.1 } : joint)),
    };
    const lengths = [panda, slow].map((arm) => lapOf(wayOf(taskOf('track', arm, { path: 'spline' }), 0, 3000)).length);
    expect(lengths[1]).toBeGreaterThan(3 * lengths[0]);
    const faster = lapOf(wayOf(taskOf('track', panda, { path: 'spline', speed: 0.5 }), 0, 3000)).length;
    expect(faster).toBeLessThan(lengths[0]);
  });

  test('goes round a circle, along a line, through the corners', () => {
    const lapBy = (path: string) => lapOf(wayOf(taskOf('track', panda, { path }), 2, 1000));
    const circle = lapBy('circle');
    const middle = [0, 1, 2].map((i) => circle.reduce((sum, goal) => sum + goal[i], 0) / circle.length);
    const radii = circle.map((goal) => distance(goal, middle));
    expect(Math.max(...radii) / Math.min(...radii)).toBeLessThan(1.01);
    const line = lapBy('line');
    const [a, b] = [line[0], line[Math.floor(line.length / 2)]];
    for (const goal of line) {
      const along = [0, 1, 2].reduce((sum, i) => sum + (goal[i] - a[i]) * (b[i] - a[i]), 0) / distance(a, b) ** 2;
      expect(
        distance(
          goal,
          [0, 1, 2].map((i) => a[i] + along * (b[i] - a[i])),
        ),
      ).toBeLessThan(1e-6);
    }
    const corners = lapBy('corners');
    const bends = corners.filter((goal, t) => {
      const [from, to] = [corners.at(t - 1) as Vec3, corners[(t + 1) % corners.length]];
      return (
        distance(
          goal,
          [0, 1, 2].map((i) => (from[i] + to[i]) / 2),
        ) > 1e-5
      );
    });
    // A corner lies between two steps, which both are beside their neighbours' middle.
    expect(bends.length).toBeGreaterThanOrEqual(3);
    expect(bends.length).toBeLessThanOrEqual(6);
  });

  test('mixes the paths, unless one is chosen', () => {
    const [mixed, ...each] = ['mixed', ...shapes].map((path) => taskOf('track', panda, { path }));
    for (const task of each) expect(goalAt(task, 1, 7)).not.toEqual(goalAt(each[(each.indexOf(task) + 1) % 5], 1, 7));
    const lengths = new Set(Array.from({ length: 20 }, (_, seed) => lapOf(wayOf(mixed, seed, 600)).length));
    expect(lengths.size).toBeGreaterThan(10);
  });

  test('has the goal where seed and step say, in any order', () => {
    const [one, other] = [taskOf('track', panda), taskOf('track', panda)];
    const way = wayOf(one, 4, 100);
    for (let seed = 100; seed < 700; seed++) goalAt(other, seed, 3);
    for (const t of [90, 10, 50, 0, 99]) expect(vec3(goalAt(other, 4, t))).toEqual(way[t]);
    for (let t = 0; t < 99; t++) {
      const [x, y, z] = goalAt(one, 4, t).subarray(3);
      expect(
        distance(
          [x, y, z],
          [0, 1, 2].map((i) => (way[t + 1][i] - way[t][i]) / dt),
        ),
      ).toBeLessThan(1e-4);
    }
  });

  test('observes tip, joints, goal, the way there and how the goal moves, over the reach', () => {
    const task = taskOf('track', planar);
    const goal = Float32Array.from([0.1, 0.05, 0, 0.02, -0.01, 0]);
    const obs = new Float32Array(width(task.obs));
    const state = stateAt(task.scene.arm, [0.3, 1.1]);
    task.observe(state, goal, obs);
    const reach = reachOf(planar);
    const tip = Array.from(state.site('tip').position);
    const expected = [...tip.map((x) => x / reach), 0, 0, 0, 1.1, Math.cos(0.3), Math.sin(0.3)];
    expected.push(...tip.map((_, i) => goal[i] / reach), ...tip.map((x, i) => (goal[i] - x) / reach));
    expected.push(...tip.map((_, i) => goal[3 + i] / reach));
    expect(obs.length).toBe(expected.length);
    for (const [i, x] of obs.entries()) expect(x).toBeCloseTo(expected[i], 6);
  });

  test.each([
    [0.019, true],
    [0.021, false],
  ])('rewards by minus the distance over the reach; %d of it is there: %s', (away, isThere) => {
    for (const arm of everyArm) {
      const task = taskOf('track', arm);
      const state = stateAt(task.scene.arm, arm.home);
      const [x, y, z] = state.site('tip').position;
      const goal = Float32Array.from([x + away * reachOf(arm), y, z, 0, 0, 0]);
      const terms = new Float64Array(1);
      task.reward(state, goal, new Float64Array(7), terms);
      expect(terms[0]).toBeCloseTo(-away, 5);
      expect(task.success?.(state, goal)).toBe(isThere);
    }
  });

  test.each([
    [60, 25],
    [10, 10],
  ])('judges an episode of %d steps by the mean distance from step %d on', (horizon, from) => {
    const options: Record<string, OptionValue> = { horizon };
    const env = openEnv('track', 'ur5e', options);
    const plan = { seedOf: () => 3, until: { episodes: 1 }, slots: 1, deterministic: false };
    const [episode] = collect(env, randomActor(env), plan);
    // The tip as it was observed, rounded to float32.
    const reach = reachOf(arms.ur5e);
    const size = width(env.spec.obs);
    const away = Array.from({ length: horizon + 1 }, (_, t) => {
      const tip = Array.from(episode.obs.subarray(t * size, t * size + 3), (x) => x * reach);
      return distance(tip, episode.params.subarray(t * 6, t * 6 + 3));
    }).slice(from);
    const [metric] = env.metrics;
    expect(metric.name).toBe('mean_distance');
    expect(metric.of(episode)).toBeCloseTo(away.reduce((sum, d) => sum + d, 0) / away.length, 5);
  });
});
