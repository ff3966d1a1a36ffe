import { readFileSync } from 'node:fs';
import { dirname, extname } from 'node:path';
import type { MeshTriangles } from '../../envs/model/urdf/index.ts';
import { printable } from '../../envs/text.ts';
import { Failure, systemFailure } from '../run/failure.ts';
import { fromHere, quietly, sizeOf } from '../run/files.ts';
import { type MeshPlaces, placeOfMesh, without } from './mesh-places.ts';
import { readCollada } from './meshes/collada.ts';
import { type OpenFile, readGltf } from './meshes/gltf.ts';
import { readObj } from './meshes/obj.ts';
import { readStl } from './meshes/stl.ts';

/** Bytes of a mesh. */
const longestMesh = 50_000_000;

type Reader = (bytes: Uint8Array, open: OpenFile) => MeshTriangles;

/** Readers by the ending of a file's name. */
const readers: Readonly<Record<string, Reader>> = {
  '.stl': readStl,
  '.obj': readObj,
  '.gltf': readGltf,
  '.glb': readGltf,
  '.dae': readCollada,
};

export const meshFormats = 'STL, OBJ, glTF and Collada';

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
 * @param places where files may lie that the mesh names
 * @throws Failure that names the file, for one that is too large, cannot be read, or holds something else
 */
export function readMesh(path: string, places: MeshPlaces, place: string): MeshTriangles | null {
  const reader = readers[extname(path).toLowerCase()];
  if (!reader) return null;
  checkMeshSize(path, place);
  const bytes = read(path);
  try {
    const mesh = reader(bytes, (uri) => openFor(path, uri, places, place));
    if (mesh.positions.every(Number.isFinite)) return mesh;
    throw new Error('expected finite numbers, found others');
  } catch (error) {
    if (error instanceof Failure) throw error;
    const why = isPointer(bytes) ? pointer : printable(error instanceof Error ? error.message : String(error));
    throw new Failure(`${place}: cannot read the mesh ${fromHere(path)}: ${why}; ${without}`);
  }
}

/** A file that a mesh names, from where the mesh lies, under the rule for meshes. */
function openFor(mesh: string, uri: string, places: MeshPlaces, place: string): Uint8Array {
  const decoded = quietly(() => decodeURIComponent(uri)) ?? uri;
  const from = `${place}: ${fromHere(mesh)}`;
  const found = placeOfMesh(decoded, { ...places, folder: dirname(mesh) }, from);
  if (!('path' in found)) {
    const looked = found.lookedAt.map(fromHere).join(', ');
    throw new Failure(`${from}: ${printable(uri.slice(0, 200))} is not there, looked for at ${looked}; ${without}`);
  }
  checkMeshSize(found.path, from);
  return read(found.path);
}

/** Whether a file is what Git leaves in the place of one that it keeps elsewhere. */
function isPointer(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, 60)).startsWith('version https://git-lfs.github.com/spec/');
}

const pointer = 'expected a mesh, found a pointer of Git LFS: `git lfs pull` in its repository fetches the mesh';

function read(path: string): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw systemFailure(`read ${fromHere(path)}`, error);
  }
}
