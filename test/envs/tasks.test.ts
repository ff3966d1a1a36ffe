import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import type { Env } from '../../envs/env.ts';
import { stream } from '../../envs/math/random.ts';
import { rotate, type Vec3 } from '../../envs/math/rotation.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { siteOf, treeOf } from '../../envs/model/tree.ts';
import { sceneOf } from '../../envs/model/types.ts';
import type { OptionValue } from '../../envs/options.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { width } from '../../envs/spec.ts';
import type { State } from '../../envs/task.ts';
import { controlOf, distance, openEnv, randomAction, randomAngles, stateAt, taskOf } from './support.ts';

beforeAll(loadPhysics);

const { panda, planar } = arms;

/** The Panda or the planar arm with its tip said to be somewhere. */
function stateWith(q: readonly number[], tip: Vec3, tipVelocity: Vec3 = [0, 0, 0]): State {
  const site = () => ({ position: Float64Array.from(tip), velocity: Float64Array.from(tipVelocity) });
  return stateAt(sceneOf(q.length === 2 ? planar : panda).arm, q, { site });
}

/** Plays with random actions; `look` gets the batch and the action after every step. */
function play(
  env: Env,
  seed: number,
  look: (batch: ReturnType<Env['open']>, act: Float32Array, t: number) => void,
): void {
  const batch = env.open(1);
  const random = stream(seed, 'noise');
  batch.start(0, seed);
  for (let t = 1; !batch.last[0]; t++) {
    const act = randomAction(width(env.spec.act), random);
    batch.step(act);
    look(batch, act, t);
  }
  batch.close();
}

describe.each(['panda-reach', 'panda-reach-joints'])('%s', (name) => {
  const open = (options: Record<string, OptionValue> = {}) => openEnv(name, 'panda', options);

  test('takes 50 control steps of 0.04 s', () => {
    const { spec } = open();
    expect([spec.dt, spec.horizon]).toEqual([0.04, 50]);
    expect(spec.params.map(({ name: param, size }) => [param, size])).toEqual([['goal', 3]]);
    expect(spec.paramsMove).toBe(false);
    expect(spec.markers).toEqual([{ param: 'goal', radius: 0.05 }]);
    expect(width(spec.act)).toBe(name === 'panda-reach' ? 3 : 7);
    expect(spec.controller.scale).toBe(0.05);
    expect(spec.controller.kind).toBe(name === 'panda-reach' ? 'end-effector-step' : 'joint-step');
  });

  test('observes position, velocity, achieved and desired goal, from the neutral pose at rest', () => {
    const env = open();
    expect(env.spec.obs.map((field) => [field.name, field.size])).toEqual([
      ['position', 3],
      ['velocity', 3],
      ['achieved_goal', 3],
      ['desired_goal', 3],
    ]);
    const batch = env.open(1);
    for (const seed of [0, 1, 2 ** 53 - 1]) {
      batch.start(0, seed);
      const { obs } = batch;
      expect(distance(obs, [0.0384, 0, 0.1974])).toBeLessThan(1e-4);
      expect(Array.from(obs.subarray(3, 6))).toEqual([0, 0, 0]);
      expect(obs.subarray(6, 9)).toEqual(obs.subarray(0, 3));
      expect(obs.subarray(9, 12)).toEqual(batch.params);
    }
    batch.close();
    play(env, 3, (running) => {
      expect(running.obs.subarray(6, 9)).toEqual(running.obs.subarray(0, 3));
      expect(running.obs.subarray(9, 12)).toEqual(running.params);
    });
  });

  test('observes the relative goal at the end when asked to', () => {
    const env = open({ relativeGoal: true });
    expect(width(env.spec.obs)).toBe(15);
    play(env, 4, ({ obs }) => {
      for (let i = 0; i < 3; i++) expect(obs[12 + i]).toBeCloseTo(obs[9 + i] - obs[i], 6);
    });
  });

  test('observes a velocity that moves the end effector', () => {
    // Mean velocity over a step against those at its ends: a sign or a unit that is wrong shows, however motors shape the
    // step between.
    let [dot, own, other] = [0, 0, 0];
    let before = new Float32Array(12);
    play(open({ endsOnSuccess: false }), 5, ({ obs }, _act, t) => {
      if (t > 1) {
        for (let i = 0; i < 3; i++) {
          const moved = (obs[i] - before[i]) / 0.04;
          const velocity = (obs[3 + i] + before[3 + i]) / 2;
          dot += moved * velocity;
          own += moved * moved;
          other += velocity * velocity;
        }
      }
      before = obs.slice();
    });
    expect(dot / Math.sqrt(own * other)).toBeGreaterThan(0.8);
    expect(Math.sqrt(other / own)).toBeGreaterThan(0.3);
    expect(Math.sqrt(other / own)).toBeLessThan(1.2);
  });

  test('rewards by minus the distance, or by -1 until the goal is reached', () => {
    const [dense, sparse] = ['dense', 'sparse'].map((reward) =>
      open({ reward, endsOnSuccess: false, goalRadius: 0.15 }),
    );
    expect([dense.spec.terms, sparse.spec.terms]).toEqual([['distance'], ['not_reached']]);
    const seen = new Set<number>();
    for (let seed = 0; seed < 5; seed++) {
      const distances: number[] = [];
      play(dense, seed, ({ obs, reward }) => {
        const away = distance(obs.subarray(6, 9), obs.subarray(9, 12));
        // Observed in float32.
        expect(Math.abs(reward[0] + away)).toBeLessThan(1e-6);
        distances.push(away);
      });
      play(sparse, seed, ({ reward, success }, _act, t) => {
        const away = distances[t - 1];
        if (Math.abs(away - 0.15) > 1e-6) expect(reward[0]).toBe(away < 0.15 ? 0 : -1);
        expect(success[0]).toBe(reward[0] === 0 ? 1 : 0);
        seen.add(reward[0]);
      });
    }
    expect(seen).toEqual(new Set([0, -1]));
  });

  test('ends on success with the reward of the state that it reached', () => {
    const long = open({ endsOnSuccess: false });
    let firstHit = 0;
    for (let seed = 0; seed < 40 && !firstHit; seed++) {
      let hit = 0;
      const rewards: number[] = [];
      play(long, seed, ({ success, reward, last }, _act, t) => {
        rewards.push(reward[0]);
        if (success[0] && !hit) hit = t;
        expect(last[0]).toBe(t === 50 ? 1 : 0);
      });
      if (!hit || hit === 50) continue;
      firstHit = hit;
      let steps = 0;
      play(open(), seed, ({ last, discount, success, reward }, _act, t) => {
        steps = t;
        expect(reward[0]).toBe(rewards[t - 1]);
        expect([last[0], discount[0], success[0]]).toEqual(t === hit ? [1, 0, 1] : [0, 1, 0]);
      });
      expect(steps).toBe(hit);
      expect(rewards[hit - 1]).toBeGreaterThan(-0.05);
    }
    expect(firstHit).toBeGreaterThan(0);
  });

  test('takes a goal in which the end effector starts for a success of the first step', () => {
    // 1.8 % of goals lie within 5 cm of the start.
    const env = open();
    const batch = env.open(1);
    let near = 0;
    const seeds = 2000;
    for (let seed = 0; seed < seeds; seed++) {
      batch.start(0, seed);
      expect(batch.success[0]).toBe(0);
      if (distance(batch.obs, batch.params) < 0.05) near++;
    }
    batch.close();
    // Four standard deviations of a count with this mean.
    expect(Math.abs(near / seeds - 0.0183)).toBeLessThan(4 * Math.sqrt(0.018 / seeds));
  });
});

describe('joint actions', () => {
  test('ask for the measured angle and 0.05 rad of each component', () => {
    const random = stream(1, 'noise');
    for (const arm of [panda, planar]) {
      const task = taskOf('panda-reach-joints', arm);
      const q = randomAngles(arm, random);
      const action = Float64Array.from(q, () => random.between(-1, 1));
      const control = controlOf(task, stateWith(q, [0, 0, 0]), action);
      expect(control).toHaveLength(q.length);
      q.forEach((angle, i) => {
        expect(control[i]).toBeCloseTo(angle + 0.05 * action[i], 14);
      });
    }
  });

  test('move the joint that they are for', () => {
    const env = openEnv('panda-reach-joints');
    const batch = env.open(7);
    const act = new Float32Array(49);
    for (let joint = 0; joint < 7; joint++) {
      batch.start(joint, 1);
      act[joint * 7 + joint] = 1;
    }
    const before = Float32Array.from(batch.pose);
    batch.step(act);
    for (let slot = 0; slot < 7; slot++) {
      const turned = panda.joints.map((_, link) => {
        const at = (slot * 7 + link) * 7 + 3;
        return Math.hypot(...batch.pose.subarray(at, at + 4).map((value, k) => value - before[at + k]));
      });
      // The links before the joint keep still (up to what their motors give); it and those after it turn together.
      turned.forEach((change, link) => {
        if (link < slot) expect(change).toBeLessThan(0.01);
        else expect(change).toBeGreaterThan(0.012);
      });
    }
    batch.close();
  });
});

describe('end-effector actions', () => {
  const task = taskOf('panda-reach', panda);
  const reached = (control: ArrayLike<number>) => forwardKinematics(task.scene.arm, control).tip;

  test('ask for a point 0.05 m of each component away, with the hand down', () => {
    const random = stream(2, 'noise');
    const tip = reached(panda.home).position;
    for (let i = 0; i < 20; i++) {
      const action = Float64Array.from({ length: 3 }, () => random.between(-1, 1));
      const { position, rotation } = reached(controlOf(task, stateWith(panda.home, tip), action));
      expect(
        distance(
          position,
          [0, 1, 2].map((k) => tip[k] + 0.05 * action[k]),
        ),
      ).toBeLessThan(1e-3);
      expect(distance(rotate(rotation, [0, 0, 1]), [0, 0, -1])).toBeLessThan(1e-2);
    }
  });

  test('do not ask for a point below the table', () => {
    // From 2 cm above it, 5 cm down.
    let q: ArrayLike<number> = panda.home;
    for (const z of [0.15, 0.1, 0.05, 0.02]) {
      const { position } = reached(q);
      q = controlOf(task, stateWith(Array.from(q), [position[0], position[1], z + 0.05]), Float64Array.of(0, 0, -1));
    }
    const { position } = reached(q);
    expect(position[2]).toBeCloseTo(0.02, 3);
    const below = controlOf(task, stateWith(Array.from(q), position), Float64Array.of(0, 0, -1));
    expect(Math.abs(reached(below).position[2])).toBeLessThan(1e-3);
  });

  test('move the end effector the way they point', () => {
    const env = openEnv('panda-reach', 'panda', { endsOnSuccess: false });
    const batch = env.open(6);
    const act = new Float32Array(18);
    for (let slot = 0; slot < 6; slot++) {
      batch.start(slot, 1);
      act[slot * 3 + (slot >> 1)] = slot % 2 ? -1 : 1;
    }
    const start = batch.obs.slice(0, 3);
    for (let t = 0; t < 3; t++) batch.step(act);
    for (let slot = 0; slot < 6; slot++) {
      const moved = [0, 1, 2].map((k) => batch.obs[slot * 12 + k] - start[k]);
      const along = moved[slot >> 1] * (slot % 2 ? -1 : 1);
      const aside = Math.hypot(...moved.filter((_, k) => k !== slot >> 1));
      // At most 0.05 m a step; the peer makes a quarter of it at least.
      expect(along, `${moved}`).toBeGreaterThan(3 * 0.0125);
      expect(along, `${moved}`).toBeLessThan(3 * 0.05);
      expect(aside, `${moved}`).toBeLessThan(0.5 * along);
    }
    batch.close();
  });
});

describe('reacher', () => {
  const env = openEnv('reacher');

  test('takes 50 control steps of 0.02 s, never terminates and has no success', () => {
    expect([env.spec.dt, env.spec.horizon, width(env.spec.obs), width(env.spec.act)]).toEqual([0.02, 50, 10, 2]);
    expect(env.spec.controller).toEqual({ kind: 'joint-torque', scale: 200, unit: 'N m' });
    let steps = 0;
    play(env, 1, ({ last, discount, success }, _act, t) => {
      steps = t;
      expect([last[0], discount[0], success[0]]).toEqual([t === 50 ? 1 : 0, 1, 0]);
    });
    expect(steps).toBe(50);
  });

  test('observes cosines, sines, target, velocities and offset, in this order', () => {
    const task = taskOf('reacher', planar);
    const [q, dq, tip, goal] = [[0.3, -1.2], [1.5, -2.5], [0.11, 0.05, 0.01] as Vec3, [-0.1, 0.15, 0.01] as Vec3];
    const out = new Float32Array(10);
    task.observe({ ...stateWith(q, tip), dq: Float64Array.from(dq) }, Float32Array.from(goal), out);
    const expected = [
      Math.cos(0.3),
      Math.cos(-1.2),
      Math.sin(0.3),
      Math.sin(-1.2),
      -0.1,
      0.15,
      1.5,
      -2.5,
      0.11 - -0.1,
      0.05 - 0.15,
    ];
    expected.forEach((value, i) => {
      expect(out[i]).toBeCloseTo(value, 6);
    });
  });

  test('rewards by minus the distance and minus the squared action, clipped, with weight 1', () => {
    expect(env.spec.terms).toEqual(['distance', 'control']);
    play(env, 2, ({ obs, terms, reward }, act) => {
      const [a, b] = act.map((x) => Math.min(Math.max(x, -1), 1));
      expect(terms[0]).toBeCloseTo(-Math.hypot(obs[8], obs[9]), 6);
      expect(terms[1]).toBeCloseTo(-(a * a + b * b), 12);
      expect(reward[0]).toBe(terms[0] + terms[1]);
    });
  });

  test('has its fingertip 0.11 m along the second link', () => {
    play(env, 3, ({ obs, params: goal }) => {
      const [q1, q2] = [Math.atan2(obs[2], obs[0]), Math.atan2(obs[3], obs[1])];
      const tip = [0.1 * Math.cos(q1) + 0.11 * Math.cos(q1 + q2), 0.1 * Math.sin(q1) + 0.11 * Math.sin(q1 + q2)];
      for (let i = 0; i < 2; i++) expect(obs[8 + i]).toBeCloseTo(tip[i] - goal[i], 6);
    });
  });

  test('starts within 0.1 rad and 0.005 rad/s of rest, with targets spread over a disk of 0.2 m', () => {
    const batch = env.open(1);
    const seen = Array.from({ length: 1000 }, (_, seed) => {
      batch.start(0, seed);
      const { obs } = batch;
      return {
        q: [Math.atan2(obs[2], obs[0]), Math.atan2(obs[3], obs[1])],
        dq: [obs[6], obs[7]],
        r: Math.hypot(obs[4], obs[5]),
      };
    });
    batch.close();
    for (const [key, bound] of [
      ['q', 0.1],
      ['dq', 0.005],
    ] as const) {
      for (const i of [0, 1]) {
        const values = seen.map((start) => start[key][i]);
        // Uniform: 1000 draws leave 2 % of the width empty at one of its ends with a chance of 4e-9.
        expect(Math.max(...values)).toBeLessThan(bound * (1 + 1e-6));
        expect(Math.max(...values)).toBeGreaterThan(0.96 * bound);
        expect(Math.min(...values)).toBeGreaterThan(-bound * (1 + 1e-6));
        expect(Math.min(...values)).toBeLessThan(-0.96 * bound);
      }
    }
    expect(Math.max(...seen.map((start) => start.r))).toBeLessThan(0.2 * (1 + 1e-6));
    // Uniform over the area: a quarter within half the radius. Five standard deviations.
    const inner = seen.filter((start) => start.r < 0.1).length / 1000;
    expect(Math.abs(inner - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75) / 1000));
  });

  test('turns by 200 N m for a full action', () => {
    const task = taskOf('reacher', planar);
    expect(Array.from(controlOf(task, stateWith([0, 0], [0, 0, 0]), Float64Array.of(1, -0.25)))).toEqual([200, -50]);
  });
});

describe.each([
  { name: 'reacher-easy', radius: 0.05 },
  { name: 'reacher-hard', radius: 0.015 },
])('$name', ({ name, radius }) => {
  const env = openEnv(name);
  const task = taskOf(name, planar);
  const { frame, model } = env.scene.arm;

  test('takes 1000 control steps of 0.02 s, and never terminates', () => {
    expect([env.spec.dt, env.spec.horizon, width(env.spec.act)]).toEqual([0.02, 1000, 2]);
    expect(env.spec.controller).toEqual({ kind: 'joint-torque', scale: 0.05, unit: 'N m' });
    expect(env.spec.markers).toEqual([{ param: 'target', radius: radius + 0.01 }]);
    let steps = 0;
    play(env, 1, ({ last, discount }, _act, t) => {
      steps = t;
      if (t === 1000 || last[0]) expect([t, last[0], discount[0]]).toEqual([1000, 1, 1]);
    });
    expect(steps).toBe(1000);
  });

  test('observes joint angles as they are, the way to the target, and velocities, in this order', () => {
    expect(env.spec.obs.map(({ name: field, size }) => [field, size])).toEqual([
      ['q', 2],
      ['to_target', 2],
      ['dq', 2],
    ]);
    const out = new Float32Array(6);
    const state = { ...stateWith([7.3, -1.2], [0.11, 0.05, 0.01]), dq: Float64Array.of(1.5, -2.5) };
    task.observe(state, Float32Array.of(-0.1, 0.15, 0.01), out);
    [7.3, -1.2, -0.1 - 0.11, 0.15 - 0.05, 1.5, -2.5].forEach((value, i) => {
      expect(out[i]).toBeCloseTo(value, 6);
    });
  });

  test('observes what the simulation has: the tip 0.12 m along each link, the velocity of the step that was made', () => {
    let before: Float32Array | null = null;
    play(env, 3, ({ obs, params: target }) => {
      const [q1, q2] = obs;
      const tip = [0.12 * (Math.cos(q1) + Math.cos(q1 + q2)), 0.12 * (Math.sin(q1) + Math.sin(q1 + q2))];
      for (let i = 0; i < 2; i++) {
        if (Math.abs(target[i] - tip[i] - obs[2 + i]) > 1e-5) expect(obs[2 + i]).toBeCloseTo(target[i] - tip[i], 5);
        const moved = before && (obs[i] - before[i]) / 0.02;
        if (moved !== null && Math.abs(obs[4 + i] - moved) > 1e-3) expect(obs[4 + i]).toBeCloseTo(moved, 3);
      }
      before = obs.slice();
    });
  });

  test.each([
    { away: 0, expected: 1 },
    { away: radius + 0.0099, expected: 1 },
    { away: radius + 0.0101, expected: 0 },
    { away: 0.3, expected: 0 },
  ])('is worth $expected at $away m from the target', ({ away, expected }) => {
    const target = Float32Array.of(0.1, -0.05, 0.01);
    const state = stateWith([0, 0], [target[0] + 0.6 * away, target[1] - 0.8 * away, 0.01]);
    const terms = new Float64Array(1);
    task.reward(state, target, Float64Array.of(1, 1), terms);
    expect(terms[0]).toBe(expected);
    expect(task.success?.(state, target)).toBe(expected === 1);
    expect(env.spec.terms).toEqual(['in_target']);
  });

  test('starts at rest anywhere, with targets of any direction 0.05 to 0.2 m away', () => {
    const batch = env.open(1);
    const seen = Array.from({ length: 1000 }, (_, seed) => {
      batch.start(0, seed);
      const [x, y, z] = batch.params;
      expect(Array.from(batch.obs.subarray(4))).toEqual([0, 0]);
      expect(z).toBeCloseTo(0.01, 8);
      return [batch.obs[0], batch.obs[1], Math.atan2(y, x), Math.hypot(x, y)];
    });
    batch.close();
    const ranges = [
      [-Math.PI, Math.PI],
      [(-160 / 180) * Math.PI, (160 / 180) * Math.PI],
      [-Math.PI, Math.PI],
      [0.05, 0.2],
    ];
    ranges.forEach(([low, high], k) => {
      const values = seen.map((one) => one[k]);
      // Uniform: 1000 draws leave 2 % of a range empty at one of its ends with a chance of 4e-9; five standard deviations of the mean.
      const slack = 0.02 * (high - low);
      expect(Math.min(...values)).toBeGreaterThan(low - 1e-6);
      expect(Math.min(...values)).toBeLessThan(low + slack);
      expect(Math.max(...values)).toBeLessThan(high + 1e-6);
      expect(Math.max(...values)).toBeGreaterThan(high - slack);
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      expect(Math.abs(mean - (low + high) / 2)).toBeLessThan((5 * (high - low)) / Math.sqrt(12 * values.length));
    });
  });

  test('has the wrist give way beyond 160 degrees a little, and come back', () => {
    const batch = env.open(1);
    batch.start(0, 1);
    let [deepest, last] = [0, 0];
    for (let t = 0; t < 400; t++) {
      batch.step(Float32Array.of(0, t < 300 ? 1 : 0));
      deepest = Math.max(deepest, batch.obs[1]);
      last = batch.obs[1];
    }
    batch.close();
    expect(deepest).toBeGreaterThan((160 / 180) * Math.PI);
    expect(deepest).toBeLessThan((175 / 180) * Math.PI);
    expect(last).toBeLessThan((160 / 180) * Math.PI + 1e-3);
  });

  test('is drawn as it is: the finger at the tip, the arm in the plane of the targets', () => {
    const { body } = siteOf(model, model.tip);
    const finger = treeOf(model).bodies[body].visuals.find(({ part }) => part === 'hand');
    expect(finger).toMatchObject({ kind: 'sphere', center: [0.12, 0, 0], radius: 0.01 });
    expect(frame.position).toEqual([0, 0, 0.01]);
  });
});
