import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stream } from '../../envs/math/random.ts';
import { rotate } from '../../envs/math/rotation.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { treeOf } from '../../envs/model/tree.ts';
import type { Arm, Frame } from '../../envs/model/types.ts';
import { readUrdf } from '../../envs/model/urdf/index.ts';
import { randomRobot } from './random-robot.ts';
import { linkFrames, type Matrix, originMatrix, product } from './transforms.ts';

/** Robots written as text by the test and read back, against the text's own numbers. */

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
const origin: Frame = { position: [0, 0, 0], rotation: [0, 0, 0, 1] };

function differenceOf({ position, rotation }: Frame, matrix: Matrix): number {
  const axes = (
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ] as const
  ).map((axis) => rotate(rotation, axis));
  const columns = [...axes, position].flatMap((column, k) => column.map((value, i) => Math.abs(value - matrix[i][k])));
  return Math.max(...columns);
}

/** Positions over three turns and more: what is read has to hold beyond the limits, too. */
function randomPositions(arm: Arm, seed: number): { q: number[]; values: Map<string, number> } {
  const random = stream(seed, 'noise');
  const q = arm.joints.map(() => random.between(-10, 10));
  return { q, values: new Map(arm.joints.map(({ name }, i) => [name, q[i]])) };
}

it('every body and the tip stand where the product of the file’s transforms has them, to 1e-12', () => {
  let moving = 0;
  fc.assert(
    fc.property(seeds, (seed) => {
      const robot = randomRobot(stream(seed, 'start'));
      const { arm } = readUrdf(robot.text, 'random.urdf', { tip: robot.tip });
      const { q, values } = randomPositions(arm, seed);
      const frames = linkFrames(robot.joints, values);
      const posture = forwardKinematics({ model: arm, frame: origin }, q);
      const chain = robot.joints.filter(({ type, name }) => type !== 'fixed' && name.startsWith('joint'));
      expect(arm.joints.map(({ name }) => name)).toEqual(chain.map(({ name }) => name));
      treeOf(arm).bodies.forEach(({ name }, i) => {
        expect(differenceOf(posture.bodies[i], frames.get(name) as Matrix)).toBeLessThan(1e-12);
      });
      expect(differenceOf(posture.tip, frames.get(robot.tip) as Matrix)).toBeLessThan(1e-12);
      moving += q.length;
    }),
    { numRuns: 150 },
  );
  expect(moving).toBeGreaterThan(400);
});

it('no mass is lost or moved where links are merged', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const robot = randomRobot(stream(seed, 'start'));
      const { arm, notes } = readUrdf(robot.text, 'random.urdf', { tip: robot.tip });
      fc.pre(!notes.some((note) => note.includes('made up')));
      const { q, values } = randomPositions(arm, seed);
      const frames = linkFrames(robot.joints, values);
      // Links before the first joint that moves are the base, whose mass does not matter.
      const moved = linksAfter(robot.joints, 'joint0');
      const own = robot.links.filter(({ name, mass }) => moved.has(name) && mass > 0);
      const expected = sumsOf(
        own.map(({ name, mass, xyz, rpy, moments }) => {
          const placed = product(frames.get(name) as Matrix, originMatrix(xyz, rpy));
          return { mass, placed, moments: [...moments, 0, 0, 0] };
        }),
      );
      const posture = forwardKinematics({ model: arm, frame: origin }, q);
      const found = sumsOf(
        treeOf(arm).bodies.map(({ inertial }, i) => {
          if (!inertial) throw new Error('a moving body without mass');
          return {
            mass: inertial.mass,
            placed: matrixOf(posture.bodies[i], inertial.center),
            moments: inertial.inertia,
          };
        }),
      );
      found.forEach((value, i) => {
        expect(Math.abs(value - expected[i])).toBeLessThan(1e-10);
      });
    }),
    { numRuns: 150 },
  );
});

function linksAfter(joints: readonly { parent: string; child: string; name: string }[], first: string): Set<string> {
  const after = new Set<string>();
  for (const { name, parent, child } of joints) if (name === first || after.has(parent)) after.add(child);
  return after;
}

function matrixOf({ position, rotation }: Frame, center: readonly [number, number, number]): Matrix {
  const [x, y, z] = (
    [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ] as const
  ).map((axis) => rotate(rotation, axis));
  const c = rotate(rotation, center);
  return [0, 1, 2].map((i) => [x[i], y[i], z[i], position[i] + c[i]]).concat([[0, 0, 0, 1]]);
}

interface Mass {
  readonly mass: number;
  /** Frame of the centre of mass, in whose axes the moments are. */
  readonly placed: Matrix;
  /** ixx iyy izz ixy ixz iyz */
  readonly moments: readonly number[];
}

/** Mass, first moment, and inertia about the origin of the world [10]. */
function sumsOf(masses: readonly Mass[]): number[] {
  const sums = new Array<number>(10).fill(0);
  for (const { mass, placed, moments } of masses) {
    const [xx, yy, zz, xy, xz, yz] = moments;
    const own = [
      [xx, xy, xz],
      [xy, yy, yz],
      [xz, yz, zz],
    ];
    const [x, y, z] = [placed[0][3], placed[1][3], placed[2][3]];
    const turned = (i: number, k: number) => {
      let sum = 0;
      for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) sum += placed[i][a] * own[a][b] * placed[k][b];
      return sum;
    };
    const values = [
      mass,
      mass * x,
      mass * y,
      mass * z,
      turned(0, 0) + mass * (y * y + z * z),
      turned(1, 1) + mass * (x * x + z * z),
      turned(2, 2) + mass * (x * x + y * y),
      turned(0, 1) - mass * x * y,
      turned(0, 2) - mass * x * z,
      turned(1, 2) - mass * y * z,
    ];
    values.forEach((value, i) => {
      sums[i] += value;
    });
  }
  return sums;
}

it('what the file says of joints is what the arm has', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const robot = randomRobot(stream(seed, 'start'));
      const { arm } = readUrdf(robot.text, 'random.urdf', { tip: robot.tip });
      for (const { name, kind, axis, low, high, damping, maxVelocity, motor } of arm.joints) {
        const own = robot.joints.find((joint) => joint.name === name);
        expect({ kind, low, high, damping }).toEqual({
          kind: own?.type,
          low: own?.low,
          high: own?.high,
          damping: own?.damping,
        });
        expect(Math.abs(Math.hypot(...axis) - 1)).toBeLessThan(1e-15);
        expect(maxVelocity).toBe(own?.low === undefined ? undefined : 3);
        if (own?.low !== undefined) expect(motor?.maxForce).toBe(50);
        expect(
          [motor?.stiffness, motor?.damping, motor?.maxForce].every((value) => value !== undefined && value > 0),
        ).toBe(true);
      }
    }),
    { numRuns: 100 },
  );
});

it('the same text gives the same arm', () => {
  const { text, tip } = randomRobot(stream(5, 'start'));
  expect(JSON.stringify(readUrdf(text, 'a.urdf', { tip }))).toBe(JSON.stringify(readUrdf(text, 'b.urdf', { tip })));
});
