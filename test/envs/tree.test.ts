import { describe, expect, test } from 'vitest';
import { aboutAxis } from '../../envs/math/axis-angle.ts';
import { stream } from '../../envs/math/random.ts';
import { identity, rotate, type Vec3 } from '../../envs/math/rotation.ts';
import { forwardKinematics, inverseKinematics, jacobian } from '../../envs/model/kinematics.ts';
import { degreesOf, siteOf, treeOf } from '../../envs/model/tree.ts';
import type { Arm, Body, Joint, Placed } from '../../envs/model/types.ts';
import { differencesOf, distance, limitsOf, randomAngles } from './support.ts';

const body = (name: string): Body => ({ name, colliders: [], visuals: [] });

function joint(name: string, parent: string, child: string, position: Vec3, more: Partial<Joint>): Joint {
  return { name, kind: 'revolute', parent, child, frame: { position, rotation: identity }, axis: [1, 0, 0], ...more };
}

/** A column that is lifted and carries a boom with a mast and a wrist, and beside it a camera. */
const crane: Arm = {
  name: 'crane',
  description: 'a lift, a swing, a fixed mast, a roll; a camera that nods',
  // Bodies come in any order: joints make theirs.
  bodies: ['base', 'wrist', 'mast', 'camera', 'boom', 'column'].map(body),
  joints: [
    joint('lift', 'base', 'column', [0, 0, 0.5], { kind: 'prismatic', axis: [0, 0, 1], low: -0.1, high: 0.6 }),
    joint('swing', 'column', 'boom', [0, 0, 0.3], { axis: [0, 1, 0], low: -2, high: 2 }),
    joint('nod', 'column', 'camera', [0.2, 0, 0.1], { low: -1, high: 1 }),
    joint('fix', 'boom', 'mast', [0.4, 0, 0], {
      kind: 'fixed',
      frame: { position: [0.4, 0, 0], rotation: aboutAxis([0, 0, 1], Math.PI / 2) },
    }),
    joint('roll', 'mast', 'wrist', [0.1, 0, 0], { kind: 'continuous' }),
  ],
  sites: [
    { name: 'hook', body: 'wrist', frame: { position: [0, 0, 0.2], rotation: identity } },
    { name: 'lens', body: 'camera', frame: { position: [0, 0.05, 0], rotation: identity } },
    { name: 'foot', body: 'base', frame: { position: [0, 0, 0], rotation: identity } },
  ],
  home: [0.1, 0.5, 0, 0],
  tip: 'hook',
};

describe('the tree of a model', () => {
  test('has its bodies in the order of the joints, parents first', () => {
    const tree = treeOf(crane);
    expect(tree.bodies.map(({ name }) => name)).toEqual(['column', 'boom', 'camera', 'mast', 'wrist']);
    expect(tree.joints).toEqual(crane.joints);
    expect(tree.parents).toEqual([-1, 0, 0, 1, 3]);
    // The fixed joint has no degree.
    expect(tree.coordinates).toEqual([0, 1, 2, -1, 3]);
    expect(tree.degrees).toBe(4);
    expect(treeOf(crane)).toBe(tree);
  });

  test('a model of one body has nothing that moves', () => {
    const tree = treeOf({ name: 'table', bodies: [body('top')], joints: [], sites: [] });
    expect(tree).toEqual({ bodies: [], joints: [], parents: [], coordinates: [], degrees: 0, driven: [], mimics: [] });
  });

  test.each([
    [
      'an unknown parent',
      [
        ['a', 'base', 'one'],
        ['b', 'nobody', 'two'],
      ],
      'model odd, joint b: its parent nobody is not carried by a joint before it',
    ],
    [
      'a parent that comes later',
      [
        ['a', 'two', 'one'],
        ['b', 'base', 'two'],
      ],
      'model odd, joint a: its parent two is not carried by a joint before it',
    ],
    [
      'two parents',
      [
        ['a', 'base', 'one'],
        ['b', 'base', 'two'],
        ['c', 'one', 'two'],
      ],
      'model odd, joint c: its child two is carried already',
    ],
    [
      'the root for a child',
      [
        ['a', 'base', 'one'],
        ['b', 'one', 'base'],
      ],
      'model odd, joint b: its child base is carried already',
    ],
    [
      'an unknown child',
      [
        ['a', 'base', 'one'],
        ['b', 'one', 'three'],
      ],
      'model odd, joint b: there is no body three',
    ],
    ['a body on no joint', [['a', 'base', 'one']], 'model odd: a body hangs on no joint'],
  ])('%s is refused by name', (_, links, message) => {
    const joints = links.map(([name, parent, child]) => joint(name, parent, child, [0, 0, 0], {}));
    const bodies = ['base', 'one', 'two'].map(body);
    expect(() => treeOf({ name: 'odd', bodies, joints, sites: [] })).toThrow(message);
  });

  test('finds sites by name', () => {
    const found = crane.sites.map(({ name }) => siteOf(crane, name));
    expect(found.map(({ site }) => site)).toEqual(crane.sites);
    expect(found.map((each) => each.body)).toEqual([4, 2, -1]);
    expect(() => siteOf(crane, 'nope')).toThrow('model crane has no site nope');
    const adrift = { ...crane, sites: [{ ...crane.sites[0], body: 'moon' }] };
    expect(() => siteOf(adrift, 'hook')).toThrow('model crane, site hook: there is no body moon');
  });
});

describe('the kinematics of a tree with a branch, a lift and a fixed joint', () => {
  const upright: Placed<Arm> = { model: crane, frame: { position: [1, 2, 0], rotation: identity } };
  const leaning: Placed<Arm> = {
    model: crane,
    frame: { position: [1, 2, 0.3], rotation: aboutAxis([0.6, 0, 0.8], 0.7) },
  };

  test('put every body where a drawing has it', () => {
    const quarter = Math.PI / 2;
    const { bodies, tip } = forwardKinematics(upright, [0.2, quarter, quarter, quarter]);
    const expected: Vec3[] = [
      [1, 2, 0.7],
      // The boom swings from x to -z, and the mast's own x axis lies along y.
      [1, 2, 1],
      [1.2, 2, 0.8],
      [1, 2, 0.6],
      [1, 2.1, 0.6],
    ];
    expected.forEach((position, i) => {
      expect(distance(bodies[i].position, position), `body ${i}`).toBeLessThan(1e-12);
    });
    expect(distance(tip.position, [1, 2.1, 0.4])).toBeLessThan(1e-12);
    expect(distance(rotate(bodies[2].rotation, [0, 1, 0]), [0, 0, 1])).toBeLessThan(1e-12);
    expect(distance(rotate(tip.rotation, [0, 0, 1]), [0, 0, -1])).toBeLessThan(1e-12);
    expect(distance(rotate(tip.rotation, [1, 0, 0]), [0, 1, 0])).toBeLessThan(1e-12);
  });

  test('take a tip on the base for a point that stands still', () => {
    const still = { ...leaning, model: { ...crane, tip: 'foot' } };
    const posture = forwardKinematics(still, crane.home);
    expect(posture.tip).toEqual(leaning.frame);
    const { linear, angular } = jacobian(still.model, posture);
    expect([...linear, ...angular].flat().every((x) => x === 0)).toBe(true);
  });

  test.each(['hook', 'lens'])('have the Jacobian of their finite differences: %s', (tip) => {
    const arm = { ...leaning, model: { ...crane, tip } };
    const random = stream(1, 'start');
    for (let i = 0; i < 20; i++) {
      const q = randomAngles(crane, random);
      const { linear, angular } = jacobian(arm.model, forwardKinematics(arm, q));
      expect(linear).toHaveLength(4);
      differencesOf(arm, q).forEach(({ velocity, spin }, j) => {
        expect(distance(velocity, linear[j])).toBeLessThan(1e-9);
        expect(distance(spin, angular[j])).toBeLessThan(1e-9);
      });
      // What is not between the tip and the base does not move it: the camera's joint, or those of the boom.
      for (const j of tip === 'hook' ? [2] : [1, 3]) expect(Math.hypot(...linear[j], ...angular[j])).toBe(0);
    }
  });

  test('find back a pose from near it, and leave the branch beside as it is', () => {
    const random = stream(2, 'start');
    for (let i = 0; i < 50; i++) {
      const q = randomAngles(crane, random, 0.7);
      const target = forwardKinematics(leaning, q).tip;
      const near = q.map((value, k) => value + random.between(-0.1, 0.1) * (k === 0 ? 0.2 : 1));
      for (const rotation of [null, target.rotation]) {
        const found = inverseKinematics(leaning, near, target.position, rotation, 50);
        const { tip } = forwardKinematics(leaning, found);
        expect(distance(tip.position, target.position)).toBeLessThan(1e-4);
        expect(found[2]).toBe(near[2]);
        if (!rotation) continue;
        for (const axis of [
          [1, 0, 0],
          [0, 0, 1],
        ] as const) {
          expect(distance(rotate(tip.rotation, axis), rotate(rotation, axis))).toBeLessThan(1e-3);
        }
      }
    }
  });

  test('stay within the limits for targets out of reach, the lift too', () => {
    for (const z of [-5, 5]) {
      const found = inverseKinematics(upright, crane.home, [1, 2, z], null, 100);
      degreesOf(crane).forEach((each, k) => {
        const [low, high] = limitsOf(each);
        expect(found[k]).toBeGreaterThanOrEqual(low);
        expect(found[k]).toBeLessThanOrEqual(high);
      });
      expect(found[0]).toBe(z > 0 ? 0.6 : -0.1);
    }
  });
});
