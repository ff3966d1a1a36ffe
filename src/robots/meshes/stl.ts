import type { MeshTriangles } from '../../../envs/model/urdf/index.ts';

const headerSize = 80;
const triangleSize = 50;

/**
 * The triangles of an STL file, binary or in text. Corners are not shared between triangles.
 * @throws Error for what is neither
 */
export function readStl(bytes: Uint8Array): MeshTriangles {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = bytes.length >= headerSize + 4 ? view.getUint32(headerSize, true) : -1;
  // A binary file may begin with "solid", too: its length tells.
  if (count >= 0 && bytes.length === headerSize + 4 + count * triangleSize) return binary(view, count);
  const text = new TextDecoder().decode(bytes);
  if (/^\s*solid\b/.test(text)) return inText(text);
  throw new Error(
    `expected ${headerSize + 4} bytes and ${triangleSize} for each triangle, or text that begins with solid`,
  );
}

function binary(view: DataView, count: number): MeshTriangles {
  const positions = new Float32Array(9 * count);
  for (let triangle = 0; triangle < count; triangle++) {
    // The normal comes first.
    const at = headerSize + 4 + triangle * triangleSize + 12;
    for (let i = 0; i < 9; i++) positions[9 * triangle + i] = view.getFloat32(at + 4 * i, true);
  }
  return unshared(positions);
}

function inText(text: string): MeshTriangles {
  const numbers = [...text.matchAll(/^\s*vertex\s+(\S+)\s+(\S+)\s+(\S+)/gm)].flatMap(([, x, y, z]) => [+x, +y, +z]);
  if (numbers.length % 9) throw new Error('expected three corners for each triangle');
  return unshared(Float32Array.from(numbers));
}

function unshared(positions: Float32Array): MeshTriangles {
  return { positions, indices: Uint32Array.from({ length: positions.length / 3 }, (_, i) => i) };
}
