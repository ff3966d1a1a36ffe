import { beforeAll, describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { stream } from '../../envs/math/random.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import type { Simulation } from '../../envs/sim/simulation.ts';
import type { PhysicsSettings, State } from '../../envs/task.ts';
import { gravityTorques } from './statics.ts';
import {
  distance,
  everyArm,
  motorOf,
  randomAngles,
  reachPhysics,
  reachScene,
  simulate,
  simulateTask,
  taskOf,
} from './support.ts';

beforeAll(loadPhysics);

describe.each(everyArm)('gravity on $name', (arm) => {
  /** Holds the start angles for two seconds and returns the joint angles then, less those at the start. */
  function sag(q: readonly number[], change: Partial<PhysicsSettings>): number[] {
    const world = simulate(arm, reachPhysics(arm, change));
    const state = world.place(0, q, null);
    world.command(0, q);
    for (let t = 0; t < 50; t++) world.step();
    world.read(0);
    world.close();
    return Array.from(state.q, (angle, i) => angle - q[i]);
  }

  // With the inner iterations carried on until they have converged, a hundredth of the load is left; at the default
  // settings they stop earlier, and joints that share a load carry up to 0.06 of it for each other.
  test.each([
    { internalIterations: 32, part: 0.01 },
    { internalIterations: reachPhysics(arm).internalIterations, part: 0.1 },
  ])('bends the motors by its torque over their stiffness: $internalIterations iterations, to $part', (settings) => {
    const { internalIterations, part } = settings;
    const random = stream(1, 'start');
    for (let i = 0; i < 4; i++) {
      const q = randomAngles(arm, random, 0.6);
      const bent = sag(q, { gravityCompensation: false, internalIterations });
      const load = gravityTorques(
        reachScene(arm),
        q.map((angle, k) => angle + bent[k]),
      );
      const heaviest = Math.max(...load.map(Math.abs));
      arm.joints.forEach((joint, k) => {
        const motor = motorOf(joint);
        expect(Math.abs(load[k])).toBeLessThan(0.9 * motor.maxForce);
        // And what float32 cannot resolve of an angle.
        const within = part * heaviest + 1e-5 * motor.stiffness;
        expect(Math.abs(motor.stiffness * bent[k] - load[k]), `joint ${k}: ${load[k]} N m`).toBeLessThan(within);
      });
    }
  });

  test('moves nothing where it is compensated', () => {
    const random = stream(2, 'start');
    for (let i = 0; i < 5; i++) {
      const bent = sag(randomAngles(arm, random, 0.9), { gravityCompensation: true });
      for (const angle of bent) expect(Math.abs(angle)).toBeLessThan(1e-5);
    }
  });
});

describe.each(everyArm)('the velocities of $name', (arm) => {
  test('are the rates of the angles and of the end effector', () => {
    // Rapier relaxes its motors once it has moved the bodies, so a velocity is that of one solver iteration ago: it
    // differs from the rate of the positions by the iteration's change of velocity, once or twice. Here an iteration is
    // a millisecond, so that the velocity itself can be told.
    const [h, amplitude, rate] = [0.001, 0.3, 2];
    const world = simulate(arm, reachPhysics(arm, { dt: h, solverIterations: 1 }));
    const start = arm.home;
    world.place(0, start, null);
    const copy = (state: State) => {
      const { position, velocity } = state.site(arm.tip);
      return {
        q: Float64Array.from(state.q),
        dq: Float64Array.from(state.dq),
        tip: Float64Array.from(position),
        tipVelocity: Float64Array.from(velocity),
      };
    };
    const seen = [];
    for (let t = 0; t < 1500; t++) {
      world.command(
        0,
        start.map((angle, i) => angle + amplitude * (Math.sin(rate * h * t + i) - Math.sin(i))),
      );
      world.step();
      seen.push(copy(world.read(0)));
    }
    world.close();
    // Half a second after the jump at the start, when only the motion itself is left.
    const settled = 500;
    let [joints, tip, fastest, lever] = [0, 0, 0, 0];
    for (let t = settled; t + 1 < seen.length; t++) {
      const [before, now, after] = [seen[t - 1], seen[t], seen[t + 1]];
      arm.joints.forEach((_, i) => {
        const difference = (after.q[i] - before.q[i]) / (2 * h);
        joints = Math.max(joints, Math.abs(difference - (now.dq[i] + after.dq[i]) / 2));
        fastest = Math.max(fastest, Math.abs(now.dq[i]));
      });
      const difference = Array.from(after.tip, (value, i) => (value - before.tip[i]) / (2 * h));
      const mean = Array.from(now.tipVelocity, (value, i) => (value + after.tipVelocity[i]) / 2);
      tip = Math.max(tip, distance(difference, mean));
      lever = Math.max(lever, Math.hypot(...mean));
    }
    expect(fastest).toBeGreaterThan(0.9 * amplitude * rate);
    expect(lever).toBeGreaterThan(0.03);
    // Twice the change of velocity in an iteration, and 1e-6 of a position over two steps: what float32 leaves of it.
    const within = 2 * h * amplitude * rate * rate + 1e-6 / (2 * h);
    expect(joints).toBeLessThan(within);
    // As many joints as there are act on the end effector, no farther off than the arm is long.
    const reach = Math.max(...seen.map((state) => distance(state.tip, reachScene(arm).arm.frame.position)));
    expect(tip).toBeLessThan(within * reach * Math.sqrt(arm.joints.length));
  });
});

describe('the planar arm under constant torque', () => {
  const { planar } = arms;
  const task = taskOf('reacher', planar);

  // Each joint is a rotor of 1 kg m^2 with damping 1: ddq = tau - dq, so dq = tau + (dq0 - tau) e^-t.
  test.each([
    { tau: [5, -3], dq: [0.3, -0.1] },
    { tau: [-8, 2], dq: [-0.2, 0.4] },
    { tau: [0, 0], dq: [1, -1] },
    { tau: [0, 6], dq: [0, 0] },
  ])('$tau N m from $dq rad/s moves as in closed form', ({ tau, dq: dq0 }) => {
    const q0 = [0.1, -0.2];
    const world = simulateTask(task);
    const state = world.place(0, q0, dq0);
    world.command(0, tau);
    const steps = 25;
    const t = steps * task.physics.dt;
    for (let k = 0; k < steps; k++) world.step();
    world.read(0);
    world.close();
    const h = task.physics.dt / task.physics.substeps;
    const largest = Math.max(...tau.map((torque, i) => Math.abs(torque - dq0[i])));
    const fastest = Math.max(...tau.map((torque, i) => Math.abs(dq0[i]) + Math.abs(torque - dq0[i]) * t));
    // The links' masses, which the torques do not count, add at most 1.2e-3 to a row of the joint inertia [[2, 1], [1, 1]],
    // whose inverse has norm 3; their centrifugal torques are 0.036 kg x 0.1 m x 0.05 m x 3 dq^2 at most.
    const masses = 3 * (1.2e-3 * largest + 0.036 * 0.1 * 0.05 * 3 * fastest * fastest) * t;
    // Euler steps of h: half a step of the largest change of velocity, and of acceleration.
    const within = masses + h * largest;
    tau.forEach((torque, i) => {
      const dq = torque + (dq0[i] - torque) * Math.exp(-t);
      const q = q0[i] + torque * t + (dq0[i] - torque) * (1 - Math.exp(-t));
      expect(Math.abs(state.dq[i] - dq), `dq ${state.dq[i]} of ${dq}`).toBeLessThan(within);
      expect(Math.abs(state.q[i] - q), `q ${state.q[i]} of ${q}`).toBeLessThan(within);
    });
  });

  test('starts at the velocity it is given', () => {
    const world = simulateTask(task);
    expect(Array.from(world.place(0, [0, 0], [0.7, -0.3]).dq)).toEqual([0.7, -0.3]);
    world.close();
  });
});

describe.each(everyArm)('the bits of $name', (arm) => {
  const settings = reachPhysics(arm);

  /** Everything the arm in a slot shows while it follows a random motion, with something done before every step. */
  function motion(world: Simulation, slot: number, between: (t: number) => void = () => {}): string {
    const random = stream(4, 'noise');
    const state = world.place(slot, arm.home, null);
    const { q, dq, pose } = state;
    const { position, velocity } = state.site(arm.tip);
    const shown: string[] = [];
    for (let t = 0; t < 30; t++) {
      between(t);
      world.command(
        slot,
        Array.from(q, (angle) => angle + random.between(-0.1, 0.1)),
      );
      world.step();
      world.read(slot);
      for (const array of [q, dq, position, velocity, pose]) {
        shown.push(Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64'));
      }
    }
    return shown.join();
  }

  function alone(): string {
    const world = simulate(arm, settings);
    const shown = motion(world, 0);
    world.close();
    return shown;
  }

  test('are the same in any slot of a full world, and differ from those of another motion', () => {
    const world = simulate(arm, settings, 64);
    const random = stream(5, 'noise');
    for (let slot = 0; slot < 64; slot++) world.place(slot, randomAngles(arm, random, 0.9), null);
    expect(motion(world, 37) === alone()).toBe(true);
    world.place(5, arm.home, null);
    expect(motion(world, 63) === alone()).toBe(true);
    world.close();
    const changed = simulate(arm, { ...settings, dt: 0.0401 });
    expect(motion(changed, 0) === alone()).toBe(false);
    changed.close();
  });

  // Rapier keeps all arms in common lists and fills the gap that a removed one leaves with the last: what is placed first,
  // in the middle and last can be touched in different ways.
  test.each([0, 3, 7])('are the same while neighbours come, move and go: slot %i', (own) => {
    const world = simulate(arm, settings, 8);
    const random = stream(6, 'noise');
    const place = (slot: number) => world.place(slot, randomAngles(arm, random, 0.9), null);
    for (let slot = 0; slot < own; slot++) place(slot);
    const expected = alone();
    for (let episode = 0; episode < 3; episode++) {
      const shown = motion(world, own, () => {
        const slot = random.below(8);
        if (slot === own) return;
        if (random.uniform() < 0.3) world.remove(slot);
        else {
          place(slot);
          world.command(slot, randomAngles(arm, random, 0.9));
        }
      });
      expect(shown === expected, `episode ${episode}`).toBe(true);
    }
    world.close();
  });
});

test('an empty slot is named', () => {
  const world = simulate(arms.planar, reachPhysics(arms.planar), 2);
  expect(() => world.read(1)).toThrow('slot 1 holds no arm');
  world.remove(1);
  world.close();
});
