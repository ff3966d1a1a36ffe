import { add, rotate, type Vec3 } from '../math/rotation.ts';
import type { Mesh, MeshData } from './types.ts';

/** Meshes as they are drawn: corners in metres, and normals that are smooth over rounds and break at edges. */

/** Corners of a mesh in its frame, m [3 V]. */
export function cornersOf({ low, high }: Mesh, { vertices }: MeshData): Float32Array {
  const corners = new Float32Array(vertices.length);
  for (let i = 0; i < corners.length; i++) {
    const k = i % 3;
    corners[i] = low[k] + ((high[k] - low[k]) * vertices[i]) / 65535;
  }
  return corners;
}

/** The corners of a mesh's box, in the frame of the body. */
export function boxCorners({ low, high, frame }: Mesh): Vec3[] {
  return Array.from({ length: 8 }, (_, i) => {
    const corner: Vec3 = [(i & 1 ? high : low)[0], (i & 2 ? high : low)[1], (i & 4 ? high : low)[2]];
    return add(frame.position, rotate(frame.rotation, corner));
  });
}

/** Extents of a mesh's box along its axes, m. */
export function boxSize({ low, high }: Mesh): Vec3 {
  return [Math.abs(high[0] - low[0]), Math.abs(high[1] - low[1]), Math.abs(high[2] - low[2])];
}

/** Triangles with their corners in the mesh's frame, m, and the normals there [9 F]. */
export interface Surface {
  readonly positions: Float32Array;
  readonly normals: Float32Array;
}

/** Faces that meet at a smaller angle than 40 degrees are a round, whose cosine this is. */
const crease = 0.766;

/** A normal at a corner is the mean of its faces there that turn away little from its own, the larger ones counting more. */
export function surfaceOf(mesh: Mesh, data: MeshData): Surface {
  const corners = cornersOf(mesh, data);
  const triangles = outwards(mesh, data);
  const faces = faceNormals(corners, triangles);
  const around = facesAround(triangles, corners.length / 3);
  const positions = new Float32Array(3 * triangles.length);
  const normals = new Float32Array(3 * triangles.length);
  for (let i = 0; i < triangles.length; i++) {
    const own = 3 * Math.floor(i / 3);
    const corner = triangles[i];
    let [x, y, z] = [0, 0, 0];
    for (let at = around.starts[corner]; at < around.starts[corner + 1]; at++) {
      const other = 3 * around.faces[at];
      if (cosineOf(faces, own, other) < crease && own !== other) continue;
      x += faces[other];
      y += faces[other + 1];
      z += faces[other + 2];
    }
    const length = Math.sqrt(x * x + y * y + z * z) || 1;
    normals.set([x / length, y / length, z / length], 3 * i);
    positions.set(corners.subarray(3 * corner, 3 * corner + 3), 3 * i);
  }
  return { positions, normals };
}

/** The triangles, turned around where the box is mirrored. */
function outwards({ low, high }: Mesh, { triangles }: MeshData): Uint16Array {
  const isMirrored = low.filter((value, k) => value > high[k]).length % 2 === 1;
  return isMirrored ? triangles.map((_, i) => triangles[i - (i % 3) + [0, 2, 1][i % 3]]) : triangles;
}

/** A normal for each face, twice as long as the face is large [3 F]. */
function faceNormals(corners: Float32Array, triangles: Uint16Array): Float32Array {
  const normals = new Float32Array(triangles.length);
  for (let i = 0; i < triangles.length; i += 3) {
    const [a, b, c] = [3 * triangles[i], 3 * triangles[i + 1], 3 * triangles[i + 2]];
    const [ux, uy, uz] = [corners[b] - corners[a], corners[b + 1] - corners[a + 1], corners[b + 2] - corners[a + 2]];
    const [vx, vy, vz] = [corners[c] - corners[a], corners[c + 1] - corners[a + 1], corners[c + 2] - corners[a + 2]];
    normals[i] = uy * vz - uz * vy;
    normals[i + 1] = uz * vx - ux * vz;
    normals[i + 2] = ux * vy - uy * vx;
  }
  return normals;
}

function cosineOf(faces: Float32Array, a: number, b: number): number {
  const dot = faces[a] * faces[b] + faces[a + 1] * faces[b + 1] + faces[a + 2] * faces[b + 2];
  return dot / Math.sqrt(squareOf(faces, a) * squareOf(faces, b) || 1);
}

function squareOf(faces: Float32Array, a: number): number {
  return faces[a] * faces[a] + faces[a + 1] * faces[a + 1] + faces[a + 2] * faces[a + 2];
}

/** The faces at each corner, corner by corner, from `starts` on. */
function facesAround(triangles: Uint16Array, corners: number) {
  const starts = new Uint32Array(corners + 1);
  for (const corner of triangles) starts[corner + 1]++;
  for (let i = 0; i < corners; i++) starts[i + 1] += starts[i];
  const next = starts.slice();
  const faces = new Uint32Array(triangles.length);
  for (let i = 0; i < triangles.length; i++) faces[next[triangles[i]]++] = Math.floor(i / 3);
  return { starts, faces };
}

/** The same mesh with few triangles, to be seen from afar: corners in one cube become one. @param cell side of a cube, m */
export function coarsened(mesh: Mesh, { vertices, triangles }: MeshData, cell: number): MeshData {
  const cells = boxSize(mesh).map((size) => Math.min(1024, Math.max(1, Math.ceil(size / cell))));
  const places = new Map<number, number>();
  const sums: number[] = [];
  const placeOf = Array.from({ length: vertices.length / 3 }, (_, i) => {
    const [x, y, z] = cells.map((count, k) => Math.min(count - 1, Math.floor((vertices[3 * i + k] * count) / 65536)));
    const key = (x * 1024 + y) * 1024 + z;
    const place = places.get(key) ?? places.size;
    places.set(key, place);
    for (let k = 0; k < 4; k++) sums[4 * place + k] = (sums[4 * place + k] ?? 0) + (k < 3 ? vertices[3 * i + k] : 1);
    return place;
  });
  const kept = new Uint16Array(3 * places.size).map((_, i) => {
    const place = 4 * Math.floor(i / 3);
    return Math.round(sums[place + (i % 3)] / sums[place + 3]);
  });
  const moved = Array.from(triangles, (corner) => placeOf[corner]);
  const faces: number[] = [];
  for (let i = 0; i < moved.length; i += 3) {
    const [a, b, c] = [moved[i], moved[i + 1], moved[i + 2]];
    if (a !== b && b !== c && c !== a) faces.push(a, b, c);
  }
  return { vertices: kept, triangles: Uint16Array.from(faces) };
}
