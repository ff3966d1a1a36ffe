import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import type { MeshTriangles } from '../../envs/model/urdf/index.ts';
import { Failure, systemFailure } from '../run/failure.ts';
import { fromHere, sizeOf } from '../run/files.ts';
import { without } from './mesh-places.ts';
import { readObj } from './obj.ts';
import { readStl } from './stl.ts';

/** Bytes of a mesh. */
const longestMesh = 50_000_000;

/** Readers by the ending of a file's name. */
const readers: Readonly<Record<string, (bytes: Uint8Array) => MeshTriangles>> = { '.stl': readStl, '.obj': readObj };

/** @throws Failure for a mesh that is too large */
export function checkMeshSize(path: string, place: string): void {
  if (sizeOf(path) <= longestMesh) return;
  const found = `found one of ${(sizeOf(path) / 1e6).toFixed(1)} MB`;
  throw new Failure(
    `${place}: ${fromHere(path)}: expected a mesh of at most ${longestMesh / 1e6} MB, ${found}; ${without}`,
  );
}

/**
 * The triangles of a mesh; null where its format is not read.
 * @throws Failure that names the file, for one that is too large, cannot be read, or holds something else
 */
export function readMesh(path: string, place: string): MeshTriangles | null {
  const reader = readers[extname(path).toLowerCase()];
  if (!reader) return null;
  checkMeshSize(path, place);
  const bytes = read(path);
  try {
    const mesh = reader(bytes);
    if (mesh.positions.every(Number.isFinite)) return mesh;
    throw new Error('expected finite numbers, found others');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Failure(`${place}: cannot read the mesh ${fromHere(path)}: ${why}; ${without}`);
  }
}

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw systemFailure(`read ${fromHere(path)}`, error);
  }
}
