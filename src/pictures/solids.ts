import { add, rotate, type Vec3 } from '../../envs/math/rotation.ts';
import { type Surface, surfaceOf } from '../../envs/model/mesh-surface.ts';
import type { Meshes, Shape, Visual } from '../../envs/model/types.ts';

/** Solids as triangles, round enough for a picture. */

const sides = 40;
const turns = Array.from({ length: sides + 1 }, (_, i) => {
  const angle = (2 * Math.PI * i) / sides;
  return [Math.cos(angle), Math.sin(angle)] as const;
});

/** A visual's triangles in the frame of its body; none for a mesh that is not at hand. */
export function trianglesOf(visual: Visual, meshes: Meshes): Surface {
  if (visual.kind !== 'mesh') return solidOf(visual);
  if (!Object.hasOwn(meshes, visual.tensor)) return { positions: new Float32Array(0), normals: new Float32Array(0) };
  const { position, rotation } = visual.frame;
  return moved(surfaceOf(visual, meshes[visual.tensor]), position, (v) => rotate(rotation, v));
}

/** A surface turned, and then moved. */
export function moved({ positions, normals }: Surface, by: Vec3, turn: (v: Vec3) => Vec3): Surface {
  const each = (numbers: Float32Array, place: (v: Vec3) => Vec3) => {
    const out = new Float32Array(numbers.length);
    for (let i = 0; i < numbers.length; i += 3) out.set(place([numbers[i], numbers[i + 1], numbers[i + 2]]), i);
    return out;
  };
  return { positions: each(positions, (v) => add(turn(v), by)), normals: each(normals, turn) };
}

function solidOf(shape: Shape): Surface {
  if (shape.kind === 'box') return boxOf(shape);
  const profile = profileOf(shape);
  const [from, along] = 'from' in shape ? [shape.from, minus(shape.to, shape.from)] : [shape.center, [0, 0, 1] as Vec3];
  return turnedOf(profile, from, unit(along));
}

/** A point of an outline: along the axis and away from it, with the direction that the surface faces there. */
type Outline = readonly { readonly along: number; readonly away: number; readonly facing: readonly [number, number] }[];

/** Half of the outline of what is round, from its beginning to its end. */
function profileOf(shape: Exclude<Shape, { kind: 'box' }>): Outline {
  const { radius } = shape;
  const length = 'from' in shape ? Math.hypot(...minus(shape.to, shape.from)) : 0;
  if (shape.kind === 'cylinder') {
    const ring = (along: number, away: number, facing: readonly [number, number]) => ({ along, away, facing });
    return [
      ...[0, radius].map((away) => ring(0, away, [-1, 0])),
      ...[0, length].map((along) => ring(along, radius, [0, 1])),
      ...[radius, 0].map((away) => ring(length, away, [1, 0])),
    ];
  }
  const steps = sides / 2;
  return Array.from({ length: steps + 2 }, (_, i) => {
    // The middle stands twice: once at either end of what is straight.
    const isEnd = i > steps / 2;
    const angle = (Math.PI * (isEnd ? i - 1 : i)) / steps;
    const facing = [-Math.cos(angle), Math.sin(angle)] as const;
    return { along: (isEnd ? length : 0) + radius * facing[0], away: radius * facing[1], facing };
  });
}

/** An outline turned about an axis. */
function turnedOf(profile: Outline, from: Vec3, axis: Vec3): Surface {
  const u = unit(cross(axis, Math.abs(axis[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0]));
  const w = cross(axis, u);
  const at = (along: number, away: number, [cos, sin]: readonly [number, number]): Vec3 =>
    axis.map((x, i) => along * x + away * (cos * u[i] + sin * w[i])) as unknown as Vec3;
  const positions: number[] = [];
  const normals: number[] = [];
  const put = (k: number, turn: number) => {
    const { along, away, facing } = profile[k];
    positions.push(...add(from, at(along, away, turns[turn])));
    normals.push(...at(facing[0], facing[1], turns[turn]));
  };
  for (let k = 0; k + 1 < profile.length; k++) {
    for (let turn = 0; turn < sides; turn++) {
      for (const [row, side] of [
        [0, 0],
        [0, 1],
        [1, 1],
        [0, 0],
        [1, 1],
        [1, 0],
      ])
        put(k + row, turn + side);
    }
  }
  return { positions: Float32Array.from(positions), normals: Float32Array.from(normals) };
}

function boxOf({ center, size, rotation = [0, 0, 0, 1] }: Extract<Shape, { kind: 'box' }>): Surface {
  const positions: number[] = [];
  const normals: number[] = [];
  for (const axis of [0, 1, 2]) {
    for (const sign of [-1, 1]) {
      const corner = (a: number, b: number): Vec3 => {
        const out = [0, 0, 0];
        [out[axis], out[(axis + 1) % 3], out[(axis + 2) % 3]] = [sign, a, b];
        return out.map((x, i) => (x * size[i]) / 2) as unknown as Vec3;
      };
      const normal: Vec3 = [0, 1, 2].map((i) => (i === axis ? sign : 0)) as unknown as Vec3;
      for (const [a, b] of [
        [-1, -1],
        [1, -1],
        [1, 1],
        [-1, -1],
        [1, 1],
        [-1, 1],
      ]) {
        positions.push(...add(center, rotate(rotation, corner(a, b))));
        normals.push(...rotate(rotation, normal));
      }
    }
  }
  return { positions: Float32Array.from(positions), normals: Float32Array.from(normals) };
}

const minus = (a: Vec3, b: Vec3): Vec3 => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];

export function cross(a: Vec3, b: Vec3): Vec3 {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

export function unit(v: Vec3): Vec3 {
  const length = Math.hypot(...v) || 1;
  return [v[0] / length, v[1] / length, v[2] / length];
}
