import { beforeAll, describe, expect, test } from 'vitest';
import { aboutAxis } from '../../envs/math/axis-angle.ts';
import { type Random, stream } from '../../envs/math/random.ts';
import { add, conjugate, dot, norm, type Quat, rotate, subtract, type Vec3 } from '../../envs/math/rotation.ts';
import { combine, placed, principal } from '../../envs/model/inertia.ts';
import { forwardKinematics, jacobian } from '../../envs/model/kinematics.ts';
import { treeOf } from '../../envs/model/tree.ts';
import type { Inertial } from '../../envs/model/types.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { differencesOf, distance, everyArm, limitsOf, motorOf, randomAngles, reachScene, simulate } from './support.ts';

beforeAll(loadPhysics);

const axes: readonly Vec3[] = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

/** The tensor times a vector. */
function apply([xx, yy, zz, xy, xz, yz]: Inertial['inertia'], [x, y, z]: Vec3): Vec3 {
  return [xx * x + xy * y + xz * z, xy * x + yy * y + yz * z, xz * x + yz * y + zz * z];
}

/** Moment of inertia about an axis through the origin, from the definition of the tensor and Steiner's theorem. */
function momentAbout({ mass, center, inertia }: Inertial, axis: Vec3): number {
  const off = dot(center, center) - dot(center, axis) ** 2;
  return dot(axis, apply(inertia, axis)) + mass * off;
}

function direction(random: Random): Vec3 {
  const v: Vec3 = [random.normal(), random.normal(), random.normal()];
  return [v[0] / norm(v), v[1] / norm(v), v[2] / norm(v)];
}

describe.each(everyArm)('the data of $name', (arm) => {
  const links = treeOf(arm).bodies;

  test('hang together', () => {
    expect(links).toHaveLength(arm.joints.length);
    expect(arm.bodies).toHaveLength(arm.joints.length + 1);
    expect(arm.home).toHaveLength(arm.joints.length);
    const names = [...arm.bodies, ...arm.joints].map((part) => part.name);
    expect(new Set(names).size).toBe(names.length);
    arm.joints.forEach((joint, i) => {
      const [low, high] = limitsOf(joint);
      const motor = motorOf(joint);
      expect(low).toBeLessThan(high);
      expect(Number.isFinite(low)).toBe(Number.isFinite(high));
      expect(joint.kind).toBe(Number.isFinite(low) ? 'revolute' : 'continuous');
      expect(arm.home[i]).toBeGreaterThan(low);
      expect(arm.home[i]).toBeLessThan(high);
      for (const value of [motor.stiffness, motor.damping, motor.maxForce]) expect(value).toBeGreaterThan(0);
      expect(Math.abs(Math.hypot(...joint.frame.rotation) - 1)).toBeLessThan(1e-12);
      expect(Math.abs(norm(joint.axis) - 1)).toBeLessThan(1e-12);
    });
    for (const { rotation } of [reachScene(arm).arm.frame, ...arm.sites.map((site) => site.frame)]) {
      expect(Math.abs(Math.hypot(...rotation) - 1)).toBeLessThan(1e-12);
    }
    expect(arm.sites.map((site) => site.name)).toContain(arm.tip);
  });

  test('can be drawn', () => {
    for (const { visuals } of arm.bodies) {
      expect(visuals.length).toBeGreaterThan(0);
      for (const shape of visuals) {
        if (shape.kind === 'mesh') expect(shape.tensor).not.toBe('');
        else if (shape.kind === 'box') expect(Math.min(...shape.size)).toBeGreaterThan(0);
        else expect(shape.radius).toBeGreaterThan(0);
        if ('from' in shape) expect(distance(shape.from, shape.to)).toBeGreaterThan(0);
      }
    }
  });

  test('are masses that can exist: principal moments positive and none above the sum of the others', () => {
    for (const { name, inertial } of links) {
      if (!inertial) return expect.fail(`${name} has no inertial`);
      const { mass, principal: moments } = principal(inertial);
      const [a, b, c] = [...moments].sort((m, n) => m - n);
      expect(mass, name).toBeGreaterThan(0);
      expect(a, name).toBeGreaterThan(0);
      // Menagerie's tables are rounded to six digits.
      expect(c, name).toBeLessThanOrEqual(a + b + 1e-6);
    }
  });

  test('have principal axes that give the tensor back', () => {
    for (const { name, inertial: whole } of links) {
      if (!whole) return expect.fail(`${name} has no inertial`);
      const { mass, center, principal: moments, frame } = principal(whole);
      expect(mass).toBe(whole.mass);
      expect(center).toEqual(whole.center);
      expect(Math.abs(Math.hypot(...frame) - 1)).toBeLessThan(1e-12);
      for (const axis of axes) {
        const own = rotate(conjugate(frame), axis);
        const back = rotate(frame, [moments[0] * own[0], moments[1] * own[1], moments[2] * own[2]]);
        expect(norm(subtract(back, apply(whole.inertia, axis)))).toBeLessThan(1e-12);
      }
    }
  });
});

test('principal copes with equal moments, with a diagonal and with a tensor that needs every axis turned', () => {
  const random = stream(2, 'start');
  const turned = (moments: Inertial['inertia'], rotation: Quat) =>
    placed({ mass: 1, center: [0, 0, 0], inertia: moments }, [0, 0, 0], rotation);
  const cases = [turned([1, 1, 1, 0, 0, 0], [0, 0, 0, 1]), turned([3, 2, 1, 0, 0, 0], [0, 0, 0, 1])];
  for (let i = 0; i < 50; i++) {
    cases.push(turned([3, 2, 1.5, 0, 0, 0], aboutAxis(direction(random), random.between(-3, 3))));
    cases.push(turned([2, 2, 1, 0, 0, 0], aboutAxis(direction(random), random.between(-3, 3))));
  }
  for (const inertial of cases) {
    const { principal: moments, frame } = principal(inertial);
    for (const axis of axes) {
      const own = rotate(conjugate(frame), axis);
      const back = rotate(frame, [moments[0] * own[0], moments[1] * own[1], moments[2] * own[2]]);
      expect(norm(subtract(back, apply(inertial.inertia, axis)))).toBeLessThan(1e-12);
    }
  }
});

test('combine gives a whole with the masses, first and second moments of its parts', () => {
  const random = stream(1, 'start');
  const part = (): Inertial => {
    const own: Inertial = {
      mass: random.between(0.01, 5),
      center: direction(random),
      inertia: [random.between(2, 3), random.between(2, 3), random.between(2, 3), 0, 0, 0],
    };
    return placed(own, [0, 0, 0], aboutAxis(direction(random), random.between(-3, 3)));
  };
  const point = (): Inertial => ({ mass: 0.03, center: direction(random), inertia: [0, 0, 0, 0, 0, 0] });
  for (const parts of [[part()], [part(), part()], [part(), part(), point()], [point(), part(), point(), part()]]) {
    const whole = combine(parts);
    expect(whole.mass).toBeCloseTo(
      parts.reduce((sum, each) => sum + each.mass, 0),
      12,
    );
    for (let i = 0; i < 3; i++) {
      const first = parts.reduce((sum, each) => sum + each.mass * each.center[i], 0);
      expect(whole.mass * whole.center[i]).toBeCloseTo(first, 12);
    }
    for (const axis of [...axes, ...Array.from({ length: 20 }, () => direction(random))]) {
      const second = parts.reduce((sum, each) => sum + momentAbout(each, axis), 0);
      expect(momentAbout(whole, axis)).toBeCloseTo(second, 12);
    }
  }
});

test('placed carries a part as a rigid body', () => {
  const random = stream(3, 'start');
  const part: Inertial = { mass: 2, center: [0.1, -0.2, 0.3], inertia: [0.4, 0.5, 0.6, 0.01, -0.02, 0.03] };
  for (let i = 0; i < 50; i++) {
    const [position, rotation] = [direction(random), aboutAxis(direction(random), random.between(-3, 3))];
    const moved = placed(part, position, rotation);
    expect(moved.mass).toBe(part.mass);
    expect(distance(moved.center, add(position, rotate(rotation, part.center)))).toBeLessThan(1e-14);
    // The moment about an axis that turns along with the part stays what it was.
    const axis = direction(random);
    const before = dot(axis, apply(part.inertia, axis));
    const carried = rotate(rotation, axis);
    expect(Math.abs(dot(carried, apply(moved.inertia, carried)) - before)).toBeLessThan(1e-14);
  }
});

describe.each(everyArm)('the kinematics of $name', (arm) => {
  const placedArm = reachScene(arm).arm;

  test('put every link and the end effector where Rapier has them', () => {
    const random = stream(4, 'start');
    const world = simulate(arm);
    let worst = 0;
    for (let i = 0; i < 50; i++) {
      const q = randomAngles(arm, random);
      const state = world.place(0, q, null);
      const { pose, q: read } = state;
      const { bodies, tip } = forwardKinematics(placedArm, q);
      bodies.forEach(({ position, rotation }, k) => {
        const found = pose.subarray(k * 7, k * 7 + 7);
        // A quaternion and its negative are one rotation.
        const sign = rotation.reduce((sum, value, n) => sum + value * found[3 + n], 0) < 0 ? -1 : 1;
        const expected = [...position, ...rotation.map((value) => sign * value)];
        expected.forEach((value, n) => {
          worst = Math.max(worst, Math.abs(value - found[n]));
        });
      });
      worst = Math.max(worst, distance(tip.position, state.site(arm.tip).position));
      worst = Math.max(worst, ...q.map((angle, k) => Math.abs(angle - read[k])));
    }
    world.close();
    // Rapier computes in float32: a handful of roundings of 6e-8 per joint.
    expect(worst).toBeLessThan(1e-5);
  });

  test('stay with Rapier along a motion', () => {
    const random = stream(5, 'start');
    const world = simulate(arm);
    const state = world.place(0, arm.home, null);
    const { q, pose } = state;
    const { position: end } = state.site(arm.tip);
    let worst = 0;
    for (let t = 0; t < 100; t++) {
      world.command(
        0,
        q.map((angle) => angle + random.between(-0.1, 0.1)),
      );
      world.step();
      world.read(0);
      const { bodies, tip } = forwardKinematics(placedArm, q);
      bodies.forEach(({ position }, k) => {
        worst = Math.max(worst, distance(position, pose.subarray(k * 7)));
      });
      worst = Math.max(worst, distance(tip.position, end));
    }
    world.close();
    expect(worst).toBeLessThan(1e-5);
  });

  test('have the Jacobian of their finite differences', () => {
    const random = stream(6, 'start');
    for (let i = 0; i < 20; i++) {
      const q = randomAngles(arm, random);
      const { linear, angular } = jacobian(arm, forwardKinematics(placedArm, q));
      expect(linear).toHaveLength(arm.joints.length);
      differencesOf(placedArm, q).forEach(({ velocity, spin }, j) => {
        expect(distance(velocity, linear[j])).toBeLessThan(1e-9);
        expect(distance(spin, angular[j])).toBeLessThan(1e-9);
      });
    }
  });
});
