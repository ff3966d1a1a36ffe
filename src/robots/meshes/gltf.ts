import * as v from 'valibot';
import type { MeshTriangles } from '../../../envs/model/urdf/index.ts';
import { expectedIn } from '../../../envs/schema.ts';
import { printable } from '../../../envs/text.ts';
import { type Matrix, product, rotation, scaling, translation, unit } from './matrix.ts';
import { assembled, fromStrip, once, type Placed, type Size, type Surface, trianglesOfStrip } from './pieces.ts';

/**
 * glTF 2.0, as .gltf or .glb (https://registry.khronos.org/glTF/specs/2.0/glTF-2.0.html): the triangles of its scene, without
 * materials, skins and animations.
 */

/** The bytes of another file, by the address that a file has for it. */
export type OpenFile = (uri: string) => Uint8Array;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const numbers = (length: number) => v.pipe(v.array(v.pipe(v.number(), v.finite())), v.length(length));
const extensions = v.optional(v.record(v.string(), v.unknown()));

const schema = v.object({
  asset: v.object({ version: v.string() }),
  extensionsRequired: v.optional(v.array(v.string()), []),
  scene: v.optional(count),
  scenes: v.optional(v.array(v.object({ nodes: v.optional(v.array(count), []) })), []),
  nodes: v.optional(
    v.array(
      v.object({
        mesh: v.optional(count),
        children: v.optional(v.array(count), []),
        matrix: v.optional(numbers(16)),
        translation: v.optional(numbers(3), [0, 0, 0]),
        rotation: v.optional(numbers(4), [0, 0, 0, 1]),
        scale: v.optional(numbers(3), [1, 1, 1]),
      }),
    ),
    [],
  ),
  meshes: v.optional(
    v.array(
      v.object({
        primitives: v.array(
          v.object({
            attributes: v.object({ POSITION: v.optional(count) }),
            indices: v.optional(count),
            mode: v.optional(count, 4),
            extensions,
          }),
        ),
      }),
    ),
    [],
  ),
  accessors: v.optional(
    v.array(
      v.object({
        bufferView: v.optional(count),
        byteOffset: v.optional(count, 0),
        componentType: count,
        normalized: v.optional(v.boolean(), false),
        count,
        type: v.string(),
        sparse: v.optional(v.unknown()),
      }),
    ),
    [],
  ),
  bufferViews: v.optional(
    v.array(
      v.object({
        buffer: count,
        byteOffset: v.optional(count, 0),
        byteLength: count,
        byteStride: v.optional(v.pipe(count, v.minValue(4), v.maxValue(252))),
        extensions,
      }),
    ),
    [],
  ),
  buffers: v.optional(v.array(v.object({ uri: v.optional(v.string()), byteLength: count })), []),
});

type Document = v.InferOutput<typeof schema>;

/** A document and what its buffers hold, each opened once. */
interface Source {
  readonly document: Document;
  readonly bufferOf: (index: number) => Uint8Array;
}

/** Of nodes within nodes. */
const deepest = 256;

/** Of all buffers: many can be the same file. */
const mostBytes = 250_000_000;

/** Geometry that only a decoder of their own could read, or that would be somewhere else than it seems. */
const notRead = [
  'KHR_draco_mesh_compression',
  'EXT_meshopt_compression',
  'KHR_meshopt_compression',
  'EXT_mesh_gpu_instancing',
] as const;

/**
 * The triangles of a glTF file, in text or in binary, in the file's own axes and in metres.
 * @param open gives the files that it names
 * @throws Error for what is none, is cut short, or is compressed
 */
export function readGltf(bytes: Uint8Array, open: OpenFile): MeshTriangles {
  const { text, binary } = isBinary(bytes) ? chunksOf(bytes) : { text: bytes, binary: undefined };
  const document = parsed(text);
  const compressed = notRead.find((name) => document.extensionsRequired.includes(name));
  if (compressed) throw refused(compressed);
  const source = { document, bufferOf: buffersOf(document, binary, open) };
  return assembled(
    placedIn(document),
    (mesh) => drawnOf(document, mesh).map(({ size }) => size),
    (mesh) => surfacesOf(source, mesh),
  );
}

function refused(extension: string): Error {
  return new Error(`expected plain geometry, found ${extension}: export it without compression`);
}

const magic = 0x46546c67;
const json = 0x4e4f534a;
const bin = 0x004e4942;

function isBinary(bytes: Uint8Array): boolean {
  return bytes.length >= 4 && viewOf(bytes).getUint32(0, true) === magic;
}

function chunksOf(bytes: Uint8Array): { text: Uint8Array; binary: Uint8Array | undefined } {
  const view = viewOf(bytes);
  if (bytes.length < 12) throw new Error(`expected a header of 12 bytes, found ${bytes.length}`);
  const version = view.getUint32(4, true);
  if (version !== 2) throw new Error(`expected glTF 2, found version ${version}`);
  const length = view.getUint32(8, true);
  if (length !== bytes.length) throw new Error(`expected ${length} bytes, found ${bytes.length}`);
  const chunks: { type: number; data: Uint8Array }[] = [];
  for (let at = 12; at < length; ) {
    const size = at + 8 <= length ? view.getUint32(at, true) : Number.NaN;
    if (!(at + 8 + size <= length))
      throw new Error(`expected a whole chunk at byte ${at}, found one that is cut short`);
    chunks.push({ type: view.getUint32(at + 4, true), data: bytes.subarray(at + 8, at + 8 + size) });
    at += 8 + size;
  }
  if (chunks[0]?.type !== json) throw new Error('expected a chunk of JSON first, found none');
  return { text: chunks[0].data, binary: chunks[1]?.type === bin ? chunks[1].data : undefined };
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

function parsed(text: Uint8Array): Document {
  const { success, issues, output } = v.safeParse(schema, jsonIn(text), { abortEarly: true });
  if (!success)
    throw new Error(
      `${v.getDotPath(issues[0]) ?? 'the file'}: expected ${expectedIn(issues[0])}, found ${issues[0].received}`,
    );
  if (!output.asset.version.startsWith('2.')) throw new Error(`expected glTF 2, found version ${output.asset.version}`);
  return output;
}

function jsonIn(text: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(text));
  } catch (error) {
    throw new Error(`expected JSON, found ${printable((error as Error).message).slice(0, 200)}`);
  }
}

/** The nodes of the scene that is shown, else those that hang on none. */
function rootsOf({ scene = 0, scenes, nodes }: Document): readonly number[] {
  if (scenes.length) return entry(scenes, scene, 'scenes').nodes;
  const carried = new Set(nodes.flatMap(({ children }) => children));
  return nodes.map((_, i) => i).filter((i) => !carried.has(i));
}

function entry<T>(list: readonly T[], index: number, name: string): T {
  if (index < list.length) return list[index];
  throw new Error(`${name}: expected one of ${list.length}, found number ${index}`);
}

/** The numbers of the meshes that the scene shows, each where its node puts it. */
function placedIn(document: Document): Placed<number>[] {
  const placed: Placed<number>[] = [];
  const seen = new Set<number>();
  const visit = (index: number, parent: Matrix, depth: number) => {
    // One that hangs on two others could stand in more places than could ever be counted.
    if (seen.has(index)) throw new Error(`nodes: expected a tree, found node ${index} twice`);
    if (depth > deepest) throw new Error(`nodes: expected at most ${deepest} within each other, found more`);
    seen.add(index);
    const node = entry(document.nodes, index, 'nodes');
    const transform = product(parent, node.matrix ?? placement(node));
    if (node.mesh !== undefined) placed.push({ what: node.mesh, transform });
    for (const child of node.children) visit(child, transform, depth + 1);
  };
  for (const root of rootsOf(document)) visit(root, unit, 0);
  return placed;
}

function placement({ translation: t, rotation: r, scale: s }: Document['nodes'][number]): Matrix {
  const turned = product(rotation([r[0], r[1], r[2], r[3]]), scaling([s[0], s[1], s[2]]));
  return product(translation([t[0], t[1], t[2]]), turned);
}

/** What the numbers of a primitive's mode stand for, from triangles on; points and lines are no surface. */
const [triangles, strip, fan] = [4, 5, 6];

/** Those primitives of a mesh that are surfaces, with the numbers of their accessors and how large they are. */
function drawnOf(document: Document, mesh: number) {
  return entry(document.meshes, mesh, 'meshes').primitives.flatMap(({ attributes, indices, mode, extensions }) => {
    const position = attributes.POSITION;
    if (mode < triangles || mode > fan || position === undefined) return [];
    const corners = entry(document.accessors, position, 'accessors').count;
    const count = indices === undefined ? corners : entry(document.accessors, indices, 'accessors').count;
    const size: Size = { triangles: mode === triangles ? count / 3 : trianglesOfStrip(count), corners };
    return size.triangles > 0 ? [{ position, indices, mode, extensions, size }] : [];
  });
}

function surfacesOf(source: Source, mesh: number): Surface[] {
  return drawnOf(source.document, mesh).map(({ position, indices, mode, extensions = {} }) => {
    const { bufferView } = entry(source.document.accessors, position, 'accessors');
    const [draco] = notRead;
    if (bufferView === undefined && Object.hasOwn(extensions, draco)) throw refused(draco);
    const positions = read(source, position, 'VEC3');
    const order = indices === undefined ? undefined : read(source, indices, 'SCALAR');
    const corners = order ?? Uint32Array.from({ length: positions.length / 3 }, (_, i) => i);
    if (mode !== triangles) return { positions, indices: fromStrip(corners, mode !== strip) };
    if (corners.length % 3) throw new Error(`expected three corners for each triangle, found ${corners.length} in all`);
    return { positions, indices: corners };
  });
}

interface Component {
  readonly size: number;
  readonly read: (view: DataView, at: number) => number;
  /** The number that stands for 1 where integers are shares. */
  readonly most: number;
}

const components: Readonly<Record<number, Component>> = {
  5120: { size: 1, read: (view, at) => view.getInt8(at), most: 127 },
  5121: { size: 1, read: (view, at) => view.getUint8(at), most: 255 },
  5122: { size: 2, read: (view, at) => view.getInt16(at, true), most: 32767 },
  5123: { size: 2, read: (view, at) => view.getUint16(at, true), most: 65535 },
  5125: { size: 4, read: (view, at) => view.getUint32(at, true), most: 1 },
  5126: { size: 4, read: (view, at) => view.getFloat32(at, true), most: 1 },
};

/** The numbers of an accessor, one after the other. */
function read({ document, bufferOf }: Source, index: number, type: 'VEC3' | 'SCALAR'): Float64Array {
  const place = `accessors.${index}`;
  const accessor = entry(document.accessors, index, 'accessors');
  if (accessor.type !== type) throw new Error(`${place}: expected ${type}, found ${accessor.type}`);
  if (accessor.sparse !== undefined) throw new Error(`${place}: expected plain numbers, found sparse ones`);
  if (accessor.bufferView === undefined) throw new Error(`${place}: expected a bufferView, found none`);
  const component = components[accessor.componentType];
  if (!component)
    throw new Error(`${place}: expected a componentType from 5120 to 5126, found ${accessor.componentType}`);
  const view = entry(document.bufferViews, accessor.bufferView, 'bufferViews');
  const compressed = notRead.find((name) => view.extensions && Object.hasOwn(view.extensions, name));
  if (compressed) throw refused(compressed);
  const buffer = bufferOf(view.buffer);
  const width = type === 'VEC3' ? 3 : 1;
  const stride = view.byteStride ?? width * component.size;
  const length = accessor.count && accessor.byteOffset + (accessor.count - 1) * stride + width * component.size;
  if (length > view.byteLength || view.byteOffset + view.byteLength > buffer.length) {
    throw new Error(
      `${place}: expected ${view.byteOffset + Math.max(length, view.byteLength)} bytes in buffer ${view.buffer}, found ${Math.min(buffer.length, view.byteOffset + view.byteLength)}`,
    );
  }
  const data = viewOf(buffer);
  const start = view.byteOffset + accessor.byteOffset;
  const scale = accessor.normalized ? component.most : 1;
  const values = new Float64Array(width * accessor.count);
  for (let i = 0; i < values.length; i++) {
    const at = start + Math.floor(i / width) * stride + (i % width) * component.size;
    values[i] = Math.max(component.read(data, at) / scale, accessor.normalized ? -1 : -Infinity);
  }
  return values;
}

function buffersOf({ buffers }: Document, binary: Uint8Array | undefined, open: OpenFile): Source['bufferOf'] {
  let bytes = 0;
  return once((index) => {
    const { uri, byteLength } = entry(buffers, index, 'buffers');
    const found = uri === undefined ? own(binary, index) : (dataOf(uri) ?? open(uri));
    if (found.length < byteLength)
      throw new Error(`buffers.${index}: expected ${byteLength} bytes, found ${found.length}`);
    bytes += found.length;
    if (bytes > mostBytes) throw new Error(`buffers: expected at most ${mostBytes / 1e6} MB together, found more`);
    return found;
  });
}

function own(binary: Uint8Array | undefined, index: number): Uint8Array {
  if (binary && index === 0) return binary;
  throw new Error(`buffers.${index}: expected a uri, found none`);
}

/** The bytes in a `data:` address; null where the address is another. */
function dataOf(uri: string): Uint8Array | null {
  if (!/^data:/i.test(uri)) return null;
  const [, encoded] = /^data:[^,]*;base64,([A-Za-z0-9+/=\s]*)$/i.exec(uri) ?? [];
  try {
    if (encoded !== undefined) return Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
  } catch {
    // Letters that are too few, or in an order that makes no bytes.
  }
  throw new Error('expected data in base64, found something else');
}
