/** A box from the origin in every format of meshes, and what is odd in them. */

export type Size = readonly [x: number, y: number, z: number];

const faces = [
  [0, 2, 3, 1],
  [4, 5, 7, 6],
  [0, 1, 5, 4],
  [2, 6, 7, 3],
  [0, 4, 6, 2],
  [1, 3, 7, 5],
];

export const corners = ([x, y, z]: Size) =>
  Array.from({ length: 8 }, (_, i) => [i & 1 ? x : 0, i & 2 ? y : 0, i & 4 ? z : 0]);

/** They turn outwards. */
export const triangles = faces.flatMap(([a, b, c, d]) => [
  [a, b, c],
  [a, c, d],
]);

export const bytesOf = (text: string) => new TextEncoder().encode(text);

export function boxObj(size: Size): Uint8Array {
  const lines = [
    ...corners(size).map((corner) => `v ${corner.join(' ')}`),
    ...faces.map((face) => `f ${face.map((corner) => corner + 1).join(' ')}`),
  ];
  return bytesOf(lines.join('\n'));
}

export interface GltfParts {
  readonly size?: Size;
  readonly isBinary?: boolean;
  /** Without, every triangle has corners of its own. */
  readonly isIndexed?: boolean;
  /** Where the buffer is; in the file if not given. */
  readonly uri?: string;
  readonly node?: object;
  /** Changes the document before it is written. */
  readonly change?: (document: Record<string, never>) => void;
}

/** The numbers of a box: its corners, then 36 numbers of corners in 16 bits. */
export function gltfBuffer(size: Size = [1, 2, 3], isIndexed = true): Uint8Array {
  const all = isIndexed ? corners(size) : triangles.flat().map((corner) => corners(size)[corner]);
  const positions = Float32Array.from(all.flat());
  const indices = Uint16Array.from(triangles.flat());
  const bytes = new Uint8Array(positions.byteLength + indices.byteLength);
  bytes.set(new Uint8Array(positions.buffer));
  bytes.set(new Uint8Array(indices.buffer), positions.byteLength);
  return bytes;
}

export function boxGltf({ size, isBinary, isIndexed = true, uri, node = {}, change }: GltfParts = {}): Uint8Array {
  const buffer = gltfBuffer(size, isIndexed);
  const count = isIndexed ? 8 : 36;
  const data = `data:application/octet-stream;base64,${Buffer.from(buffer).toString('base64')}`;
  const document = {
    asset: { version: '2.0' },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0, ...node }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, ...(isIndexed && { indices: 1 }) }] }],
    accessors: [
      { bufferView: 0, componentType: 5126, count, type: 'VEC3' },
      { bufferView: 1, componentType: 5123, count: 36, type: 'SCALAR' },
    ],
    bufferViews: [
      { buffer: 0, byteOffset: 0, byteLength: 12 * count },
      { buffer: 0, byteOffset: 12 * count, byteLength: 72 },
    ],
    buffers: [{ byteLength: buffer.length, ...(!isBinary && { uri: uri ?? data }) }],
  };
  change?.(document as unknown as Record<string, never>);
  if (!isBinary) return bytesOf(JSON.stringify(document));
  return glb([
    [0x4e4f534a, bytesOf(JSON.stringify(document).padEnd(Math.ceil(JSON.stringify(document).length / 4) * 4))],
    [0x004e4942, buffer],
  ]);
}

export function glb(chunks: readonly (readonly [type: number, data: Uint8Array])[]): Uint8Array {
  const length = 12 + chunks.reduce((sum, [, data]) => sum + 8 + data.length, 0);
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  [0x46546c67, 2, length].forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  let at = 12;
  for (const [type, data] of chunks) {
    view.setUint32(at, data.length, true);
    view.setUint32(at + 4, type, true);
    bytes.set(data, at + 8);
    at += 8 + data.length;
  }
  return bytes;
}

export interface ColladaParts {
  readonly size?: Size;
  readonly kind?: 'triangles' | 'polylist' | 'polygons' | 'trifans';
  readonly unit?: string;
  readonly up?: string;
  /** What places the geometry in its node. */
  readonly motion?: string;
  /** The nodes of the scene, by what places the geometry. */
  readonly nodes?: string;
}

export function boxCollada({
  size = [1, 2, 3],
  kind = 'triangles',
  unit = '<unit name="meter" meter="1"/>',
  up = 'Z_UP',
  motion = '',
  nodes = `<node id="box">${motion}<instance_geometry url="#box-mesh"/></node>`,
}: ColladaParts = {}): Uint8Array {
  // A corner has a number for its normal, too, which is the first here.
  const rows = (list: readonly number[]) => list.map((corner) => `0 ${corner}`).join(' ');
  const inputs =
    '<input semantic="NORMAL" source="#box-normals" offset="0"/><input semantic="VERTEX" source="#box-vertices" offset="1"/>';
  const surfaces = {
    triangles: `<triangles count="12">${inputs}<p>${rows(triangles.flat())}</p></triangles>`,
    polylist: `<polylist count="6">${inputs}<vcount>4 4 4 4 4 4</vcount><p>${rows(faces.flat())}</p></polylist>`,
    polygons: `<polygons count="6">${inputs}${faces.map((face) => `<p>${rows(face)}</p>`).join('')}</polygons>`,
    trifans: `<trifans count="6">${inputs}${faces.map((face) => `<p>${rows(face)}</p>`).join('')}</trifans>`,
  };
  return bytesOf(`<?xml version="1.0" encoding="utf-8"?>
<COLLADA xmlns="http://www.collada.org/2005/11/COLLADASchema" version="1.4.1">
  <asset>${unit}<up_axis>${up}</up_axis></asset>
  <library_geometries><geometry id="box-mesh"><mesh>
    <source id="box-positions"><float_array id="box-numbers" count="24">${corners(size).flat().join(' ')}</float_array>
      <technique_common><accessor source="#box-numbers" count="8" stride="3"/></technique_common></source>
    <source id="box-normals"><float_array id="box-normal-numbers" count="3">0 0 1</float_array></source>
    <vertices id="box-vertices"><input semantic="POSITION" source="#box-positions"/></vertices>
    ${surfaces[kind]}
  </mesh></geometry></library_geometries>
  <library_nodes><node id="kept"><instance_geometry url="#box-mesh"/></node></library_nodes>
  <library_visual_scenes><visual_scene id="Scene">${nodes}</visual_scene></library_visual_scenes>
  <scene><instance_visual_scene url="#Scene"/></scene>
</COLLADA>`);
}
