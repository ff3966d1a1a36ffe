import { describe, expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { homeOf } from '../../envs/model/home.ts';
import { gravityLoad, jointInertia } from '../../envs/model/joint-inertia.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { largestLoads, motorsOf } from '../../envs/model/motors.ts';
import { readUrdf } from '../../envs/model/urdf/index.ts';
import { limitsOf, reachOf, sampledReach } from '../../envs/model/workspace.ts';
import { joint, link, readRobotFile, robotOf, robots } from './robots.ts';

const read = robots.map((robot) => readRobotFile(robot, robot === 'two-arms' ? { tip: 'right_tcp' } : {}).arm);

describe('motors', () => {
  it.each(read.map((arm) => [arm.name, arm] as const))('of %s close an error in 15 ms, critically damped', (_, arm) => {
    const inertia = jointInertia(arm, arm.home);
    arm.joints.forEach(({ kind, motor, damping = 0 }, i) => {
      if (!motor) throw new Error('no motor');
      const own = inertia[i * (arm.joints.length + 1)];
      // What turns has 0.1 at the least, the simulator's.
      const total = motor.damping + (kind === 'prismatic' ? damping : Math.max(0.1, damping));
      expect(motor.stiffness).toBeGreaterThanOrEqual(own / 0.015 ** 2 - 1e-9);
      // Time constant of d dq = k (target - q).
      expect(total / motor.stiffness).toBeGreaterThan(0.0174);
      expect(total / motor.stiffness).toBeLessThan(0.0301);
      // What the simulation takes off for its implicit step is there.
      expect(motor.damping).toBeGreaterThanOrEqual(0.0175 * motor.stiffness - 1e-9);
      expect(motor.maxForce).toBeGreaterThan(0);
    });
  });

  it('without an effort hold the arm, and turn it', () => {
    const [arm] = read;
    const motors = motorsOf(
      arm,
      arm.joints.map(() => undefined),
    );
    const loads = largestLoads(arm);
    motors.forEach(({ maxForce, stiffness }, i) => {
      expect(maxForce).toBeCloseTo(2 * (0.1 * stiffness + loads[i]), 9);
    });
  });

  it('know what gravity asks: the slope of the potential energy', () => {
    for (const arm of read) {
      const q = arm.home.map((value, i) => value + 0.1 * i);
      const load = gravityLoad(arm, q);
      const height = (at: readonly number[]) => {
        const { bodies } = forwardKinematics(
          { model: arm, frame: { position: [0, 0, 0], rotation: [0, 0, 0, 1] } },
          at,
        );
        return arm.bodies.slice(1).reduce((sum, { inertial }, i) => {
          const [x, y, z] = inertial?.center ?? [0, 0, 0];
          const [a, b, c, w] = bodies[i].rotation;
          const up = 2 * (a * c - w * b) * x + 2 * (b * c + w * a) * y + (1 - 2 * (a * a + b * b)) * z;
          return sum + (inertial?.mass ?? 0) * 9.81 * (bodies[i].position[2] + up);
        }, 0);
      };
      q.forEach((_, i) => {
        const moved = (by: number) => height(q.map((value, k) => (k === i ? value + by : value)));
        expect(load[i]).toBeCloseTo((moved(1e-5) - moved(-1e-5)) / 2e-5, 5);
      });
    }
  });
});

describe('a home', () => {
  it.each(read.map((arm) => [arm.name, arm] as const))('of %s is within its limits, and above the floor', (_, arm) => {
    const { low, high } = limitsOf(arm);
    arm.home.forEach((value, i) => {
      expect(value).toBeGreaterThanOrEqual(low[i]);
      expect(value).toBeLessThanOrEqual(high[i]);
    });
    const { tip, bodies } = forwardKinematics(
      { model: arm, frame: { position: [0, 0, 0], rotation: [0, 0, 0, 1] } },
      arm.home,
    );
    expect(tip.position[2]).toBeGreaterThan(0.1 * sampledReach(arm));
    for (const { position } of bodies) expect(position[2]).toBeGreaterThanOrEqual(0);
    expect(homeOf({ ...arm, home: [] }).q).toEqual(homeOf({ ...arm, home: [] }).q);
  });

  it('of the Panda is the middle of its limits, for its elbow does not reach zero', () => {
    const { q, found } = homeOf({ ...arms.panda, home: [] });
    expect(found).toBe('middle');
    expect(q[3]).toBeCloseTo(-1.5708, 3);
  });

  it('is zero only where zero is inside of every limit, by 0.6 rad', () => {
    const [base, upper, fore, hand] = ['base', 'upper', 'fore', 'hand'].map((name) => link(name));
    const turned = (name: string, parent: string, child: string, pitch: number, low: number, high: number) =>
      joint(name, parent, child, { inside: `<axis xyz="0 1 0"/><limit lower="${low}" upper="${high}"/>` }).replace(
        '<origin xyz="0 0 0.2"/>',
        `<origin xyz="0 0 0.2" rpy="0 ${pitch} 0"/>`,
      );
    const found = (low: number, high: number) => {
      const yaw = joint('yaw', 'base', 'upper', { inside: '<axis xyz="0 0 1"/><limit lower="-2" upper="2"/>' });
      const tool = link('tool', '') + joint('to tool', 'hand', 'tool', { type: 'fixed' });
      const joints = [
        yaw,
        turned('lift', 'upper', 'fore', 0.2, -2, 2),
        turned('bend', 'fore', 'hand', 1.4, low, high),
        tool,
      ];
      return homeOf(readUrdf(robotOf(base, upper, fore, hand, ...joints), 'arm.urdf').arm).found;
    };
    expect(found(-2, 2)).toBe('zero');
    expect(found(-0.7, 1)).toBe('zero');
    expect(found(-0.5, 1)).not.toBe('zero');
    expect(found(0.1, 1)).not.toBe('zero');
  });

  it('of an arm that stays in a plane is one', () => {
    const { q } = homeOf({ ...arms.planar, home: [] });
    expect(Math.abs(Math.sin(q[1]))).toBeGreaterThan(0.3);
  });

  it('knows the arm’s reach nearly', () => {
    for (const arm of [...read, ...Object.values(arms)]) {
      expect(sampledReach(arm)).toBeGreaterThan(0.85 * reachOf(arm));
      expect(sampledReach(arm)).toBeLessThanOrEqual(reachOf(arm));
    }
  });
});
