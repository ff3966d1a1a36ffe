import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { stream } from '../../envs/math/random.ts';
import type { Arm } from '../../envs/model/types.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import type { Simulation } from '../../envs/sim/simulation.ts';
import { width } from '../../envs/spec.ts';
import type { State, Task } from '../../envs/task.ts';
import { gravityTorques } from './statics.ts';
import {
  controlOf,
  everyArm,
  everyCase,
  limitsOf,
  motorOf,
  reachPhysics,
  reachScene,
  simulate,
  simulateTask,
  taskOf,
} from './support.ts';

beforeAll(loadPhysics);

/**
 * How far a joint may pass its limit, rad, that is thrown against it by all the torque there is. Rapier's limits are
 * soft, and give way for some hundredths of a second: the Panda's elbow goes 0.24 rad too far when every joint does
 * this at once.
 */
const slam = 0.3;

/** How far any joint is beyond its limits, rad. */
function beyond({ joints }: Arm, q: ArrayLike<number>): number {
  const limits = joints.map(limitsOf);
  return Math.max(0, ...limits.map(([low, high], i) => Math.max(low - q[i], q[i] - high)));
}

function act(world: Simulation, task: Task, state: State, action: Float64Array): void {
  world.command(0, controlOf(task, state, action));
  world.step();
  world.read(0);
}

describe.each(everyCase)('the joint limits of $arm in $task', ({ task: name, arm: armName }) => {
  const task = taskOf(name, arms[armName]);
  // A task may make an arm of its own of the one that it is given: fingers that move.
  const arm = task.scene.arm.model;
  const size = width(task.controller.act);

  test('hold under random and constant full actions', () => {
    const random = stream(1, 'noise');
    const world = simulateTask(task);
    let [worst, fastest] = [0, 0];
    const kinds = [() => 1, () => -1, () => (random.uniform() < 0.5 ? -1 : 1), () => random.between(-1, 1)];
    for (const kind of kinds) {
      const state = world.place(0, arm.home, null);
      for (let t = 0; t < 120; t++) {
        act(world, task, state, Float64Array.from({ length: size }, kind));
        worst = Math.max(worst, beyond(arm, state.q));
        fastest = Math.max(fastest, ...state.dq.map(Math.abs));
      }
    }
    world.close();
    expect(worst).toBeLessThan(
      {
        // Targets are clipped to the limits and near the joint, so that only the motors' overshoot is left: 0.0015 rad at
        // steps of 0.05 rad. What a motor of limited force brakes grows with the square of the speed.
        'joint-step': 2e-3 * (task.controller.spec.scale / 0.05) ** 2,
        // Inverse kinematics may ask for more than a joint step, so a joint may come faster to its limit.
        'end-effector-step': 0.02,
        // A torque throws the joint against its limit, which shows once it is passed: after a world step's travel.
        'joint-torque': (fastest * task.physics.dt) / task.physics.substeps,
      }[task.controller.spec.kind],
    );
  });
});

describe.each(everyArm)('the joint limits of $name', (arm) => {
  test('stop a slam of every joint at once, and then hold', () => {
    const world = simulate(arm);
    for (const side of [1, -1]) {
      const state = world.place(0, arm.home, null);
      const wall = arm.joints.map(({ low, high }, i) => (side > 0 ? high : low) ?? arm.home[i]);
      let worst = 0;
      for (let t = 0; t < 100; t++) {
        world.command(
          0,
          wall.map((angle) => angle + side * 10),
        );
        world.step();
        world.read(0);
        worst = Math.max(worst, beyond(arm, state.q));
      }
      expect(worst).toBeLessThan(slam);
      expect(beyond(arm, state.q)).toBeLessThan(1e-3);
      arm.joints.forEach(({ low }, i) => {
        if (low !== undefined) expect(Math.abs(state.q[i] - wall[i])).toBeLessThan(1e-3);
      });
    }
    world.close();
  });

  test('leave a free joint free, also beyond half a turn', () => {
    const world = simulate(arm);
    const state = world.place(0, arm.home, null);
    for (let t = 0; t < 100; t++) {
      const before = Float64Array.from(state.q);
      world.command(
        0,
        before.map((angle, i) => (arm.joints[i].low !== undefined ? angle : angle + 0.1)),
      );
      world.step();
      world.read(0);
      arm.joints.forEach(({ low }, i) => {
        if (low !== undefined) return;
        const moved = state.q[i] - before[i];
        const turned = moved - 2 * Math.PI * Math.round(moved / (2 * Math.PI));
        // Once up to speed it makes most of every commanded step, and never a wild one.
        if (t > 5) expect(turned, `step ${t} at ${before[i]} rad`).toBeGreaterThan(0.05);
        expect(turned, `step ${t} at ${before[i]} rad`).toBeLessThan(0.12);
      });
    }
    world.close();
  });
});

describe('the torque limit of the motors', () => {
  /** The arm with other torque limits. */
  function limited(arm: Arm, maxForce: (i: number) => number): Arm {
    return {
      ...arm,
      joints: arm.joints.map((joint, i) => ({ ...joint, motor: { ...motorOf(joint), maxForce: maxForce(i) } })),
    };
  }

  // The planar arm's joint inertia is [[2, 1], [1, 1]] kg m^2 (a unit on each link; the links' masses add less than
  // 1e-3), so torques (t, -t) accelerate its joints by (2 t, -3 t) from rest, and (t, t) by (0, t).
  test.each([10, 50, 100])('of %i N m accelerates the planar arm as it should', (torque) => {
    const arm = limited(arms.planar, () => torque);
    // Short steps: velocity and centrifugal terms stay small, and the motors saturated.
    const settings = reachPhysics(arm, { dt: 0.002 });
    const world = simulate(arm, settings);
    const steps = 5;
    for (const [signs, expected] of [
      [
        [1, -1],
        [2, -3],
      ],
      [
        [1, 1],
        [0, 1],
      ],
      [
        [-1, -1],
        [0, -1],
      ],
    ]) {
      const state = world.place(0, [0, 0], null);
      world.command(
        0,
        signs.map((sign) => 1.5 * sign),
      );
      for (let t = 0; t < steps; t++) world.step();
      world.read(0);
      // Symplectic Euler steps of h: after n of them a constant acceleration a has moved the joint by a h^2 n (n + 1) / 2.
      const h = 0.002 / settings.solverIterations;
      const n = steps * settings.solverIterations;
      const way = (torque * h * h * n * (n + 1)) / 2;
      state.q.forEach((q, i) => {
        // The links' masses are 1e-3 of the inertia, the joints' damping of 0.1 N m s/rad slows by 3 x 0.1 x 0.01 s.
        expect(Math.abs(q - expected[i] * way), `joint ${i}: ${q}`).toBeLessThan(0.01 * way);
      });
    }
    world.close();
  });

  test('holds the Panda up when it is just above the load of gravity, and lets it fall when it is just below', () => {
    const q = [0, 1.2, 0, -0.5, 0, 1.5, 0];
    const load = Math.abs(gravityTorques(reachScene(arms.panda), q)[1]);
    expect(load).toBeGreaterThan(20);
    const fallen = [1.1, 0.9].map((part) => {
      const arm = limited(arms.panda, (i) => (i === 1 ? part * load : 1000));
      const world = simulate(arm, reachPhysics(arm, { gravityCompensation: false }));
      const state = world.place(0, q, null);
      world.command(0, q);
      for (let t = 0; t < 25; t++) world.step();
      world.read(0);
      const angle = state.q[1] - q[1];
      world.close();
      return angle;
    });
    // Held: gravity over stiffness, with 20 % for the other joints' give. Fallen: the joint is at its limit or near.
    expect(Math.abs(fallen[0])).toBeLessThan((1.2 * load) / motorOf(arms.panda.joints[1]).stiffness);
    expect(fallen[1]).toBeGreaterThan(0.1);
  });
});
