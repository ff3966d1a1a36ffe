import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { stream } from '../../envs/math/random.ts';
import type { Arm } from '../../envs/model/types.ts';
import { type ArmState, ArmWorld, loadPhysics } from '../../envs/sim/physics.ts';
import type { Task } from '../../envs/tasks/types.ts';
import { gravityTorques } from './statics.ts';
import { controlOf, everyArm, everyCase, reachPhysics, taskOf } from './support.ts';

beforeAll(loadPhysics);

/**
 * How far a joint may pass its limit, rad, that is thrown against it by all the torque there is. Rapier's limits are
 * soft, and give way for some hundredths of a second: the Panda's elbow goes 0.24 rad too far when every joint does
 * this at once.
 */
const slam = 0.3;

/** How far any joint is beyond its limits, rad. */
function beyond({ joints }: Arm, q: ArrayLike<number>): number {
  return Math.max(0, ...joints.map(({ low, high }, i) => Math.max(low - q[i], q[i] - high)));
}

function act(world: ArmWorld, task: Task, state: ArmState, action: Float64Array): void {
  const control = controlOf(task, state, action);
  if (task.physics.drive === 'position') world.command(0, control);
  else world.push(0, control);
  world.step();
  world.read(0);
}

describe.each(everyCase)('the joint limits of $arm in $task', ({ task: name, arm: armName }) => {
  const arm = arms[armName];
  const task = taskOf(name, arm);
  const size = task.act.reduce((sum, field) => sum + field.size, 0);

  test('hold under random and constant full actions', () => {
    const random = stream(1, 'noise');
    const world = new ArmWorld(arm, task.physics, 1);
    let [worst, fastest] = [0, 0];
    const kinds = [() => 1, () => -1, () => (random.uniform() < 0.5 ? -1 : 1), () => random.between(-1, 1)];
    for (const kind of kinds) {
      const state = world.place(0, arm.neutral, null);
      for (let t = 0; t < 120; t++) {
        act(world, task, state, Float64Array.from({ length: size }, kind));
        worst = Math.max(worst, beyond(arm, state.q));
        fastest = Math.max(fastest, ...state.dq.map(Math.abs));
      }
    }
    world.close();
    expect(worst).toBeLessThan(
      {
        // Targets are clipped to the limits and near the joint, so that only the motors' overshoot is left: 0.0015 rad.
        'joint-step': 2e-3,
        // Inverse kinematics may ask for more than a joint step, so a joint may come faster to its limit.
        'end-effector-step': 0.02,
        // A torque throws the joint against its limit, which shows once it is passed: after a world step's travel.
        'joint-torque': (fastest * task.physics.dt) / task.physics.substeps,
      }[task.action.kind],
    );
  });
});

describe.each(everyArm)('the joint limits of $name', (arm) => {
  test('stop a slam of every joint at once, and then hold', () => {
    const world = new ArmWorld(arm, reachPhysics(arm), 1);
    for (const side of [1, -1]) {
      const state = world.place(0, arm.neutral, null);
      const wall = arm.joints.map(({ low, high }, i) =>
        Number.isFinite(low) ? (side > 0 ? high : low) : arm.neutral[i],
      );
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
        if (Number.isFinite(low)) expect(Math.abs(state.q[i] - wall[i])).toBeLessThan(1e-3);
      });
    }
    world.close();
  });

  test('leave a free joint free, also beyond half a turn', () => {
    const world = new ArmWorld(arm, reachPhysics(arm), 1);
    const state = world.place(0, arm.neutral, null);
    for (let t = 0; t < 100; t++) {
      const before = Float64Array.from(state.q);
      world.command(
        0,
        before.map((angle, i) => (Number.isFinite(arm.joints[i].low) ? angle : angle + 0.1)),
      );
      world.step();
      world.read(0);
      arm.joints.forEach(({ low }, i) => {
        if (Number.isFinite(low)) return;
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
  function limited(arm: Arm, maxTorque: (i: number) => number): Arm {
    return {
      ...arm,
      joints: arm.joints.map((joint, i) => ({ ...joint, motor: { ...joint.motor, maxTorque: maxTorque(i) } })),
    };
  }

  // The planar arm's joint inertia is [[2, 1], [1, 1]] kg m^2 (a unit on each link; the links' masses add less than
  // 1e-3), so torques (t, -t) accelerate its joints by (2 t, -3 t) from rest, and (t, t) by (0, t).
  test.each([10, 50, 100])('of %i N m accelerates the planar arm as it should', (torque) => {
    const arm = limited(arms.planar, () => torque);
    // Short steps: velocity and centrifugal terms stay small, and the motors saturated.
    const settings = reachPhysics(arm, { dt: 0.002 });
    const world = new ArmWorld(arm, settings, 1);
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
    const load = Math.abs(gravityTorques(arms.panda, q, 9.81)[1]);
    expect(load).toBeGreaterThan(20);
    const fallen = [1.1, 0.9].map((part) => {
      const arm = limited(arms.panda, (i) => (i === 1 ? part * load : 1000));
      const world = new ArmWorld(arm, reachPhysics(arm, { gravityCompensation: false }), 1);
      const state = world.place(0, q, null);
      world.command(0, q);
      for (let t = 0; t < 25; t++) world.step();
      world.read(0);
      const angle = state.q[1] - q[1];
      world.close();
      return angle;
    });
    // Held: gravity over stiffness, with 20 % for the other joints' give. Fallen: the joint is at its limit or near.
    expect(Math.abs(fallen[0])).toBeLessThan((1.2 * load) / arms.panda.joints[1].motor.stiffness);
    expect(fallen[1]).toBeGreaterThan(0.1);
  });
});
