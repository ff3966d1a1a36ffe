import type { MeshTriangles } from '../../../envs/model/urdf/index.ts';
import { isMirror, type Matrix } from './matrix.ts';

/** Triangles, as a file has them. */
export interface Surface {
  /** x y z [3 V] */
  readonly positions: ArrayLike<number>;
  /** Corners [3 F]. */
  readonly indices: ArrayLike<number>;
}

/** What a surface is made of, as far as its file tells before its numbers are read. */
export interface Size {
  readonly triangles: number;
  readonly corners: number;
}

/** Something of a file in one of the places where it stands. */
export interface Placed<T> {
  readonly what: T;
  readonly transform: Matrix;
}

interface Piece extends Surface {
  readonly transform: Matrix;
}

/** As many as 50 MB of STL have, five times: one surface may stand in many places. */
export const mostTriangles = 5_000_000;
/** As many as triangles have that share none. */
const mostCorners = 3 * mostTriangles;

/**
 * All that is placed as one mesh. Sizes are added up before a number is read: a file of some kilobytes can place one
 * surface so often that memory would not hold it.
 * @throws Error for more than can be read, no triangles, or a corner that is not there
 */
export function assembled<T>(
  placed: readonly Placed<T>[],
  sizesOf: (what: T) => readonly Size[],
  surfacesOf: (what: T) => readonly Surface[],
): MeshTriangles {
  const sizeOf = once((what: T) => sizeOfAll(sizesOf(what)));
  const { triangles, corners } = sizeOfAll(placed.map(({ what }) => sizeOf(what)));
  checkCount(triangles, mostTriangles, 'triangles');
  checkCount(corners, mostCorners, 'corners');
  const read = once(surfacesOf);
  return joined(placed.flatMap(({ what, transform }) => read(what).map((surface) => ({ ...surface, transform }))));
}

function sizeOfAll(sizes: readonly Size[]): Size {
  let [triangles, corners] = [0, 0];
  for (const size of sizes) {
    triangles += size.triangles;
    corners += size.corners;
  }
  return { triangles, corners };
}

function checkCount(count: number, most: number, what: string): void {
  if (count <= most) return;
  throw new Error(`expected at most ${most / 1e6} million ${what}, found ${Math.ceil(count / 1e6)} million`);
}

/** The same function, but worked out only once for each argument. */
export function once<K, V>(of: (key: K) => V): (key: K) => V {
  const known = new Map<K, V>();
  return (key) => {
    if (!known.has(key)) known.set(key, of(key));
    return known.get(key) as V;
  };
}

function joined(pieces: readonly Piece[]): MeshTriangles {
  const total = (of: (piece: Piece) => number) => pieces.reduce((sum, piece) => sum + of(piece), 0);
  const corners = total(({ indices }) => indices.length);
  if (corners === 0) throw new Error('expected triangles, found none');
  const positions = new Float32Array(total((piece) => piece.positions.length));
  const all = new Uint32Array(corners);
  let [at, from] = [0, 0];
  for (const { positions: own, indices, transform } of pieces) {
    const count = own.length / 3;
    transformInto(positions.subarray(3 * from), own, transform);
    const swap = isMirror(transform) ? [0, 2, 1] : [0, 1, 2];
    for (let i = 0; i < indices.length; i++) {
      const corner = indices[i - (i % 3) + swap[i % 3]];
      if (!(corner < count)) throw new Error(`expected the number of one of ${count} corners, found ${corner}`);
      all[at++] = from + corner;
    }
    from += count;
  }
  return { positions, indices: all };
}

function transformInto(out: Float32Array, own: ArrayLike<number>, m: Matrix): void {
  for (let i = 0; i + 2 < own.length; i += 3) {
    const [x, y, z] = [own[i], own[i + 1], own[i + 2]];
    for (let k = 0; k < 3; k++) out[i + k] = m[k] * x + m[k + 4] * y + m[k + 8] * z + m[k + 12];
  }
}

/** How many triangles a strip, or a fan, of so many corners has. */
export function trianglesOfStrip(corners: number): number {
  return Math.max(0, corners - 2);
}

/** Triangles of a strip, or of a fan, of these corners. */
export function fromStrip(corners: ArrayLike<number>, isFan: boolean): number[] {
  const triangles: number[] = [];
  for (let i = 2; i < corners.length; i++) {
    if (isFan) triangles.push(corners[0], corners[i - 1], corners[i]);
    else if (i % 2 === 0) triangles.push(corners[i - 2], corners[i - 1], corners[i]);
    else triangles.push(corners[i - 1], corners[i - 2], corners[i]);
  }
  return triangles;
}
