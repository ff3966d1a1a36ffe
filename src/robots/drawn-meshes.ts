import { createHash } from 'node:crypto';
import type { Vec3 } from '../../envs/math/rotation.ts';
import type { MeshData, Meshes } from '../../envs/model/types.ts';
import type { DrawnMesh, MeshDrawings, MeshSource, MeshTriangles, MeshUse } from '../../envs/model/urdf/index.ts';
import { meshBytes, meshContent, meshName } from '../../envs/recording/meshes.ts';
import { boxOf } from './meshes/box.ts';
import { type SimpleMesh, simplified } from './meshes/simplify.ts';

export { ready } from './meshes/simplify.ts';

/** What is kept of a robot's meshes, to be drawn. */
export interface DrawnMeshes {
  readonly meshes: Meshes;
  /** By the uri in the robot file, and the scale there. */
  readonly drawings: MeshDrawings;
  /** By link, in the order of the file. */
  readonly rows: readonly MeshRow[];
  readonly notes: readonly string[];
}

/** A mesh of a link, as it was read and as it is kept. */
export interface MeshRow {
  readonly link: string;
  readonly uri: string;
  /** Triangles. */
  readonly read: number;
  readonly kept: number;
  /** What it adds to a recording; 0 where the same mesh stands in a row before. */
  readonly bytes: number;
}

/** Beyond so many times the reach a mesh is no part of the arm, but in other units. */
const mostExtent = 20;

/** A mesh as it was read, and how wide it is along its longest axis, in its own units. */
interface ReadMesh {
  readonly triangles: MeshTriangles;
  readonly extent: number;
}

type Placed = Pick<MeshUse, 'uri' | 'scale'>;

/**
 * Simplifies the meshes that are seen of a robot.
 * @param trianglesOf null for a mesh that is missing, or not read; the same mesh is the same object
 * @param reach of the arm, m
 */
export function drawMeshes(uses: readonly MeshUse[], reach: number, trianglesOf: MeshSource): DrawnMeshes {
  const visuals = uses.filter(({ use }) => use === 'visual');
  const read = readMeshes(visuals, trianglesOf);
  const seen = visuals.filter(({ uri }) => read.has(uri));
  const extentOf = ({ uri, scale }: Placed) => largestOf(scale) * (read.get(uri)?.extent ?? 0);
  const fits = (placed: Placed) => extentOf(placed) <= mostExtent * reach;
  const scales = new Map<MeshTriangles, number>();
  for (const { uri, scale } of seen.filter(fits)) {
    const { triangles } = read.get(uri) as ReadMesh;
    scales.set(triangles, Math.max(largestOf(scale), scales.get(triangles) ?? 0));
  }
  const found = [...scales].map(([triangles, scale]) => ({ triangles, scale }));
  const simple = simplified(found, reach).map((mesh) => mesh && named(mesh));
  const kept = new Map(found.map(({ triangles }, i) => [triangles, simple[i]] as const));
  const keptOf = (placed: Placed) => {
    const mesh = fits(placed) && read.get(placed.uri);
    return (mesh && kept.get(mesh.triangles)) || null;
  };
  const all = simple.filter((mesh) => mesh !== null);
  return {
    meshes: Object.fromEntries(all.map(({ drawn, data }) => [drawn.tensor, data])),
    drawings: (uri, scale) => keptOf({ uri, scale })?.drawn ?? null,
    rows: rowsOf(seen, read, keptOf),
    notes: seen.filter((use) => !fits(use)).map((use) => tooLarge(use, extentOf(use), reach)),
  };
}

/** By uri. */
function readMeshes(uses: readonly MeshUse[], trianglesOf: MeshSource): Map<string, ReadMesh> {
  const read = new Map<string, ReadMesh>();
  for (const { uri, line } of uses) {
    const triangles = read.has(uri) ? null : trianglesOf(uri, line);
    if (!triangles) continue;
    const { low, high } = boxOf(triangles.positions);
    read.set(uri, { triangles, extent: Math.max(0, ...high.map((value, k) => value - low[k])) });
  }
  return read;
}

function largestOf(scale: Vec3): number {
  return Math.max(...scale.map(Math.abs));
}

interface NamedMesh {
  readonly drawn: DrawnMesh;
  readonly data: MeshData;
}

function named({ vertices, triangles, low, high }: SimpleMesh): NamedMesh {
  const data = { vertices, triangles };
  const tensor = meshName(createHash('sha256').update(meshContent(data)).digest('hex'));
  return { drawn: { tensor, low, high }, data };
}

function rowsOf(
  seen: readonly MeshUse[],
  read: ReadonlyMap<string, ReadMesh>,
  keptOf: (placed: Placed) => NamedMesh | null,
): MeshRow[] {
  const counted = new Set<string>();
  return seen.map((use): MeshRow => {
    const { link, uri } = use;
    const mesh = keptOf(use);
    const isNew = mesh !== null && !counted.has(mesh.drawn.tensor);
    if (mesh) counted.add(mesh.drawn.tensor);
    const kept = mesh ? mesh.data.triangles.length / 3 : 0;
    const { triangles } = read.get(uri) as ReadMesh;
    return { link, uri, read: triangles.indices.length / 3, kept, bytes: isNew ? meshBytes(mesh.data) : 0 };
  });
}

function tooLarge({ uri, line }: MeshUse, extent: number, reach: number): string {
  const size = `the mesh ${uri} is ${extent.toPrecision(3)} m wide, and the arm reaches ${reach.toPrecision(2)} m`;
  return `line ${line}: ${size}: not drawn; is it in other units? scale="0.001 0.001 0.001" is for millimetres`;
}
