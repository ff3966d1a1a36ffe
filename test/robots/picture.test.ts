import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { add, rotate, type Vec3 } from '../../envs/math/rotation.ts';
import type { Shape } from '../../envs/model/types.ts';
import { outlineOf, type Point } from '../../src/robots/outline.ts';
import { picturesOf } from '../../src/robots/picture.ts';

const coordinate = fc.double({ min: -1, max: 1, noNaN: true });
const vec3 = fc.tuple(coordinate, coordinate, coordinate);
const length = fc.double({ min: 0.05, max: 1, noNaN: true });
const shape: fc.Arbitrary<Shape> = fc.oneof(
  fc.record({ kind: fc.constantFrom('capsule', 'cylinder'), from: vec3, to: vec3, radius: length }),
  fc.record({ kind: fc.constant('box'), center: vec3, size: fc.tuple(length, length, length) }),
  fc.record({ kind: fc.constant('sphere'), center: vec3, radius: length }),
) as fc.Arbitrary<Shape>;
const quat = fc
  .tuple(coordinate, coordinate, coordinate, coordinate)
  .filter((q) => Math.hypot(...q) > 0.1)
  .map((q) => q.map((x) => x / Math.hypot(...q)) as unknown as readonly [number, number, number, number]);

/** Ends and corners, which are in the solid whatever it is. */
function pointsIn(shape: Shape): Vec3[] {
  if ('from' in shape) return [shape.from, shape.to];
  if (shape.kind === 'sphere') return [shape.center];
  const [x, y, z] = shape.center;
  const [a, b, c] = shape.size;
  return [
    [x, y, z],
    [x + a / 2, y + b / 2, z + c / 2],
    [x - a / 2, y + b / 2, z - c / 2],
  ];
}

describe('an outline', () => {
  it('is convex, and holds what is in the solid', () => {
    fc.assert(
      fc.property(shape, vec3, quat, (solid, position, rotation) => {
        const frame = { position, rotation };
        const outline = outlineOf(solid, frame, ([x, y, z]) => [x, y, z]);
        const inside = pointsIn(solid).map((point): Point => {
          const [x, y] = add(position, rotate(rotation, point));
          return [x, y];
        });
        outline.forEach((a, i) => {
          const b = outline[(i + 1) % outline.length];
          for (const point of [...outline, ...inside]) {
            const side = (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]);
            expect(side).toBeGreaterThan(-1e-9);
          }
        });
      }),
    );
  });
});

it.each(Object.entries(arms))('%s is drawn in three views, with every joint by its name', (_name, arm) => {
  const pictures = picturesOf(arm);
  expect(pictures).toHaveLength(3);
  for (const { svg } of pictures) {
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    for (const { name } of arm.joints) expect(svg).toContain(`<title>${name}</title>`);
  }
});

it('names do nothing but stand there', () => {
  const [first] = arms.planar.joints;
  const named = { ...arms.planar, joints: [{ ...first, name: '</title><script>' }, ...arms.planar.joints.slice(1)] };
  for (const { svg } of picturesOf(named)) expect(svg).not.toContain('<script>');
});
