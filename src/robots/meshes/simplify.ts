import { MeshoptSimplifier as simplifier } from 'meshoptimizer/simplifier';
import { mostCorners, mostMeshBytes } from '../../../envs/model/meshes.ts';
import type { MeshData } from '../../../envs/model/types.ts';
import type { MeshTriangles } from '../../../envs/model/urdf/index.ts';
import { boxOf, type Point } from './box.ts';

/**
 * Meshes with so few triangles that one does not see the difference. All meshes of a robot may be wrong by the same length, so
 * that each has triangles for what one sees of it: a large smooth cover few, a small toothed wheel many.
 */

/** A mesh and how large it is drawn. */
export interface MeshToDraw {
  readonly triangles: MeshTriangles;
  /** The largest factor that it is drawn with. */
  readonly scale: number;
}

/** A mesh with few triangles, and the corners of its box in the mesh's own units. */
export interface SimpleMesh extends MeshData {
  readonly low: Point;
  readonly high: Point;
}

/** How far a surface may be from where it was, in parts of the arm's reach: half a pixel of an arm of 1500 pixels. */
const leastError = 1 / 3000;
/** From one try to the next, while the meshes are too large together. */
const growth = 1.4;
/** From where on what keeps a surface whole has had its chance, in parts of the reach. */
const sloppyFrom = 1 / 60;

/** To be awaited first. */
export const ready: Promise<void> = simplifier.ready;

/**
 * Simplifies the meshes of an arm together. The same meshes give the same bytes.
 * @param reach of the arm, m
 * @param most bytes of all that come of it
 * @returns a mesh for each; null for one of which nothing is left
 */
export function simplified(meshes: readonly MeshToDraw[], reach: number, most = mostMeshBytes): (SimpleMesh | null)[] {
  const welded = meshes.map(({ triangles }) => weld(triangles));
  let error = leastError * reach;
  let left = welded;
  while (error < reach) {
    // From what the try before left: what a mesh loses can be lost once.
    left = left.map((mesh, i) => simplify(mesh, error / meshes[i].scale, error > sloppyFrom * reach));
    const bytes = left.reduce((sum, { indices, positions }) => sum + 2 * (indices.length + positions.length), 0);
    if (bytes <= most && left.every(({ positions }) => positions.length <= 3 * mostCorners)) return left.map(quantized);
    error *= growth;
  }
  return meshes.map(() => null);
}

/** Corners that lie in one place are made one, and triangles without an area left out: STL shares no corners. */
function weld({ positions, indices }: MeshTriangles): MeshTriangles {
  const same = simplifier.generatePositionRemap(positions, 3);
  const kept = new Uint32Array(indices.length);
  let count = 0;
  for (let i = 0; i < indices.length; i += 3) {
    const [a, b, c] = [same[indices[i]], same[indices[i + 1]], same[indices[i + 2]]];
    if (a === b || b === c || c === a) continue;
    kept[count++] = a;
    kept[count++] = b;
    kept[count++] = c;
  }
  return compact(positions, kept.slice(0, count));
}

/** Only the corners that triangles have, in the order in which they come. */
function compact(positions: Float32Array, indices: Uint32Array): MeshTriangles {
  if (!indices.length) return { positions: new Float32Array(0), indices };
  // It renames the corners where they stand.
  const [places, count] = simplifier.compactMesh(indices);
  const kept = new Float32Array(3 * count);
  for (let i = 0; i < places.length; i++) {
    if (places[i] >= count) continue;
    for (let k = 0; k < 3; k++) kept[3 * places[i] + k] = positions[3 * i + k];
  }
  return { positions: kept, indices };
}

/** @param error in the mesh's own units @param isSloppy whether parts may melt into each other */
function simplify({ positions, indices }: MeshTriangles, error: number, isSloppy: boolean): MeshTriangles {
  if (!indices.length) return { positions, indices };
  const [kept] = isSloppy
    ? simplifier.simplifySloppy(indices, positions, 3, null, 0, error / simplifier.getScale(positions, 3))
    : simplifier.simplify(indices, positions, 3, 0, error, ['ErrorAbsolute', 'Prune']);
  return compact(positions, kept);
}

const most = 65_535;

function quantized({ positions, indices }: MeshTriangles): SimpleMesh | null {
  if (!indices.length) return null;
  const { low, high } = boxOf(positions);
  const vertices = new Uint16Array(positions.length);
  for (let i = 0; i < positions.length; i++) {
    const [from, size] = [low[i % 3], high[i % 3] - low[i % 3]];
    vertices[i] = size > 0 ? Math.round((most * (positions[i] - from)) / size) : 0;
  }
  return { vertices, triangles: Uint16Array.from(indices), low, high };
}
