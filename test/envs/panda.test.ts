import { expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { rotate, type Vec3 } from '../../envs/math/rotation.ts';
import { combine, placed } from '../../envs/model/inertia.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { treeOf } from '../../envs/model/tree.ts';
import type { Body, Inertial } from '../../envs/model/types.ts';
import { distance, goalBoxOf, motorOf, reachScene, taskOf } from './support.ts';

const { panda } = arms;
const links = treeOf(panda).bodies;

// The published tables, copied from the text of the specification and not from the code.
const inertials = `
  4.970684; .003875 .002081 -.04762; .70337 .70661 .009117 -.000139 .006772 .019169
  .646926; -.003141 -.02872 .003495; .007962 .02811 .025995 -.003925 .010254 .000704
  3.228604; .027518 .039252 -.066502; .037242 .036155 .01083 -.004761 -.011396 -.012805
  3.587895; -.05317 .104419 .027454; .025853 .019552 .028323 .007796 -.001332 .008641
  1.225946; -.011953 .041065 -.038437; .035549 .029474 .008627 -.002117 -.004037 .000229
  1.666555; .060149 -.014117 -.010517; .001964 .004354 .005433 .000109 -.001158 .000341
  .735522; .010517 -.004252 .061597; .012516 .010027 .004815 -.000428 -.001196 -.000741`;

const origins = [
  [0, 0, 0.333],
  [0, 0, 0],
  [0, -0.316, 0],
  [0.0825, 0, 0],
  [-0.0825, 0.384, 0],
  [0, 0, 0],
  [0.088, 0, 0],
];
const rolls = [0, -1, 1, 1, -1, 1, 1];
const limits = [
  [-2.8973, 2.8973],
  [-1.7628, 1.7628],
  [-2.8973, 2.8973],
  [-3.0718, -0.0698],
  [-2.8973, 2.8973],
  [-0.0175, 3.7525],
  [-2.8973, 2.8973],
];

/** The rows of the table, as they are written there. */
const published = inertials
  .trim()
  .split('\n')
  .map((row): Inertial => {
    const [mass, center, inertia] = row.split(';').map((numbers) => numbers.trim().split(/\s+/).map(Number));
    return { mass: mass[0], center: center as unknown as Vec3, inertia: inertia as unknown as Inertial['inertia'] };
  });

function expectEqual({ inertial }: Body, expected: Inertial, error: number): void {
  const numbers = ({ mass, center, inertia }: Inertial) => [mass, ...center, ...inertia];
  const [own, other] = [inertial ? numbers(inertial) : [], numbers(expected)];
  expect(own).toHaveLength(other.length);
  for (const [k, value] of own.entries()) expect(Math.abs(value - other[k]), `number ${k}`).toBeLessThanOrEqual(error);
}

test('the Panda has the published masses', () => {
  expect(links).toHaveLength(published.length);
  // A centre of mass is its moment over the mass, which rounds; all else of a link of one part is as published.
  for (const [i, row] of published.slice(0, 6).entries()) {
    expectEqual(links[i], row, 1e-16);
    expect(links[i].inertial?.mass).toBe(row.mass);
    expect(links[i].inertial?.inertia).toEqual(row.inertia);
  }
});

test('the Panda carries a hand of 0.73 kg and two fingers of 0.015 kg', () => {
  // The hand's frame sits 0.107 m along joint 7, turned by -45 degrees about it. Turned by 45 degrees the diagonal
  // (0.001, 0.0025) becomes its mean and half its difference.
  const s = Math.SQRT1_2;
  const hand: Inertial = {
    mass: 0.73,
    center: [-0.01 * s, 0.01 * s, 0.137],
    inertia: [0.00175, 0.00175, 0.0017, 0.00075, 0, 0],
  };
  const fingers: Inertial = { mass: 2 * 0.015, center: [0, 0, 0.107 + 0.0584], inertia: [0, 0, 0, 0, 0, 0] };
  expectEqual(links[6], combine([published[6], hand, fingers]), 1e-12);
  expect(links[6].inertial?.mass).toBeCloseTo(0.735522 + 0.76, 12);
  // As its own table has the hand, in its own frame.
  const own: Inertial = { mass: 0.73, center: [-0.01, 0, 0.03], inertia: [0.001, 0.0025, 0.0017, 0, 0, 0] };
  const inertial = placed(own, [0, 0, 0.107], [0, 0, -Math.sin(Math.PI / 8), Math.cos(Math.PI / 8)]);
  expectEqual({ ...links[6], inertial }, hand, 1e-12);
});

test('the Panda has the published joints, limits and torques', () => {
  const torques = [87, 87, 87, 87, 12, 120, 120];
  panda.joints.forEach((joint, i) => {
    const { axis, frame, kind, low, high } = joint;
    const { position, rotation } = frame;
    expect([kind, axis]).toEqual(['revolute', [0, 0, 1]]);
    expect(position).toEqual(origins[i]);
    const half = (rolls[i] * Math.PI) / 4;
    const expected = [Math.sin(half), 0, 0, Math.cos(half)];
    rotation.forEach((value, k) => {
      expect(value).toBeCloseTo(expected[k], 14);
    });
    expect([low, high]).toEqual(limits[i]);
    expect(motorOf(joint).maxForce).toBe(torques[i]);
  });
});

test('the Panda stands and starts as in panda-gym', () => {
  const { arm } = reachScene(panda);
  expect(arm.frame).toEqual({ position: [-0.6, 0, 0], rotation: [0, 0, 0, 1] });
  expect(panda.home).toEqual([0, 0.41, 0, -1.85, 0, 2.26, 0.79]);
  for (const name of ['panda-reach', 'panda-reach-joints']) {
    const task = taskOf(name, panda);
    expect(task.scene).toEqual(reachScene(panda));
    const { low, high } = goalBoxOf(task);
    expect(low).toEqual([-0.15, -0.15, 0].map(Math.fround));
    expect(high).toEqual([0.15, 0.15, 0.3].map(Math.fround));
  }
  expect(panda.tip).toBe('tip');
  expect(panda.sites.find(({ name }) => name === 'tip')).toMatchObject({
    body: 'link7',
    frame: { position: [0, 0, 0.212] },
  });
  const { tip } = forwardKinematics(arm, panda.home);
  // The peer quotes four digits.
  expect(distance(tip.position, [0.0384, 0, 0.1974])).toBeLessThan(1e-4);
  expect(distance(rotate(tip.rotation, [0, 0, 1]), [0, 0, -1])).toBeLessThan(0.03);
});
