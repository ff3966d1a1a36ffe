import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { aboutAxis, fromRollPitchYaw } from '../../envs/math/axis-angle.ts';
import { stream } from '../../envs/math/random.ts';
import { add, dot, identity, norm, rotate, type Vec3 } from '../../envs/math/rotation.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { treeOf } from '../../envs/model/tree.ts';
import { type Arm, type Body, type Inertial, type Joint, type Scene, sceneOf } from '../../envs/model/types.ts';
import { type Drive, multibodyDamping } from '../../envs/sim/plan.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { Simulation } from '../../envs/sim/simulation.ts';
import type { SimulatedState } from '../../envs/sim/state.ts';
import { distance, limitsOf, randomAngles, reachPhysics, reachScene, simulate, vec3 } from './support.ts';

beforeAll(loadPhysics);

const settings = reachPhysics(arms.panda);
const position: Drive = { drive: 'position' };
const slanted: Vec3 = [1 / 3, -2 / 3, 2 / 3];

const heavy: Inertial = { mass: 1.5, center: [0.05, -0.02, 0.1], inertia: [0.02, 0.03, 0.025, 0.001, -0.002, 0.003] };
const body = (name: string, inertial?: Inertial): Body => ({ name, inertial, colliders: [], visuals: [] });

function joint(parent: string, child: string, axis: Vec3, more: Partial<Joint> = {}): Joint {
  return {
    name: `to ${child}`,
    kind: 'revolute',
    parent,
    child,
    frame: { position: [0.1, -0.05, 0.2], rotation: fromRollPitchYaw([0.3, -0.4, 0.7]) },
    axis,
    low: -1.5,
    high: 2,
    motor: { stiffness: 2000, damping: 40, maxForce: 200 },
    ...more,
  };
}

const slides: Partial<Joint> = {
  kind: 'prismatic',
  low: -0.2,
  high: 0.3,
  motor: { stiffness: 20000, damping: 600, maxForce: 800 },
};

function armOf(joints: readonly Joint[], inertial: Inertial | undefined = heavy): Arm {
  const last = joints[joints.length - 1].child;
  return {
    name: 'own',
    description: '',
    bodies: [body('base'), ...joints.map(({ child }) => body(child, inertial))],
    joints,
    sites: [
      { name: 'tip', body: last, frame: { position: [0.1, 0.2, 0.3], rotation: identity } },
      { name: 'elbow', body: joints[0].child, frame: { position: [0, 0.1, 0], rotation: identity } },
      { name: 'plate', body: 'base', frame: { position: [0, 0, 0.1], rotation: identity } },
    ],
    home: joints.map(() => 0.2),
    tip: 'tip',
  };
}

/** Leaning, so that no axis of the world is one of the arm. */
const sceneWith = (arm: Arm): Scene =>
  sceneOf(arm, { position: [0.3, -0.2, 0.1], rotation: aboutAxis([0.6, 0, 0.8], 0.9) }, 9.81);

describe.each([
  { name: 'about x', joints: [joint('base', 'a', [1, 0, 0])] },
  { name: 'about minus x', joints: [joint('base', 'a', [-1, 0, 0])] },
  { name: 'about y and back', joints: [joint('base', 'a', [0, 1, 0]), joint('a', 'b', [0, -1, 0])] },
  { name: 'about a slanted axis', joints: [joint('base', 'a', slanted)] },
  {
    name: 'of a chain',
    joints: [joint('base', 'a', [1, 0, 0]), joint('a', 'b', slanted), joint('b', 'c', [0, 1, 0])],
  },
  {
    name: 'of a tree with two branches',
    joints: [
      joint('base', 'a', slanted),
      joint('a', 'b', [1, 0, 0], { kind: 'continuous', low: undefined, high: undefined }),
      joint('a', 'c', [0, 1, 0]),
      joint('base', 'd', [0, 0, 1]),
      joint('c', 'e', slanted),
    ],
  },
  {
    name: 'that slide between some that turn',
    joints: [
      joint('base', 'a', slanted, slides),
      joint('a', 'b', [1, 0, 0], { low: -6, high: 7 }),
      joint('b', 'c', [0, -1, 0], slides),
      joint('c', 'd', [0, 0, 1], { kind: 'continuous', low: undefined, high: undefined, damping: 5 }),
      joint('b', 'e', [-1, 0, 0], slides),
    ],
  },
])('joints $name', ({ joints }) => {
  const arm = armOf(joints);
  const scene = sceneWith(arm);

  /** How far the state is from what forward kinematics makes of its joint positions, m and components of a quaternion. */
  function offOf(state: SimulatedState): number {
    const { bodies } = forwardKinematics(scene.arm, state.q);
    let worst = 0;
    bodies.forEach((frame, k) => {
      const found = state.pose.subarray(k * 7, k * 7 + 7);
      // A quaternion and its negative are one rotation.
      const sign = frame.rotation.reduce((sum, value, n) => sum + value * found[3 + n], 0) < 0 ? -1 : 1;
      [...frame.position, ...frame.rotation.map((value) => sign * value)].forEach((value, n) => {
        worst = Math.max(worst, Math.abs(value - found[n]));
      });
    });
    for (const tip of arm.sites.map((site) => site.name)) {
      const expected = forwardKinematics({ ...scene.arm, model: { ...arm, tip } }, state.q).tip;
      worst = Math.max(worst, distance(state.site(tip).position, expected.position));
    }
    return worst;
  }

  test('put bodies and sites where forward kinematics has them', () => {
    const random = stream(1, 'start');
    const world = new Simulation(scene, settings, position, 1);
    for (let i = 0; i < 30; i++) {
      const q = randomAngles(arm, random);
      const state = world.place(0, q, null);
      // Rapier computes in float32: a handful of roundings of 6e-8 per joint.
      expect(offOf(state)).toBeLessThan(1e-5);
      q.forEach((angle, k) => {
        expect(Math.abs(state.q[k] - angle)).toBeLessThan(1e-5);
      });
    }
    world.close();
  });

  test('stay with it along a motion, under gravity, and come to where they are sent', () => {
    const random = stream(2, 'start');
    const world = new Simulation(scene, { ...settings, gravityCompensation: false }, position, 1);
    const state = world.place(0, arm.home, null);
    for (let t = 0; t < 60; t++) {
      world.command(
        0,
        state.q.map((angle) => angle + random.between(-0.1, 0.1)),
      );
      world.step();
      expect(offOf(world.read(0))).toBeLessThan(1e-5);
    }
    const target = randomAngles(arm, random, 0.6);
    world.command(0, target);
    for (let t = 0; t < 75; t++) world.step();
    world.read(0);
    // A weight of 75 N at an arm's length bends a motor of 2000 N m / rad by some hundredths.
    target.forEach((angle, k) => {
      const off = state.q[k] - angle;
      expect(Math.abs(off - 2 * Math.PI * Math.round(off / (2 * Math.PI))), `joint ${k}`).toBeLessThan(0.06);
    });
    world.close();
  });

  test('stop at their limits', () => {
    const world = new Simulation(scene, settings, position, 1);
    const wall = joints.map((each) => limitsOf(each)[1]);
    const state = world.place(0, arm.home, null);
    world.command(
      0,
      wall.map((high) => (Number.isFinite(high) ? high + 10 : 0.2)),
    );
    for (let t = 0; t < 100; t++) world.step();
    world.read(0);
    wall.forEach((high, k) => {
      if (Number.isFinite(high)) expect(Math.abs(state.q[k] - high), `joint ${k}`).toBeLessThan(1e-3);
    });
    world.close();
  });

  test('have velocities that agree with those of the bodies and of the sites', () => {
    const [h, amplitude, rate] = [0.001, 0.3, 4];
    const world = new Simulation(scene, { ...settings, dt: h, solverIterations: 1 }, position, 1);
    const state = world.place(0, arm.home, null);
    const { parents, bodies } = treeOf(arm);
    const look = () => ({
      pose: Float64Array.from(state.pose),
      velocity: Float64Array.from(state.velocity),
      sites: arm.sites.map(({ name }) => {
        const site = state.site(name);
        return { position: vec3(site.position), velocity: vec3(site.velocity) };
      }),
    });
    const seen: ReturnType<typeof look>[] = [];
    let fastest = 0;
    for (let t = 0; t < 900; t++) {
      world.command(
        0,
        arm.home.map((angle, i) => angle + amplitude * (Math.sin(rate * h * t + i) - Math.sin(i))),
      );
      world.step();
      world.read(0);
      seen.push(look());
      const spins = bodies.map((_, i) => vec3(state.velocity, 6 * i + 3));
      const found = forwardKinematics(scene.arm, state.q).bodies;
      joints.forEach(({ axis, kind }, i) => {
        const parent: Vec3 = parents[i] < 0 ? [0, 0, 0] : spins[parents[i]];
        const own = rotate(found[i].rotation, axis);
        // A body turns as the one that carries it does, and about its joint, whose axis has turned on since by a step: by
        // what carries it now, and what the acceleration of the motion has changed that by.
        const turned = kind === 'prismatic' ? 0 : state.dq[i];
        const expected = add(parent, [turned * own[0], turned * own[1], turned * own[2]]);
        const swing = norm(parent) + h * amplitude * rate * rate;
        const within = 1e-5 + 1.5 * h * swing * Math.abs(turned);
        expect(distance(spins[i], expected), `step ${t}, joint ${i}`).toBeLessThan(within);
        if (t > 500) fastest = Math.max(fastest, Math.abs(state.dq[i]));
      });
    }
    world.close();
    expect(fastest).toBeGreaterThan(0.9 * amplitude * rate);
    // Velocities are those of one solver iteration ago: within the change of one, and of what float32 leaves of positions.
    const within = 2 * h * amplitude * rate * rate * joints.length + 1e-6 / (2 * h);
    const center = ({ pose }: (typeof seen)[number], i: number): Vec3 => {
      const at = i * 7;
      const own = rotate([pose[at + 3], pose[at + 4], pose[at + 5], pose[at + 6]], heavy.center);
      return add(vec3(pose, at), own);
    };
    const rateOf = (before: Vec3, after: Vec3) => before.map((value, k) => (after[k] - value) / (2 * h));
    const mean = (a: Vec3, b: Vec3) => a.map((value, k) => (value + b[k]) / 2);
    for (let t = 500; t + 1 < seen.length; t++) {
      const [before, now, after] = [seen[t - 1], seen[t], seen[t + 1]];
      bodies.forEach((_, i) => {
        const velocity = mean(vec3(now.velocity, 6 * i), vec3(after.velocity, 6 * i));
        expect(distance(rateOf(center(before, i), center(after, i)), velocity)).toBeLessThan(within);
      });
      arm.sites.forEach((_, i) => {
        const moved = rateOf(before.sites[i].position, after.sites[i].position);
        expect(distance(moved, mean(now.sites[i].velocity, after.sites[i].velocity))).toBeLessThan(within);
      });
    }
  });
});

describe('a torque about a slanted axis', () => {
  // A ball in its joint: the same inertia about every axis, and no lever for its weight.
  const inertia = 0.5;
  const arm = armOf([joint('base', 'a', slanted, { low: -3, high: 3 })], {
    mass: 2,
    center: [0, 0, 0],
    inertia: [inertia, inertia, inertia, 0, 0, 0],
  });
  const ball: Drive = {
    drive: 'torque',
    linkTorques(torque, dq, kick, out) {
      out[0] = torque[0] + inertia * kick[0] + multibodyDamping * dq[0];
    },
  };

  test.each([
    { torque: 2, start: 0 },
    { torque: -1, start: 0.8 },
    { torque: 0, start: -1.2 },
  ])('of $torque N m speeds up evenly from $start rad/s', ({ torque, start }) => {
    const scene = sceneWith(arm);
    const physics = { ...settings, dt: 0.02, substeps: 8, solverIterations: 1, internalIterations: 1 };
    const world = new Simulation(scene, physics, ball, 1);
    const state = world.place(0, [0.1], [start]);
    expect(Array.from(state.dq)).toEqual([start]);
    world.command(0, [torque]);
    const [steps, h] = [15, 0.02 / 8];
    for (let t = 0; t < steps; t++) world.step();
    world.read(0);
    const n = steps * 8;
    const acceleration = torque / inertia;
    // Symplectic Euler steps: a velocity is that of one step ago, and the damping given back is that of the step before.
    const within = 1.1 * h * Math.abs(acceleration) + 1e-3;
    expect(Math.abs(state.dq[0] - (start + acceleration * n * h))).toBeLessThan(within);
    const way = start * n * h + (acceleration * h * h * n * (n + 1)) / 2;
    expect(Math.abs(state.q[0] - 0.1 - way)).toBeLessThan(within * n * h);
    const axis = rotate(forwardKinematics(scene.arm, state.q).bodies[0].rotation, slanted);
    expect(dot(axis, vec3(state.velocity, 3))).toBeCloseTo(state.dq[0], 4);
    world.close();
  });

  test('needs no motor', () => {
    const still = { ...arm, joints: arm.joints.map((each) => ({ ...each, motor: undefined })) };
    new Simulation(sceneWith(still), settings, ball, 1).close();
  });
});

describe('what cannot be simulated is refused by name', () => {
  const open = (arm: Arm, drive = position) => new Simulation(sceneWith(arm), settings, drive, 1);

  test.each(['fixed', 'free'] as const)('a %s joint', (kind) => {
    const arm = armOf([joint('base', 'a', [1, 0, 0]), joint('a', 'b', [0, 0, 1], { kind })]);
    expect(() => open(arm)).toThrow(`arm own, joint to b: ${kind} joints are not simulated`);
  });

  test('a joint that slides where a controller has torques for links', () => {
    const arm = armOf([joint('base', 'a', [1, 0, 0], { kind: 'prismatic' })]);
    expect(() => open(arm, { drive: 'torque', linkTorques() {} })).toThrow(
      'arm own, joint to a: it slides, where linkTorques turn links about their joints',
    );
    open(arm, { drive: 'torque' }).close();
  });

  test('a body without mass', () => {
    const arm = armOf([joint('base', 'a', [1, 0, 0])]);
    const bodies = arm.bodies.map((each) => ({ ...each, inertial: undefined }));
    expect(() => open({ ...arm, bodies })).toThrow('arm own, body a: it has no inertial');
  });

  test('a joint without a motor where motors are to drive', () => {
    const arm = armOf([joint('base', 'a', [1, 0, 0], { motor: undefined })]);
    expect(() => open(arm)).toThrow('arm own, joint to a: it has no motor');
  });

  test('joints that are no tree', () => {
    const arm = armOf([joint('base', 'a', [1, 0, 0]), joint('nobody', 'b', [1, 0, 0])]);
    expect(() => open(arm)).toThrow('model own, joint to b: its parent nobody is not carried by a joint before it');
  });

  test('a start velocity where motors drive', () => {
    const { panda } = arms;
    const world = simulate(panda);
    expect(() => world.place(0, panda.home, new Float64Array(7).fill(0.1))).toThrow(
      'arm panda: only a torque drive with linkTorques starts an arm at a velocity',
    );
    world.close();
  });
});

test('a site that an arm does not have is named, with those that it has', () => {
  const world = simulate(arms.panda);
  const state = world.place(0, arms.panda.home, null);
  expect(() => state.site('nope')).toThrow('arm panda has no site "nope"; it has: tip');
  world.close();
  const own = new Simulation(sceneWith(armOf([joint('base', 'a', [1, 0, 0])])), settings, position, 1);
  expect(() => own.place(0, [0], null).site('hand')).toThrow('arm own has no site "hand"; it has: tip, elbow, plate');
  own.close();
});

test('bodies of an arm by itself touch nothing', () => {
  const world = simulate(arms.panda);
  const state = world.place(0, arms.panda.home, null);
  expect(state.contact('link1', 'link7')).toBe(0);
  expect(reachScene(arms.panda)).toMatchObject({ objects: [], fixed: [] });
  world.close();
});
