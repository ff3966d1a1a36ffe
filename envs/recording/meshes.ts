/**
 * Meshes as tensors. A mesh is named after what it is made of, so that a scene says which meshes it has, and nothing else can
 * stand in their place.
 */
import { meshesIn, mostCorners, mostMeshBytes } from '../model/meshes.ts';
import type { MeshData, Meshes, Scene } from '../model/types.ts';
import { sha256 } from './checksum.ts';
import { FileError } from './errors.ts';
import type { Tensor } from './safetensors.ts';
import { decodeSealed, encodeSealed, type Format, software } from './sealed.ts';

const noun = 'a rollout file';

/** Bytes whose SHA-256 a mesh is named after: the numbers of its corners and triangles in words, then both as they are. */
export function meshContent({ vertices, triangles }: MeshData): Uint8Array<ArrayBuffer> {
  const sizes = new TextEncoder().encode(`${vertices.length / 3} ${triangles.length / 3}\n`);
  const content = new Uint8Array(sizes.length + vertices.byteLength + triangles.byteLength);
  content.set(sizes);
  content.set(bytesOf(vertices), sizes.length);
  content.set(bytesOf(triangles), sizes.length + vertices.byteLength);
  return content;
}

/** @param digest SHA-256 of the mesh's content, in hex */
export function meshName(digest: string): string {
  return `mesh.${digest.slice(0, 16)}`;
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The tensors of meshes, in the order of their names. */
export function meshTensors(meshes: Meshes): Record<string, Tensor> {
  const entries = Object.entries(meshes).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    entries.flatMap(([name, { vertices, triangles }]): [string, Tensor][] => [
      [`${name}.vertices`, { dtype: 'U16', shape: [vertices.length / 3, 3], data: vertices }],
      [`${name}.triangles`, { dtype: 'U16', shape: [triangles.length / 3, 3], data: triangles }],
    ]),
  );
}

type Tensors = Readonly<Record<string, Tensor>>;

/**
 * The meshes that a scene names.
 * @param file the file's name, for messages
 * @throws FileError for one that is not there, is no mesh, or not the one that its name says; and for more than a scene may have
 */
export async function sceneMeshes(scene: Scene, tensors: Tensors, file: string): Promise<Meshes | undefined> {
  const names = meshesIn(scene);
  if (!names.length) return undefined;
  return checkedMeshes(names, tensors, file);
}

async function checkedMeshes(names: readonly string[], tensors: Tensors, file: string): Promise<Meshes> {
  const meshes = Object.fromEntries(names.map((name) => [name, meshIn(name, tensors, file)]));
  const bytes = Object.values(meshes).reduce((sum, mesh) => sum + meshBytes(mesh), 0);
  if (bytes > mostMeshBytes) throw wrong(file, 'meshes', `at most ${mostMeshBytes} bytes in all`, String(bytes));
  for (const [name, mesh] of Object.entries(meshes)) {
    const found = meshName(await sha256(meshContent(mesh)));
    if (found !== name) throw wrong(file, `tensors of ${name}`, 'the mesh of that name', `${found}`);
  }
  return meshes;
}

export function meshBytes({ vertices, triangles }: MeshData): number {
  return vertices.byteLength + triangles.byteLength;
}

function meshIn(name: string, tensors: Tensors, file: string): MeshData {
  const vertices = numbersIn(`${name}.vertices`, tensors, file);
  const triangles = numbersIn(`${name}.triangles`, tensors, file);
  const corners = vertices.length / 3;
  if (corners > mostCorners)
    throw wrong(file, `tensor ${name}.vertices`, `at most ${mostCorners} corners`, `${corners}`);
  const bad = triangles.findIndex((corner) => corner >= corners);
  if (bad < 0) return { vertices, triangles };
  const place = `${name}.triangles[${Math.floor(bad / 3)}, ${bad % 3}]`;
  throw wrong(file, place, `a corner from 0 to ${corners - 1}`, String(triangles[bad]));
}

function numbersIn(name: string, tensors: Tensors, file: string): MeshData['vertices'] {
  const tensor: Tensor | undefined = tensors[name];
  if (tensor?.dtype !== 'U16') throw wrong(file, `tensor ${name}`, 'U16', tensor?.dtype ?? 'no such tensor');
  const { shape, data } = tensor;
  if (shape.length === 2 && shape[0] >= 1 && shape[1] === 3) return data;
  throw wrong(file, `tensor ${name}`, 'shape [1 or more, 3]', `[${shape.join(', ')}]`);
}

function wrong(file: string, place: string, expected: string, found: string): FileError {
  return new FileError('inconsistent', file, { place, expected, found, noun });
}

/** A file of meshes alone, which a run keeps beside its configuration. */
export const meshFormat: Format = { name: 'armature.meshes', version: 1, noun: 'a file of meshes' };

/** The same meshes give the same bytes. */
export function encodeMeshes(meshes: Meshes): Promise<Uint8Array<ArrayBuffer>> {
  return encodeSealed(meshFormat, meshTensors(meshes), { software });
}

/**
 * @param file the file's name, for messages
 * @throws FileError when it is not a whole and consistent file of meshes
 */
export async function decodeMeshes(bytes: Uint8Array, file: string): Promise<Meshes> {
  const { tensors } = await decodeSealed(meshFormat, bytes, file);
  const names = new Set(Object.keys(tensors).map((name) => name.replace(/\.(vertices|triangles)$/, '')));
  return checkedMeshes([...names], tensors, file);
}
