import type { MeshTriangles } from '../../../envs/model/urdf/index.ts';
import { mostTriangles, trianglesOfStrip } from './pieces.ts';

/**
 * The triangles of an OBJ file: its corners and faces alone. A face of more than three corners becomes a fan.
 * @throws Error that names the line of a face with a corner that is not there, or with one triangle too many
 */
export function readObj(bytes: Uint8Array): MeshTriangles {
  const positions: number[] = [];
  const indices: number[] = [];
  new TextDecoder()
    .decode(bytes)
    .split('\n')
    .forEach((line, i) => {
      const [kind, ...words] = line.trim().split(/\s+/);
      if (kind === 'v') positions.push(...words.slice(0, 3).map(Number));
      if (kind !== 'f') return;
      if (indices.length / 3 + trianglesOfStrip(words.length) > mostTriangles)
        throw new Error(`line ${i + 1}: expected at most ${mostTriangles / 1e6} million triangles, found more`);
      const corners = words.map((word) => cornerOf(word, positions.length / 3, i + 1));
      for (let k = 2; k < corners.length; k++) indices.push(corners[0], corners[k - 1], corners[k]);
    });
  return { positions: Float32Array.from(positions), indices: Uint32Array.from(indices) };
}

/** The corner of "3/1/2", counted from 1; from the last one backwards where it is negative. */
function cornerOf(word: string, corners: number, line: number): number {
  const given = Number(word.split('/')[0]);
  const corner = given < 0 ? corners + given : given - 1;
  if (Number.isInteger(corner) && corner >= 0 && corner < corners) return corner;
  throw new Error(`line ${line}: expected the number of one of ${corners} corners, found ${word}`);
}
