import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { MeshTriangles } from '../../envs/model/urdf/index.ts';
import { ready, type SimpleMesh, simplified } from '../../src/robots/meshes/simplify.ts';
import { readStl } from '../../src/robots/meshes/stl.ts';
import { boxStl } from './crane.ts';

beforeAll(() => ready);

/** A ball with bumps, every triangle with corners of its own as STL has them. */
function ball(rings: number, radius: number, bumps: number, height: number): MeshTriangles {
  const point = (i: number, j: number) => {
    const [a, b] = [(Math.PI * i) / rings, (Math.PI * (j % (2 * rings))) / rings];
    const r = radius * (1 + height * Math.sin(bumps * a) * Math.sin(bumps * b));
    return [r * Math.sin(a) * Math.cos(b), r * Math.sin(a) * Math.sin(b), r * Math.cos(a)];
  };
  const corners: number[] = [];
  for (let i = 0; i < rings; i++) {
    for (let j = 0; j < 2 * rings; j++) {
      const [a, b, c, d] = [point(i, j), point(i + 1, j), point(i + 1, j + 1), point(i, j + 1)];
      corners.push(...a, ...b, ...c, ...a, ...c, ...d);
    }
  }
  return {
    positions: Float32Array.from(corners),
    indices: Uint32Array.from({ length: corners.length / 3 }, (_, i) => i),
  };
}

const bytes = (mesh: SimpleMesh | null) => (mesh ? mesh.vertices.byteLength + mesh.triangles.byteLength : 0);
const total = (meshes: readonly (SimpleMesh | null)[]) => meshes.reduce((sum, mesh) => sum + bytes(mesh), 0);

function boxOf({ positions }: Pick<MeshTriangles, 'positions'>) {
  return [0, 1, 2].map((k) => {
    const values = Array.from(positions).filter((_, i) => i % 3 === k);
    return [Math.min(...values), Math.max(...values)];
  });
}

const shape = fc.record({
  rings: fc.integer({ min: 4, max: 40 }),
  radius: fc.double({ min: 0.01, max: 0.5, noNaN: true }),
  bumps: fc.integer({ min: 0, max: 6 }),
  height: fc.double({ min: 0, max: 0.2, noNaN: true }),
  scale: fc.constantFrom(0.001, 1, 3),
});

describe('simplified meshes', () => {
  it('keep their boxes, hold the budget, and have corners that are there', () => {
    fc.assert(
      fc.property(
        fc.array(shape, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 4_000, max: 100_000 }),
        (shapes, most) => {
          const meshes = shapes.map(({ rings, radius, bumps, height, scale }) => ({
            // As large in the world whatever its units are.
            triangles: ball(rings, radius / scale, bumps, height),
            scale,
          }));
          const found = simplified(meshes, 1, most);
          expect(total(found)).toBeLessThanOrEqual(most);
          found.forEach((mesh, i) => {
            if (!mesh) return;
            expect(Math.max(...mesh.triangles)).toBeLessThan(mesh.vertices.length / 3);
            boxOf(meshes[i].triangles).forEach(([low, high], k) => {
              // With bytes for it all, no more than a thousandth of the reach is lost.
              const tolerance = (most > 90_000 ? 1e-3 : 0.25) / meshes[i].scale;
              expect(Math.abs(mesh.low[k] - low)).toBeLessThan(tolerance);
              expect(Math.abs(mesh.high[k] - high)).toBeLessThan(tolerance);
            });
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are the same each time', () => {
    const meshes = [ball(30, 0.1, 5, 0.1), ball(20, 0.3, 2, 0.1)].map((triangles) => ({ triangles, scale: 1 }));
    expect(simplified(meshes, 1, 20_000)).toEqual(simplified(meshes, 1, 20_000));
  });

  it('have their corners shared, and none but those of a box where that is all there is', () => {
    const [box] = simplified([{ triangles: readStl(boxStl([0.1, 0.2, 0.3])), scale: 1 }], 1);
    expect(box).toMatchObject({ low: [0, 0, 0] });
    expect([box?.vertices.length, box?.triangles.length]).toEqual([24, 36]);
    expect([...new Set(box?.vertices)].sort()).toEqual([0, 65535]);
  });

  it('have more triangles the larger they are drawn', () => {
    const triangles = ball(40, 0.2, 4, 0.1);
    const [large, small] = simplified(
      [
        { triangles, scale: 1 },
        { triangles, scale: 0.05 },
      ],
      1,
    );
    expect(bytes(large)).toBeGreaterThan(4 * bytes(small));
    expect(bytes(small)).toBeGreaterThan(0);
  });

  it('fit where there are a hundred large ones, and are none where nothing fits', () => {
    const triangles = ball(60, 0.2, 6, 0.2);
    const many = Array.from({ length: 100 }, () => ({ triangles, scale: 1 }));
    const found = simplified(many, 1);
    expect(total(found)).toBeLessThanOrEqual(400_000);
    expect(found.every((mesh) => mesh !== null && mesh.triangles.length >= 12)).toBe(true);
    expect(total(simplified(many, 1, 100))).toBeLessThanOrEqual(100);
  });

  it('are none where a file has no surface', () => {
    const point = { positions: new Float32Array(9), indices: Uint32Array.of(0, 1, 2) };
    expect(simplified([{ triangles: point, scale: 1 }], 1)).toEqual([null]);
    expect(
      simplified([{ triangles: { positions: new Float32Array(0), indices: new Uint32Array(0) }, scale: 1 }], 1),
    ).toEqual([null]);
  });
});
