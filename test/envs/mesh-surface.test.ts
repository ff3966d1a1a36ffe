import fc from 'fast-check';
import { expect, it } from 'vitest';
import { boxCorners, boxSize, coarsened, cornersOf, surfaceOf } from '../../envs/model/mesh-surface.ts';
import { withStandIns } from '../../envs/model/stand-ins.ts';
import type { Mesh, MeshData } from '../../envs/model/types.ts';
import { named, one, withMeshes } from '../recording/mesh-sample.ts';

const frame = { position: [1, 0, 0], rotation: [0, 0, 0, 1] } as const;
const mesh = (high: Mesh['high'] = [0.1, 0.2, 0.3]): Mesh => ({
  kind: 'mesh',
  tensor: named(one),
  frame,
  low: [0, 0, 0],
  high,
});

/** A tube of so many sides with flat ends, along z. */
function tube(sides: number): MeshData {
  const ring = (z: number) =>
    Array.from({ length: sides }, (_, i) => {
      const angle = (2 * Math.PI * i) / sides;
      return [1 + Math.cos(angle), 1 + Math.sin(angle), 2 * z].map((x) => Math.round((x * 65535) / 2));
    });
  const triangles = Array.from({ length: sides }, (_, i) => {
    const [a, b] = [i, (i + 1) % sides];
    return [a, b, b + sides, a, b + sides, a + sides, 2 * sides, b, a, 2 * sides + 1, a + sides, b + sides];
  });
  const middles = [0, 65535].map((z) => [32768, 32768, z]);
  return {
    vertices: Uint16Array.from([...ring(0), ...ring(1), ...middles].flat()),
    triangles: Uint16Array.from(triangles.flat()),
  };
}

const triple = (numbers: Float32Array, i: number) => Array.from(numbers.subarray(i, i + 3));
const length = (vector: readonly number[]) => Math.hypot(...vector);

it('corners are shares of the box, which has eight of its own in the body', () => {
  expect(triple(cornersOf(mesh(), one), 3)).toEqual([expect.closeTo(0.1, 6), 0, 0]);
  expect(boxCorners(mesh())).toContainEqual([1.1, 0.2, 0.3]);
  expect(boxSize(mesh([-0.1, 0.2, 0.3]))).toEqual([0.1, 0.2, 0.3]);
});

it('normals are smooth around a tube, flat on its ends, and point outwards', () => {
  const round: Mesh = { ...mesh(), low: [-1, -1, 0], high: [1, 1, 1] };
  for (const sides of [12, 40]) {
    const { positions, normals } = surfaceOf(round, tube(sides));
    for (let i = 0; i < positions.length; i += 3) {
      const [[x, y], normal] = [triple(positions, i), triple(normals, i)];
      expect(length(normal)).toBeCloseTo(1, 5);
      const isEnd = Math.abs(normal[2]) > 0.5;
      // On the sides it points away from the axis at each corner, not at the middle of a face.
      if (isEnd) expect(Math.abs(normal[2])).toBeCloseTo(1, 3);
      else expect(normal[0] * x + normal[1] * y).toBeGreaterThan(Math.cos(Math.PI / sides / 1.5));
    }
  }
});

it('normals break at the edges of a tube of few sides', () => {
  const { normals } = surfaceOf({ ...mesh(), low: [-1, -1, 0], high: [1, 1, 1] }, tube(6));
  const around = Array.from({ length: normals.length / 3 }, (_, i) => triple(normals, 3 * i)).filter(
    ([, , z]) => Math.abs(z) < 0.5,
  );
  const angles = around.map(([x, y]) => Math.abs(Math.cos(6 * (Math.atan2(y, x) - Math.PI / 6))));
  expect(Math.min(...angles)).toBeGreaterThan(0.99);
});

it('a mirrored mesh is the right side out', () => {
  const outside = ({ positions, normals }: ReturnType<typeof surfaceOf>) => {
    const all = Array.from({ length: positions.length / 3 }, (_, i) => triple(positions, 3 * i));
    const center = [0, 1, 2].map((k) => all.reduce((sum, point) => sum + point[k], 0) / all.length);
    return all.every((point, i) => point.reduce((sum, x, k) => sum + (x - center[k]) * normals[3 * i + k], 0) > 0);
  };
  for (const high of [
    [0.1, 0.2, 0.3],
    [-0.1, 0.2, 0.3],
    [-0.1, -0.2, 0.3],
    [-0.1, -0.2, -0.3],
  ] as const) {
    expect(outside(surfaceOf(mesh(high), one))).toBe(true);
  }
});

it('coarsened meshes have few corners, in the same box, and triangles of three', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3, max: 200 }), fc.integer({ min: 1, max: 30 }), (sides, cells) => {
      const data = tube(sides);
      const round: Mesh = { ...mesh(), low: [-1, -1, 0], high: [1, 1, 1] };
      const { vertices, triangles } = coarsened(round, data, 2 / cells);
      expect(vertices.length).toBeLessThanOrEqual(data.vertices.length);
      expect(vertices.length / 3).toBeLessThanOrEqual(cells * cells * Math.ceil(cells / 2));
      for (let i = 0; i < triangles.length; i += 3) {
        expect(new Set(triangles.subarray(i, i + 3)).size).toBe(3);
        for (let k = 0; k < 3; k++) expect(triangles[i + k]).toBeLessThan(vertices.length / 3);
      }
    }),
  );
});

it('what stands for meshes that are not at hand is a bone, or what a body has to touch', () => {
  const { header, meshes } = withMeshes(one);
  const { model } = header.scene.arm;
  expect(withStandIns(model, meshes)).toBe(model);
  expect(withStandIns(model).bodies[2].visuals.map(({ kind }) => kind)).toEqual(['capsule', 'cylinder']);
  const sphere = { kind: 'sphere', center: [0, 0, 0], radius: 0.1 } as const;
  const solid = { ...model, bodies: model.bodies.map((body) => ({ ...body, colliders: [sphere] })) };
  expect(withStandIns(solid).bodies[2].visuals).toEqual([{ ...sphere, part: 'link' }]);
  expect(withStandIns(solid).bodies[0]).toBe(solid.bodies[0]);
});
