import { BufferAttribute, BufferGeometry } from 'three';
import { boxSize, coarsened, surfaceOf } from '../../envs/model/mesh-surface.ts';
import { meshesOf } from '../../envs/model/meshes.ts';
import type { Mesh, MeshData, Meshes, Model } from '../../envs/model/types.ts';

/** Triangles of a whole arm that are drawn one by one; what has more of them is drawn coarsely. */
const mostTriangles = 400_000;
/** Of an arm that has too many, cubes along its largest mesh, in each of which all corners are one. */
const coarseCells = 20;

/** Makes the geometry of an arm's meshes, one for all places where a mesh stands in the same size. */
export function meshGeometries(model: Model, meshes: Meshes = {}): (mesh: Mesh) => BufferGeometry {
  const made = new Map<string, BufferGeometry>();
  const all = meshesOf(model);
  const total = all.reduce((sum, { tensor }) => sum + meshes[tensor].triangles.length / 3, 0);
  const cell = total > mostTriangles ? largestMesh(model) / coarseCells : null;
  return (mesh) => {
    const key = JSON.stringify([mesh.tensor, mesh.low, mesh.high]);
    const data = meshes[mesh.tensor];
    const found = made.get(key) ?? geometry(mesh, cell === null ? data : coarsened(mesh, data, cell));
    made.set(key, found);
    return found;
  };
}

/** Extent of the largest mesh of a model along an axis of its own, m; 0 without one. */
export function largestMesh(model: Model): number {
  return Math.max(0, ...meshesOf(model).flatMap(boxSize));
}

function geometry(mesh: Mesh, data: MeshData): BufferGeometry {
  const { positions, normals } = surfaceOf(mesh, data);
  return new BufferGeometry()
    .setAttribute('position', new BufferAttribute(positions, 3))
    .setAttribute('normal', new BufferAttribute(normals, 3));
}
