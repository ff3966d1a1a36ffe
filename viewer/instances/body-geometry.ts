/** A body's shapes as one geometry of few triangles, to be drawn hundreds of times in one call. */

import { BufferAttribute, BufferGeometry, Matrix4, Quaternion, Vector3 } from 'three';
import { add, identity, rotate } from '../../envs/math/rotation.ts';
import { boxSize, coarsened, surfaceOf } from '../../envs/model/mesh-surface.ts';
import type { Mesh, MeshData, Meshes, Visual } from '../../envs/model/types.ts';
import type { Solid } from '../derive/scene.ts';
import { parts } from '../scene/materials.ts';
import { between } from '../scene/shapes.ts';

const zAxis = new Vector3(0, 0, 1);

/** How finely a body is drawn: sides of a round solid, and how many of its solids, the largest first. */
export interface Detail {
  readonly sides: number;
  readonly solids: number;
  /** Of meshes, cubes along the largest one, in each of which all corners are one. */
  readonly cells: number;
}

/** What meshes are drawn from, and the side of such a cube, m. */
export interface DrawnMeshes {
  readonly meshes?: Meshes;
  readonly cell: number;
}

/** Attributes: position, normal, and `part`, the index into `parts`. */
export function bodyGeometry(
  visuals: readonly Visual[],
  { sides, solids }: Detail,
  { meshes = {}, cell }: DrawnMeshes,
): BufferGeometry {
  const positions: number[] = [];
  const normals: number[] = [];
  const kinds: number[] = [];
  const kept = [...visuals].sort((a, b) => volume(b) - volume(a)).slice(0, solids);
  for (const shape of kept) {
    const before = positions.length;
    if (shape.kind === 'mesh') addMesh(shape, coarsened(shape, meshes[shape.tensor], cell), positions, normals);
    else addPrism(shape, shape.kind === 'box' ? 4 : sides, positions, normals);
    for (let k = before; k < positions.length; k += 3) kinds.push(parts.indexOf(shape.part));
  }
  return new BufferGeometry()
    .setAttribute('position', new BufferAttribute(Float32Array.from(positions), 3))
    .setAttribute('normal', new BufferAttribute(Float32Array.from(normals), 3))
    .setAttribute('part', new BufferAttribute(Float32Array.from(kinds), 1));
}

function addMesh(mesh: Mesh, data: MeshData, positions: number[], normals: number[]): void {
  const { rotation, position } = mesh.frame;
  const surface = surfaceOf(mesh, data);
  for (let i = 0; i < surface.positions.length; i += 3) {
    const [point, normal] = [surface.positions, surface.normals].map((numbers) =>
      rotate(rotation, [numbers[i], numbers[i + 1], numbers[i + 2]]),
    );
    positions.push(...add(position, point));
    normals.push(...normal);
  }
}

/** A stack of polygons along z. */
interface Prism {
  readonly frame: Matrix4;
  /** Of each polygon, its place along z and its half widths. */
  readonly rings: readonly (readonly [along: number, x: number, y: number])[];
  /** Angle of the first corner, rad: four corners from 45 degrees on make a box. */
  readonly turn: number;
}

function addPrism(shape: Solid, sides: number, positions: number[], normals: number[]): void {
  const { frame, rings, turn } = prismOf(shape);
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

function prismOf(shape: Solid): Prism {
  switch (shape.kind) {
    case 'box': {
      const [x, y, z] = shape.size.map((size) => size / 2);
      const wide = Math.SQRT2;
      const rings = [-z, z].map((along) => [along, x * wide, y * wide] as const);
      const frame = new Matrix4()
        .makeRotationFromQuaternion(new Quaternion(...(shape.rotation ?? identity)))
        .setPosition(...shape.center);
      return { frame, rings, turn: Math.PI / 4 };
    }
    case 'sphere': {
      const { radius: r, center } = shape;
      const rings = [-0.8, 0, 0.8].map((h) => [h * r, r * Math.sqrt(1 - h * h), r * Math.sqrt(1 - h * h)] as const);
      return { frame: new Matrix4().setPosition(...center), rings, turn: 0 };
    }
    default: {
      const { radius: r } = shape;
      const { middle, rotation, length } = between(shape.from, shape.to, zAxis);
      const half = length / 2 + (shape.kind === 'capsule' ? r * 0.6 : 0);
      const frame = new Matrix4().compose(middle, rotation, new Vector3(1, 1, 1));
      return { frame, rings: [-half, half].map((h) => [h, r, r] as const), turn: 0 };
    }
  }
}

function volume(shape: Visual): number {
  if (shape.kind === 'mesh') return boxSize(shape).reduce((product, size) => product * size, 1);
  if (shape.kind === 'box') return shape.size[0] * shape.size[1] * shape.size[2];
  if (shape.kind === 'sphere') return (4 / 3) * Math.PI * shape.radius ** 3;
  const { length } = between(shape.from, shape.to, zAxis);
  return Math.PI * shape.radius ** 2 * (length + (shape.kind === 'capsule' ? (4 / 3) * shape.radius : 0));
}
