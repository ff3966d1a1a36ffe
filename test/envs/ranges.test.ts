import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { type Arm, sceneOf } from '../../envs/model/types.ts';
import { type Drive, multibodyDamping } from '../../envs/sim/plan.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { Simulation } from '../../envs/sim/simulation.ts';
import type { SimulatedState } from '../../envs/sim/state.ts';
import { allKinds, one, panning } from './kinds.ts';
import { distance, motorOf, reachPhysics, vec3 } from './support.ts';

beforeAll(loadPhysics);

const physics = {
  position: reachPhysics(arms.panda),
  // A joint passes its limit by a world step's travel before that holds it: short ones.
  torque: reachPhysics(arms.panda, { dt: 0.02, substeps: 8, solverIterations: 1 }),
};
const drives: readonly Drive['drive'][] = ['position', 'torque'];

/** The arm alone, upright. */
function open(arm: Arm, drive: Drive['drive'], slots = 1): Simulation {
  return new Simulation(sceneOf(arm), physics[drive], { drive }, slots);
}

/** Commands and steps, and reads what came of it. */
function act(world: Simulation, control: ArrayLike<number>, slot = 0): SimulatedState {
  world.command(slot, control);
  world.step();
  return world.read(slot);
}

/** How far bodies are from where forward kinematics has them, m. */
function offOf(arm: Arm, { q, pose }: SimulatedState): number {
  const { bodies } = forwardKinematics(sceneOf(arm).arm, q);
  return Math.max(...bodies.map(({ position }, i) => distance(position, vec3(pose, 7 * i))));
}

describe.each(drives)('in a %s drive', (drive) => {
  test.each([-5.9, -3.2, 0, 3.1, 6.2])('a pan joint of two turns each way stops at each end, from %d rad', (start) => {
    const { maxForce } = motorOf(panning.joints[0]);
    for (const side of [-1, 1]) {
      const world = open(panning, drive);
      const state = world.place(0, [start, 0.4], null);
      expect(state.q[0]).toBeCloseTo(start, 5);
      let worst = 0;
      for (let t = 0; t < 150; t++) {
        act(world, drive === 'position' ? [side * 1000, 0.4] : [side * maxForce, 0]);
        worst = Math.max(worst, side * state.q[0] - 2 * Math.PI);
      }
      // A limit shows once it is passed, by a world step's travel, and then gives way a little: 0.172 rad at 60 rad/s.
      expect(worst).toBeLessThan(0.2);
      expect(Math.abs(state.q[0] - side * 2 * Math.PI)).toBeLessThan(0.02);
      expect(offOf(panning, state)).toBeLessThan(1e-5);
      world.close();
    }
  });

  test('a continuous joint is read right after 20 rad, either way', () => {
    for (const side of [-1, 1]) {
      const world = open(allKinds, drive);
      const state = world.place(0, allKinds.home, null);
      for (let t = 0; side * state.q[0] < 20; t++) {
        const before = state.q[0];
        const control = drive === 'position' ? Array.from(state.q) : [0, 0, 0, 0];
        control[0] += drive === 'position' ? 0.3 * side : 5 * side;
        act(world, control);
        expect(side * (state.q[0] - before), `step ${t}`).toBeLessThan(1);
        expect(t).toBeLessThan(1000);
      }
      expect(side * state.q[0]).toBeLessThan(21);
      expect(offOf(allKinds, state)).toBeLessThan(1e-5);
      world.close();
    }
  });
});

test('turns are counted however fast a joint turns', () => {
  const spinner = one({ kind: 'continuous', axis: [0, 0, 1] });
  const world = open(spinner, 'torque');
  const state = world.place(0, [0], null);
  // Rapier's damping of 0.1 N m s/rad lets 50 N m come to 500 rad/s: more than a turn in each of the control steps.
  let way = 0;
  for (let t = 0; t < 400; t++) {
    const before = state.dq[0];
    act(world, [50]);
    way += (0.02 * (before + state.dq[0])) / 2;
  }
  expect(state.dq[0]).toBeGreaterThan(400);
  expect(Math.abs(state.q[0] - way)).toBeLessThan(0.005 * way);
  world.close();
});

test('a target of two turns on is come to the long way round, also where it is commanded once', () => {
  for (const each of [true, false]) {
    const world = open(panning, 'position');
    const state = world.place(0, [-2 * Math.PI, 0.4], null);
    world.command(0, [2 * Math.PI, 0.4]);
    for (let t = 0; t < 150; t++) {
      const before = state.q[0];
      if (each) world.command(0, [2 * Math.PI, 0.4]);
      world.step();
      world.read(0);
      if (before < 6) expect(state.q[0]).toBeGreaterThan(before);
    }
    expect(Math.abs(state.q[0] - 2 * Math.PI)).toBeLessThan(1e-3);
    world.close();
  }
});

test('a joint of two turns each way starts at a velocity as one of less does', () => {
  const inertia = 2e-3;
  const drive: Drive = {
    drive: 'torque',
    linkTorques(_torque, dq, kick, out) {
      out[0] = inertia * kick[0] + multibodyDamping * dq[0];
    },
  };
  const [near, far] = [3, 2 * Math.PI].map((high) => {
    const arm = one({ kind: 'revolute', axis: [0, 0, 1], low: -high, high });
    const world = new Simulation(sceneOf(arm), physics.torque, drive, 1);
    const state = world.place(0, [high - 0.1], [-3]);
    expect(Array.from(state.dq)).toEqual([-3]);
    const way = Array.from({ length: 80 }, () => act(world, [0]).q[0] - (high - 0.1));
    world.close();
    return way;
  });
  expect(near[79]).toBeLessThan(-4);
  near.forEach((way, t) => {
    expect(Math.abs(way - far[t])).toBeLessThan(1e-4);
  });
});

test.each(drives)('a limit on one side holds, and leaves the other free, in a %s drive', (drive) => {
  const arm = one({ kind: 'revolute', axis: [0, 0, 1], high: 4 });
  const world = open(arm, drive);
  const state = world.place(0, [0], null);
  for (const side of [1, -1]) {
    for (let t = 0; t < 100; t++) act(world, [drive === 'position' ? state.q[0] + 0.5 * side : side]);
    if (side > 0) expect(Math.abs(state.q[0] - 4)).toBeLessThan(0.02);
    else expect(state.q[0]).toBeLessThan(-8);
  }
  world.close();
});
