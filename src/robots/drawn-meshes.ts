import { createHash } from 'node:crypto';
import type { MeshData, Meshes } from '../../envs/model/types.ts';
import type { DrawnMesh, MeshDrawings, MeshTriangles, MeshUse } from '../../envs/model/urdf/index.ts';
import { meshBytes, meshContent, meshName } from '../../envs/recording/meshes.ts';
import { type SimpleMesh, simplified } from './meshes/simplify.ts';

export { ready } from './meshes/simplify.ts';

/** What is kept of a robot's meshes, to be drawn. */
export interface DrawnMeshes {
  readonly meshes: Meshes;
  /** By the uri in the robot file. */
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

/**
 * Simplifies the meshes that are seen of a robot.
 * @param trianglesOf a mesh by its uri; null where it is missing, or not read; the same mesh is the same object
 * @param reach of the arm, m
 */
export function drawMeshes(
  uses: readonly MeshUse[],
  reach: number,
  trianglesOf: (uri: string) => MeshTriangles | null,
): DrawnMeshes {
  const seen = uses.filter(({ use }) => use === 'visual');
  const notes: string[] = [];
  const scales = new Map<MeshTriangles, number>();
  for (const { uri, scale, line } of seen) {
    const triangles = trianglesOf(uri);
    if (!triangles) continue;
    const largest = Math.max(...scale.map(Math.abs));
    const extent = largest * extentOf(triangles);
    if (extent <= mostExtent * reach) scales.set(triangles, Math.max(largest, scales.get(triangles) ?? 0));
    else notes.push(tooLarge(uri, line, extent, reach));
  }
  const found = [...scales.keys()];
  const simple = simplified(
    found.map((triangles) => ({ triangles, scale: scales.get(triangles) as number })),
    reach,
  );
  const kept = new Map(found.map((triangles, i) => [triangles, simple[i] && named(simple[i])] as const));
  const keptOf = (uri: string) => {
    const triangles = trianglesOf(uri);
    return (triangles && kept.get(triangles)) ?? null;
  };
  const all = [...kept.values()].filter((mesh) => mesh !== null);
  return {
    meshes: Object.fromEntries(all.map(({ drawn, data }) => [drawn.tensor, data])),
    drawings: (uri) => keptOf(uri)?.drawn ?? null,
    rows: rowsOf(seen, trianglesOf, keptOf),
    notes,
  };
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
  trianglesOf: (uri: string) => MeshTriangles | null,
  keptOf: (uri: string) => NamedMesh | null,
): MeshRow[] {
  const counted = new Set<string>();
  return seen.flatMap(({ link, uri }): MeshRow[] => {
    const triangles = trianglesOf(uri);
    if (!triangles) return [];
    const mesh = keptOf(uri);
    const isNew = mesh !== null && !counted.has(mesh.drawn.tensor);
    if (mesh) counted.add(mesh.drawn.tensor);
    const kept = mesh ? mesh.data.triangles.length / 3 : 0;
    return [{ link, uri, read: triangles.indices.length / 3, kept, bytes: isNew ? meshBytes(mesh.data) : 0 }];
  });
}

function extentOf({ positions }: MeshTriangles): number {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < positions.length; i++) {
    low[i % 3] = Math.min(low[i % 3], positions[i]);
    high[i % 3] = Math.max(high[i % 3], positions[i]);
  }
  return Math.max(0, ...high.map((value, k) => value - low[k]));
}

function tooLarge(uri: string, line: number, extent: number, reach: number): string {
  const size = `the mesh ${uri} is ${extent.toPrecision(3)} m wide, and the arm reaches ${reach.toPrecision(2)} m`;
  return `line ${line}: ${size}: not drawn; is it in other units? scale="0.001 0.001 0.001" is for millimetres`;
}
