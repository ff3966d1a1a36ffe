import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { rotate, type Vec3 } from '../../envs/math/rotation.ts';
import { hullOf } from '../../envs/model/urdf/hull.ts';
import { readUrdf } from '../../envs/model/urdf/index.ts';
import { loadPhysics } from '../../envs/sim/rapier.ts';
import { makeEnv } from '../../envs/tasks/index.ts';
import { poseOf } from '../envs/contract.ts';

beforeAll(loadPhysics);

const here = { position: [0, 0, 0], rotation: [0, 0, 0, 1] } as const;
const one: Vec3 = [1, 1, 1];
const meshOf = (corners: readonly (readonly number[])[]) => ({
  positions: Float32Array.from(corners.flat()),
  indices: Uint32Array.from(corners, (_, i) => i),
});

/** Corners of a box of half sides 1, 2 and 3, twice each, and points within. */
const box = [-1, 1].flatMap((x) => [-2, 2].flatMap((y) => [-3, 3].map((z) => [x, y, z])));
const filled = [...box, ...box, [0, 0, 0], [0.5, 1, 1], [0.9, 1.9, 2.9]];

describe('the hull of a mesh', () => {
  it('has its corners, each once, where the mesh is scaled and placed', () => {
    const quarter = Math.SQRT1_2;
    // A quarter turn about z brings x to y.
    const frame = { position: [10, 0, 0], rotation: [0, 0, quarter, quarter] } as const;
    const points = hullOf(meshOf(filled), [0.1, 0.1, -0.1], frame)?.points ?? [];
    const expected = box.map(([x, y, z]) => [10 - 0.1 * y, 0.1 * x, 0.1 * z].map((v) => v.toFixed(4)).join());
    expect(points.map((point) => point.map((v) => v.toFixed(4)).join()).toSorted()).toEqual(expected.toSorted());
  });

  it('holds all but a little of what it was made from, with few points', () => {
    const coordinate = fc.float({ noNaN: true, min: -1, max: 1 });
    const clouds = fc.array(fc.tuple(coordinate, coordinate, coordinate), { minLength: 40, maxLength: 400 });
    fc.assert(
      fc.property(clouds, fc.tuple(coordinate, coordinate, coordinate), (cloud, direction) => {
        const points = hullOf(meshOf(cloud), one, here)?.points ?? [];
        if (!points.length) return;
        expect(points.length).toBeLessThanOrEqual(98);
        const along = ([x, y, z]: readonly number[]) => x * direction[0] + y * direction[1] + z * direction[2];
        const missing = Math.max(...cloud.map(along)) - Math.max(...points.map(along));
        expect(missing).toBeLessThan(0.25 * Math.hypot(...direction) + 1e-5);
      }),
    );
  });

  it('is none where the mesh is empty, a point, a line or flat', () => {
    const flat = box.map(([x, y]) => [x, y, 0.5]);
    const line = box.map(([x]) => [x, x, x]);
    for (const corners of [[], [[1, 2, 3]], line, flat]) expect(hullOf(meshOf(corners), one, here)).toBeNull();
  });
});

/** Two links, each of which touches with a mesh. */
const robot = (meshes: readonly string[]) => `<robot name="two">
  <link name="base"/>
  ${meshes
    .map(
      (mesh, i) => `
  <link name="link${i + 1}">
    <inertial><mass value="1"/><inertia ixx="0.01" iyy="0.01" izz="0.01" ixy="0" ixz="0" iyz="0"/></inertial>
    <collision><origin xyz="0 0 0.2"/><geometry><mesh filename="${mesh}" scale="0.05 0.025 0.05"/></geometry></collision>
  </link>
  <joint name="joint${i + 1}" type="revolute">
    <parent link="${i ? `link${i}` : 'base'}"/><child link="link${i + 1}"/><origin xyz="0 0 0.4"/><axis xyz="0 1 0"/>
    <limit lower="-3" upper="3" effort="50" velocity="3"/>
  </joint>`,
    )
    .join('')}
</robot>`;

describe('a robot file whose links touch with meshes', () => {
  const mesh = (uri: string) => (uri === 'flat.stl' ? meshOf(box.map(([x, y]) => [x, y, 0])) : meshOf(filled));

  it('has their hulls as colliders, and says which are flat', () => {
    const { arm, notes } = readUrdf(robot(['box.stl', 'flat.stl']), 'robot.urdf', { mesh });
    const [hull] = arm.bodies[1].colliders;
    if (hull?.kind !== 'hull') throw new Error('no hull');
    const heights = hull.points.map((point) => point[2]);
    expect(Math.min(...heights)).toBeCloseTo(0.05, 6);
    expect(Math.max(...heights)).toBeCloseTo(0.35, 6);
    expect(arm.bodies[2].colliders).toEqual([]);
    expect(notes).toContainEqual(
      expect.stringMatching(/^line \d+: flat\.stl is flat: "link2" does not touch with it$/),
    );
  });

  it('touches the floor with them', () => {
    const { arm } = readUrdf(robot(['box.stl', 'box.stl', 'box.stl']), 'robot.urdf', { mesh });
    const options = { contacts: true, contactCost: 1, endsOnSuccess: false, horizon: 120 };
    const env = makeEnv('reach', { arm, options });
    const batch = env.open(1);
    batch.start(0, 1);
    let [lowest, cost] = [1, 0];
    while (!batch.last[0]) {
      batch.step(Float32Array.of(0.5, 1, 1));
      for (let body = 0; body < 3; body++) {
        const { position, rotation } = poseOf(batch, 3, 0, body);
        lowest = Math.min(lowest, position[2] + rotate(rotation, [0, 0, 0.2])[2]);
      }
      cost = Math.min(cost, batch.terms[1]);
    }
    batch.close();
    expect(cost).toBeLessThan(-1);
    // The middle of a box of 10 x 10 x 30 cm.
    expect(lowest).toBeGreaterThan(0.04);
    expect(lowest).toBeLessThan(0.2);
  });
});
