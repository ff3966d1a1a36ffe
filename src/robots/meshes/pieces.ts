import type { MeshTriangles } from '../../../envs/model/urdf/index.ts';
import { isMirror, type Matrix } from './matrix.ts';

/** A part of a mesh, where its file puts it. */
export interface Piece {
  /** x y z [3 V] */
  readonly positions: ArrayLike<number>;
  /** Corners [3 F]. */
  readonly indices: ArrayLike<number>;
  readonly transform: Matrix;
}

/** As many as 50 MB of STL have, five times: one piece may stand in many places. */
const mostTriangles = 5_000_000;

/**
 * All pieces as one mesh.
 * @throws Error for more triangles than can be read, none, or a corner that is not there
 */
export function joined(pieces: readonly Piece[]): MeshTriangles {
  const total = (of: (piece: Piece) => number) => pieces.reduce((sum, piece) => sum + of(piece), 0);
  const corners = total(({ indices }) => indices.length);
  if (corners === 0) throw new Error('expected triangles, found none');
  if (corners > 3 * mostTriangles) {
    throw new Error(
      `expected at most ${mostTriangles / 1e6} million triangles, found ${Math.ceil(corners / 3e6)} million`,
    );
  }
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

/** Triangles of a strip, or of a fan, of so many corners. */
export function fromStrip(corners: ArrayLike<number>, isFan: boolean): number[] {
  const triangles: number[] = [];
  for (let i = 2; i < corners.length; i++) {
    if (isFan) triangles.push(corners[0], corners[i - 1], corners[i]);
    else if (i % 2 === 0) triangles.push(corners[i - 2], corners[i - 1], corners[i]);
    else triangles.push(corners[i - 1], corners[i - 2], corners[i]);
  }
  return triangles;
}
