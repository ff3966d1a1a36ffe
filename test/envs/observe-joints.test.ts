import { describe, expect, test } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { jointFields, observedJoints, observeJoints } from '../../envs/control/observe-joints.ts';
import { cos, sin } from '../../envs/math/kernels.ts';
import { followLeaders, treeOf } from '../../envs/model/tree.ts';
import type { Arm } from '../../envs/model/types.ts';
import { width } from '../../envs/spec.ts';
import { allKinds, every } from './kinds.ts';

const seen = (arm: Arm, q: readonly number[]) => {
  const out = new Float32Array(width(jointFields(arm)));
  observeJoints(arm, q, out);
  return out;
};

describe('joint positions are observed', () => {
  test('as they are, where all are angles between limits', () => {
    const { panda } = arms;
    expect(jointFields(panda)).toEqual([{ name: 'q', size: 7, unit: 'rad', description: 'joint angles' }]);
    expect(seen(panda, panda.home)).toEqual(Float32Array.from(panda.home));
  });

  test('by kind, and without the mimics', () => {
    expect(jointFields(allKinds).map(({ name, size, unit }) => [name, size, unit])).toEqual([
      ['q', 1, 'rad'],
      ['q_linear', 1, 'm'],
      ['cos_q', 1, '1'],
      ['sin_q', 1, '1'],
    ]);
    const q = [0.5, 5.9, 0.2, 0.1];
    expect(seen(allKinds, q)).toEqual(Float32Array.from([5.9, 0.2, cos(0.5), sin(0.5)]));
    const out = new Float32Array(6).fill(7);
    observeJoints(allKinds, q, out, 1);
    expect(out).toEqual(Float32Array.from([7, 5.9, 0.2, cos(0.5), sin(0.5), 7]));
  });

  test('and read back, whole turns of continuous joints apart', () => {
    const q = followLeaders(allKinds, [0.5 - 2 * Math.PI, 5.9, 0.2, 0]);
    const found = observedJoints(allKinds, [9, ...seen(allKinds, q)], 1);
    [0.5, ...q.slice(1)].forEach((value, i) => {
      expect(Math.abs(found[i] - value)).toBeLessThan(1e-6);
    });
  });

  test('one pose of a continuous joint is one observation, however often it has turned', () => {
    const { planar } = arms;
    for (const turns of [-3, -1, 1, 2, 50]) {
      const [once, often] = [seen(planar, [1.1, 0.4]), seen(planar, [1.1 + 2 * Math.PI * turns, 0.4])];
      once.forEach((value, i) => {
        expect(Math.abs(value - often[i])).toBeLessThan(1e-6);
      });
    }
  });
});

describe('mimic joints', () => {
  test('are no joints that are driven, and stand where their leaders have them', () => {
    const tree = treeOf(allKinds);
    expect(tree.degrees).toBe(4);
    expect(tree.driven).toEqual([0, 1, 2]);
    expect(followLeaders(allKinds, [0.5, 5.9, 0.2, 7])).toEqual([0.5, 5.9, 0.2, -0.5 * 0.2 + 0.3]);
    expect(treeOf(arms.panda)).toMatchObject({ driven: [0, 1, 2, 3, 4, 5, 6], mimics: [] });
  });

  test('may follow mimics', () => {
    const arm = every((joint, i) => (i < 2 ? { mimic: { joint: `joint${i + 2}`, multiplier: 3, offset: 1 } } : joint));
    // Joint 1 follows joint 3; joint 0 follows joint 2.
    const q = followLeaders(arm, [0, 0, 0.2, 0]);
    expect(q[0]).toBeCloseTo(3 * 0.2 + 1, 12);
    expect(q[1]).toBeCloseTo(3 * (-0.5 * 0.2 + 0.3) + 1, 12);
  });

  test.each([
    ['nothing', ['nobody'], 'joint joint0: it mimics nobody, which is no joint that moves'],
    ['themselves', ['joint0'], 'joint joint0: it mimics joints that mimic one another in a circle'],
    [
      'one another',
      ['joint1', 'joint2', 'joint1'],
      'joint joint0: it mimics joints that mimic one another in a circle',
    ],
  ])('that follow %s are refused', (_, leaders, message) => {
    const arm = every((_joint, i) => (leaders[i] ? { mimic: { joint: leaders[i], multiplier: 1, offset: 0 } } : {}));
    expect(() => treeOf(arm)).toThrow(`model all kinds, ${message}`);
  });
});
