import { describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { stream } from '../../envs/math/random.ts';
import { type Quat, rotate, type Vec3 } from '../../envs/math/rotation.ts';
import { forwardKinematics, inverseKinematics } from '../../envs/model/kinematics.ts';
import type { Arm, Placed } from '../../envs/model/types.ts';
import { distance, everyArm, goalBoxOf, limitsOf, randomAngles, reachScene, taskOf } from './support.ts';

const down: Quat = [1, 0, 0, 0];

function tipOf(arm: Placed<Arm>, q: ArrayLike<number>) {
  return forwardKinematics(arm, q).tip;
}

/** Where the end effector's z axis points. */
function pointing(arm: Placed<Arm>, q: ArrayLike<number>): Vec3 {
  return rotate(tipOf(arm, q).rotation, [0, 0, 1]);
}

describe.each(everyArm)('inverse kinematics of $name', (model) => {
  const { arm } = reachScene(model);
  const random = stream(1, 'start');

  test('finds back a pose from angles nearby', () => {
    for (let i = 0; i < 50; i++) {
      // Away from the limits, at which angles are cut off.
      const q = randomAngles(model, random, 0.7);
      const target = tipOf(arm, q);
      const near = q.map((angle) => angle + random.between(-0.1, 0.1));
      const found = inverseKinematics(arm, near, target.position, target.rotation, 50);
      expect(distance(tipOf(arm, found).position, target.position)).toBeLessThan(1e-4);
      const [x, y, z] = [0, 1, 2].map((axis) => {
        const unit: Vec3 = [axis === 0 ? 1 : 0, axis === 1 ? 1 : 0, axis === 2 ? 1 : 0];
        return distance(rotate(tipOf(arm, found).rotation, unit), rotate(target.rotation, unit));
      });
      expect(Math.max(x, y, z)).toBeLessThan(1e-3);
    }
  });

  test('leaves the angles alone where the target is reached, and never writes to its input', () => {
    for (let i = 0; i < 20; i++) {
      const q = randomAngles(model, random, 0.9);
      const before = [...q];
      const { position, rotation } = tipOf(arm, q);
      const found = inverseKinematics(arm, q, position, rotation, 4);
      expect(q).toEqual(before);
      q.forEach((angle, k) => {
        expect(Math.abs(found[k] - angle)).toBeLessThan(1e-9);
      });
    }
  });

  test('stays finite and within the limits for targets far out of reach', () => {
    for (let i = 0; i < 50; i++) {
      const angle = random.between(-Math.PI, Math.PI);
      const [x, y, z] = arm.frame.position;
      const found = inverseKinematics(
        arm,
        model.home,
        [x + 3 * Math.cos(angle), y + 3 * Math.sin(angle), z],
        null,
        100,
      );
      found.forEach((q, k) => {
        expect(Number.isFinite(q)).toBe(true);
        const [low, high] = limitsOf(model.joints[k]);
        expect(q).toBeGreaterThanOrEqual(low);
        expect(q).toBeLessThanOrEqual(high);
      });
    }
  });
});

describe('the Panda with its hand down', () => {
  const { home } = arms.panda;
  const task = taskOf('panda-reach', arms.panda);
  const panda = task.scene.arm;

  test('reaches every goal of its box from the neutral pose', () => {
    const random = stream(2, 'start');
    const { low, high } = goalBoxOf(task);
    const corner = (i: number) => [0, 1, 2].map((k) => ((i >> k) & 1 ? high[k] : low[k]));
    const inside = () => [0, 1, 2].map((k) => random.between(low[k], high[k]));
    for (const [x, y, z] of [
      ...Array.from({ length: 8 }, (_, i) => corner(i)),
      ...Array.from({ length: 100 }, inside),
    ]) {
      const found = inverseKinematics(panda, home, [x, y, z], down, 100);
      expect(distance(tipOf(panda, found).position, [x, y, z]), `${[x, y, z]}`).toBeLessThan(1e-3);
      expect(distance(pointing(panda, found), [0, 0, -1]), `${[x, y, z]}`).toBeLessThan(1e-2);
    }
  });

  test('makes a whole step of the task in the four iterations it gets there', () => {
    const random = stream(3, 'start');
    const start = inverseKinematics(panda, home, [0.04, 0, 0.2], down, 100);
    for (let i = 0; i < 50; i++) {
      const [dx, dy, dz] = [random.between(-0.05, 0.05), random.between(-0.05, 0.05), random.between(-0.05, 0.05)];
      const target: Vec3 = [0.04 + dx, dy, 0.2 + dz];
      const found = inverseKinematics(panda, start, target, down, 4);
      expect(distance(tipOf(panda, found).position, target)).toBeLessThan(1e-3);
      expect(distance(pointing(panda, found), [0, 0, -1])).toBeLessThan(1e-2);
    }
  });

  test('never moves farther from a target just out of reach than it was', () => {
    for (const [dx, dy, dz] of [
      [0.05, 0, 0],
      [0, 0.05, 0],
      [0, 0, 0.05],
      [-0.05, 0, 0],
    ]) {
      let q: ArrayLike<number> = home;
      for (let t = 0; t < 40; t++) {
        const { position } = tipOf(panda, q);
        const target: Vec3 = [position[0] + dx, position[1] + dy, Math.max(0, position[2] + dz)];
        const next = inverseKinematics(panda, q, target, down, 4);
        // Position and orientation are weighed against each other, so some millimetres may be given up.
        expect(distance(tipOf(panda, next).position, target)).toBeLessThan(0.06);
        q = next;
      }
    }
  });
});
