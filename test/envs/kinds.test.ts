import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { endEffectorStep } from '../../envs/control/end-effector-step.ts';
import { jointStep } from '../../envs/control/joint-step.ts';
import { jointTorque } from '../../envs/control/joint-torque.ts';
import { jointFields, observeJoints } from '../../envs/control/observe-joints.ts';
import { stream } from '../../envs/math/random.ts';
import { identity } from '../../envs/math/rotation.ts';
import { forwardKinematics, inverseKinematics } from '../../envs/model/kinematics.ts';
import { followLeaders } from '../../envs/model/tree.ts';
import { type Arm, sceneOf } from '../../envs/model/types.ts';
import { findDifference } from '../../envs/recording/replay.ts';
import { createEnv } from '../../envs/sim/env.ts';
import type { Drive } from '../../envs/sim/plan.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { Simulation } from '../../envs/sim/simulation.ts';
import { field, width } from '../../envs/spec.ts';
import { makeTask, type TaskDefinition } from '../../envs/task.ts';
import { randomActor } from '../../src/rollout/controllers.ts';
import { testContract } from './contract.ts';
import { allKinds, every, one, panning } from './kinds.ts';
import { distance, randomAngles, reachPhysics, recorded } from './support.ts';

beforeAll(loadPhysics);

const settings = reachPhysics(arms.panda);
const drives: readonly Drive['drive'][] = ['position', 'torque'];
const open = (arm: Arm, drive: Drive['drive'], slots = 1) => new Simulation(sceneOf(arm), settings, { drive }, slots);
const [low, high] = [-0.1, 0.4];

describe('a joint that slides', () => {
  const lift = one({
    kind: 'prismatic',
    axis: [0, 0.6, 0.8],
    low,
    high,
    motor: { stiffness: 20000, damping: 600, maxForce: 600 },
  });

  test.each(drives)('starts anywhere in its range and stops at its ends in a %s drive', (drive) => {
    for (const start of [-0.1, 0, 0.15, 0.4]) {
      for (const side of [-1, 1]) {
        const world = open(lift, drive);
        const state = world.place(0, [start], null);
        expect(state.q[0]).toBeCloseTo(start, 6);
        for (let t = 0; t < 50; t++) {
          world.command(0, [drive === 'position' ? 10 * side : 100 * side]);
          world.step();
          world.read(0);
        }
        expect(Math.abs(state.q[0] - (side > 0 ? high : low))).toBeLessThan(0.01);
        const { tip } = forwardKinematics(sceneOf(lift).arm, state.q);
        expect(distance(tip.position, state.site('tip').position)).toBeLessThan(1e-6);
        world.close();
      }
    }
  });

  test('is read by its velocity too, and its force moves it as Newton has it', () => {
    const free = { ...lift, joints: lift.joints.map((joint) => ({ ...joint, low: undefined, high: undefined })) };
    const world = open(free, 'torque');
    const state = world.place(0, [0.2], null);
    for (let t = 1; t <= 10; t++) {
      world.command(0, [6]);
      world.step();
      world.read(0);
      // 6 N on 3 kg, in steps of 10 ms.
      expect(state.dq[0]).toBeCloseTo(2 * 0.04 * t, 1);
      expect(state.q[0]).toBeCloseTo(0.2 + (0.04 * t) ** 2 + 0.01 * 0.04 * t, 3);
    }
    world.close();
  });
});

describe('a joint that mimics another', () => {
  test('is placed where its leader has it, and follows what that is sent to', () => {
    const world = open(allKinds, 'position');
    const state = world.place(0, [0, 0, 0.2, 99], null);
    expect(state.q[3]).toBeCloseTo(-0.5 * 0.2 + 0.3, 6);
    for (const target of [0.35, -0.05, 5]) {
      // What is commanded for the mimic itself counts for nothing.
      for (let t = 0; t < 40; t++) {
        world.command(0, [0, 0, target, 0.9]);
        world.step();
        world.read(0);
      }
      const leader = Math.min(target, high);
      expect(Math.abs(state.q[2] - leader)).toBeLessThan(1e-3);
      expect(Math.abs(state.q[3] - (-0.5 * leader + 0.3))).toBeLessThan(1e-3);
    }
    world.close();
  });

  test('keeps to its own limits', () => {
    const arm = every((joint, i) => (i === 3 ? { ...joint, low: 0.2, high: 0.3 } : {}));
    const world = open(arm, 'position');
    const state = world.place(0, arm.home, null);
    world.command(0, [0, 0, 0.4, 0]);
    for (let t = 0; t < 40; t++) world.step();
    expect(world.read(0).q[3]).toBeCloseTo(0.2, 3);
    expect(state.q[2]).toBeCloseTo(0.4, 3);
    world.close();
  });

  test('needs a motor, whatever drives the others', () => {
    const arm = every((_, i) => (i === 3 ? { motor: undefined } : {}));
    for (const drive of drives) {
      expect(() => open(arm, drive)).toThrow(
        'arm all kinds, joint joint3: it mimics joint2, and has no motor to follow it with',
      );
    }
  });
});

test('damping slows what a torque moves', () => {
  // 3 kg in a link of 0.3 m that stands upright: the moment about its own axis, of which the damping takes a share.
  const inertia = 2e-3;
  const moved = [0, 0.5].map((damping) => {
    const world = open(one({ kind: 'continuous', axis: [0, 0, 1], damping }), 'torque');
    const state = world.place(0, [0], null);
    world.command(0, [0.1]);
    for (let t = 0; t < 25; t++) world.step();
    world.read(0);
    world.close();
    return state.dq[0];
  });
  // Both have come to where damping takes all of the torque: Rapier's own 0.1 N m s/rad is a part of 0.5.
  expect(inertia / 0.1).toBeLessThan(0.1);
  expect(moved[0]).toBeCloseTo(1, 2);
  expect(moved[1]).toBeCloseTo(0.2, 2);
});

describe('controllers', () => {
  test('move what is driven, one component a joint', () => {
    for (const controller of [jointStep(allKinds, 0.1), jointTorque(allKinds, 20)])
      expect(width(controller.act)).toBe(3);
    const world = open(allKinds, 'position');
    const state = world.place(0, allKinds.home, null);
    const out = new Float64Array(4);
    jointStep(allKinds, 0.1).command(state, Float64Array.from([1, -1, 0.5]), out);
    expect(Array.from(out.subarray(0, 3))).toEqual([state.q[0] + 0.1, state.q[1] - 0.1, state.q[2] + 0.05]);
    world.close();
  });

  test('find joint positions of every kind for the tip, mimics with their leaders', () => {
    const random = stream(3, 'start');
    const placed = sceneOf(allKinds).arm;
    for (let i = 0; i < 30; i++) {
      const q = followLeaders(allKinds, randomAngles(allKinds, random, 0.8));
      const target = forwardKinematics(placed, q).tip.position;
      const near = q.map((value, k) => value + random.between(-0.1, 0.1) * (k === 2 ? 0.3 : 1));
      const found = inverseKinematics(placed, near, target, null, 4);
      expect(distance(forwardKinematics(placed, found).tip.position, target)).toBeLessThan(1e-6);
      expect(found[3]).toBe(-0.5 * found[2] + 0.3);
      expect(found[2]).toBeGreaterThanOrEqual(low);
      expect(found[2]).toBeLessThanOrEqual(high);
    }
  });
});

/** Everything that the arm in a slot shows while it is moved at random, with something done before every step, as text. */
function motion(world: Simulation, arm: Arm, slot: number, seed: number, before: () => void = () => {}): string {
  const random = stream(seed, 'noise');
  const q = randomAngles(arm, random);
  const state = world.place(slot, q, null);
  const shown: string[] = [];
  for (let t = 0; t < 12; t++) {
    before();
    // Far targets and near ones; as torques some are large.
    world.command(slot, randomAngles(arm, random, t % 3 ? 1 : 0.1));
    world.step();
    world.read(slot);
    for (const array of [state.q, state.dq, state.pose, state.velocity, state.site(arm.tip).velocity]) {
      shown.push(Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64'));
    }
  }
  return shown.join();
}

// Dampers are overlays, too: arms have more of these than joints.
const crowd = [panning, allKinds, every((_, i) => ({ damping: [0, 3, 50, 0.5][i] }))];

test.each(drives)('what an arm does in a %s drive depends neither on its slot nor on what others do', (drive) => {
  fc.assert(
    fc.property(
      fc.constantFrom(...crowd),
      fc.integer({ min: 0, max: 4 }),
      fc.integer({ min: 1, max: 1000 }),
      fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 12, maxLength: 12 }),
      (arm, slot, seed, others) => {
        const alone = open(arm, drive);
        const expected = motion(alone, arm, 0, seed);
        alone.close();
        const world = open(arm, drive, 5);
        const random = stream(seed, 'start');
        for (const other of others.slice(0, 4)) world.place(other, randomAngles(arm, random), null);
        let t = 0;
        const found = motion(world, arm, slot, seed, () => {
          const other = others[t++];
          if (other === slot) return;
          if (random.uniform() < 0.4) world.remove(other);
          else {
            world.place(other, randomAngles(arm, random), null);
            world.command(other, randomAngles(arm, random));
          }
        });
        world.close();
        return found === expected;
      },
    ),
    { numRuns: 60, seed: 1 },
  );
});

/** Turn the first joint to an angle, from anywhere: it needs nothing of an arm. */
function wander(control: 'step' | 'torque' | 'lead'): TaskDefinition {
  return {
    name: 'wander',
    options: {},
    budget: 1000,
    create: (arm) => ({
      scene: sceneOf(arm),
      controller: {
        step: () => jointStep(arm, 0.5),
        torque: () => jointTorque(arm, 30),
        lead: () => endEffectorStep(sceneOf(arm).arm, 0.1, { rotation: identity, floor: -1, iterations: 5 }),
      }[control](),
      obs: jointFields(arm),
      terms: ['near'],
      params: [field('goal', 1, 'rad', 'where the first joint is to be')],
      horizon: 20,
      reset(random, start, params) {
        start.q.set(randomAngles(arm, random));
        params[0] = random.between(-1, 1);
      },
      observe(state, _params, out) {
        observeJoints(arm, state.q, out);
      },
      reward(state, params, _action, terms) {
        terms[0] = -Math.abs(state.q[0] - params[0]);
      },
    }),
  };
}

describe.each(['step', 'torque', 'lead'] as const)('an environment of every kind of joint, by %s', (control) => {
  const task = makeTask(wander(control), allKinds, {});
  const env = createEnv(task);
  testContract(env, createEnv({ ...task, horizon: 2 }));

  test('is replayed bit for bit, from starts of more than half a turn', () => {
    const seedOf = (episode: number) => 300 + episode;
    const plan = { seedOf, until: { episodes: 8 }, slots: 3, deterministic: false };
    const recording = recorded(env, randomActor(env), plan);
    const shoulder = recording.episodes.map(({ obs }) => Math.abs(obs[0]));
    expect(Math.max(...shoulder)).toBeGreaterThan(Math.PI);
    expect(findDifference(env, recording)).toBeNull();
  });
});
