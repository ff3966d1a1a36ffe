import { expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { rotate } from '../../envs/math/rotation.ts';
import { combine } from '../../envs/model/inertia.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { distance } from './support.ts';

const { panda } = arms;

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

test('the Panda has the published masses', () => {
  const rows = inertials.trim().split('\n');
  expect(panda.links).toHaveLength(rows.length);
  rows.forEach((row, i) => {
    const [mass, center, inertia] = row.split(';').map((numbers) => numbers.trim().split(/\s+/).map(Number));
    const [own] = panda.links[i].parts;
    expect([own.mass]).toEqual(mass);
    expect(own.center).toEqual(center);
    expect(own.inertia).toEqual(inertia);
  });
});

test('the Panda carries a hand of 0.73 kg and two fingers of 0.015 kg', () => {
  const [, hand, fingers] = panda.links[6].parts;
  expect(hand.mass).toBe(0.73);
  expect(fingers.mass).toBe(0.03);
  // The hand's frame sits 0.107 m along joint 7, turned by -45 degrees about it.
  const s = Math.SQRT1_2;
  expect(distance(hand.center, [-0.01 * s, 0.01 * s, 0.137])).toBeLessThan(1e-12);
  expect(distance(fingers.center, [0, 0, 0.107 + 0.0584])).toBeLessThan(1e-12);
  expect(hand.inertia[2]).toBeCloseTo(0.0017, 12);
  // Turned by 45 degrees the diagonal (0.001, 0.0025) becomes its mean and half its difference.
  expect(hand.inertia[0]).toBeCloseTo(0.00175, 12);
  expect(hand.inertia[3]).toBeCloseTo(0.00075, 12);
  expect(combine(panda.links[6].parts).mass).toBeCloseTo(0.735522 + 0.76, 12);
});

test('the Panda has the published joints, limits and torques', () => {
  const torques = [87, 87, 87, 87, 12, 120, 120];
  panda.joints.forEach(({ position, rotation, low, high, motor }, i) => {
    expect(position).toEqual(origins[i]);
    const half = (rolls[i] * Math.PI) / 4;
    const expected = [Math.sin(half), 0, 0, Math.cos(half)];
    rotation.forEach((value, k) => {
      expect(value).toBeCloseTo(expected[k], 14);
    });
    expect([low, high]).toEqual(limits[i]);
    expect(motor.maxTorque).toBe(torques[i]);
  });
});

test('the Panda stands and starts as in panda-gym', () => {
  expect(panda.base.position).toEqual([-0.6, 0, 0]);
  expect(panda.neutral).toEqual([0, 0.41, 0, -1.85, 0, 2.26, 0.79]);
  expect(panda.goals).toEqual({ low: [-0.15, -0.15, 0], high: [0.15, 0.15, 0.3] });
  expect(panda.endEffector.position).toEqual([0, 0, 0.212]);
  const end = forwardKinematics(panda, panda.neutral)[7];
  // The peer quotes four digits.
  expect(distance(end.position, [0.0384, 0, 0.1974])).toBeLessThan(1e-4);
  expect(distance(rotate(end.rotation, [0, 0, 1]), [0, 0, -1])).toBeLessThan(0.03);
});
