/** A body's shapes as one geometry of few triangles, to be drawn hundreds of times in one call. */
import { BufferAttribute, BufferGeometry, Matrix4, Quaternion, Vector3 } from 'three';
import type { ScenePart, ShapePart, Vec3 } from '../../envs/types.ts';

/** How finely solids are drawn: sides of a round one, and how many solids of a body, the largest first. */
export interface Detail {
  readonly sides: number;
  readonly solids: number;
}

export const parts: readonly ShapePart[] = ['base', 'link', 'joint', 'hand'];

/** Attributes: position, normal, and `part`, the index into `parts`. */
export function mold(shapes: readonly ScenePart[], { sides, solids }: Detail): BufferGeometry {
  const positions: number[] = [];
  const normals: number[] = [];
  const kinds: number[] = [];
  const kept = [...shapes].sort((a, b) => volume(b) - volume(a)).slice(0, solids);
  for (const shape of kept) {
    const before = positions.length;
    prism(shape, shape.kind === 'box' ? 4 : sides, positions, normals);
    for (let k = before; k < positions.length; k += 3) kinds.push(parts.indexOf(shape.part));
  }
  return new BufferGeometry()
    .setAttribute('position', new BufferAttribute(Float32Array.from(positions), 3))
    .setAttribute('normal', new BufferAttribute(Float32Array.from(normals), 3))
    .setAttribute('part', new BufferAttribute(Float32Array.from(kinds), 1));
}

/** Cross-sections along an axis, each a polygon: how far along, and how wide in both directions. */
interface Solid {
  readonly frame: Matrix4;
  readonly rings: readonly (readonly [along: number, x: number, y: number])[];
  /** A polygon of four corners at 45 degrees is a box. */
  readonly turn: number;
}

function prism(shape: ScenePart, sides: number, positions: number[], normals: number[]): void {
  const { frame, rings, turn } = solidOf(shape);
  const corner = ([along, x, y]: readonly number[], side: number) => {
    const angle = turn + (side / sides) * 2 * Math.PI;
    return new Vector3(x * Math.cos(angle), y * Math.sin(angle), along).applyMatrix4(frame);
  };
  const triangle = (a: Vector3, b: Vector3, c: Vector3) => {
    const normal = b.clone().sub(a).cross(c.clone().sub(a)).normalize();
    for (const point of [a, b, c]) {
      positions.push(point.x, point.y, point.z);
      normals.push(normal.x, normal.y, normal.z);
    }
  };
  const [first, last] = [rings[0], rings[rings.length - 1]];
  for (let side = 0; side < sides; side++) {
    for (let ring = 0; ring + 1 < rings.length; ring++) {
      const [a, b] = [corner(rings[ring], side), corner(rings[ring], side + 1)];
      const [c, d] = [corner(rings[ring + 1], side), corner(rings[ring + 1], side + 1)];
      triangle(a, b, d);
      triangle(a, d, c);
    }
    if (side === 0 || side + 1 === sides) continue;
    triangle(corner(last, 0), corner(last, side), corner(last, side + 1));
    triangle(corner(first, 0), corner(first, side + 1), corner(first, side));
  }
}

function solidOf(shape: ScenePart): Solid {
  switch (shape.kind) {
    case 'box': {
      const [x, y, z] = shape.size.map((size) => size / 2);
      const wide = Math.SQRT2;
      const rings = [-z, z].map((along) => [along, x * wide, y * wide] as const);
      return { frame: new Matrix4().setPosition(...shape.center), rings, turn: Math.PI / 4 };
    }
    case 'sphere': {
      const { radius: r, center } = shape;
      const rings = [-0.8, 0, 0.8].map((h) => [h * r, r * Math.sqrt(1 - h * h), r * Math.sqrt(1 - h * h)] as const);
      return { frame: new Matrix4().setPosition(...center), rings, turn: 0 };
    }
    default: {
      const { from, to, radius: r } = shape;
      const half = new Vector3(...to).distanceTo(new Vector3(...from)) / 2;
      const ends = half + (shape.kind === 'capsule' ? r * 0.6 : 0);
      return { frame: along(from, to), rings: [-ends, ends].map((h) => [h, r, r] as const), turn: 0 };
    }
  }
}

function along(from: Vec3, to: Vec3): Matrix4 {
  const [a, b] = [new Vector3(...from), new Vector3(...to)];
  const direction = b.clone().sub(a);
  const z = new Vector3(0, 0, 1);
  const turn = new Quaternion().setFromUnitVectors(z, direction.lengthSq() ? direction.normalize() : z);
  return new Matrix4().compose(a.add(b).multiplyScalar(0.5), turn, new Vector3(1, 1, 1));
}

function volume(shape: ScenePart): number {
  if (shape.kind === 'box') return shape.size[0] * shape.size[1] * shape.size[2];
  if (shape.kind === 'sphere') return (4 / 3) * Math.PI * shape.radius ** 3;
  const length = new Vector3(...shape.to).distanceTo(new Vector3(...shape.from));
  return Math.PI * shape.radius ** 2 * (length + (shape.kind === 'capsule' ? (4 / 3) * shape.radius : 0));
}
