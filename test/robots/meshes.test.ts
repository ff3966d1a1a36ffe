import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readObj } from '../../src/robots/meshes/obj.ts';
import { readStl } from '../../src/robots/meshes/stl.ts';
import { boxStl } from './crane.ts';

const text = (lines: readonly string[]) => new TextEncoder().encode(lines.join('\n'));
const number = fc.float({ noNaN: true, noDefaultInfinity: true, min: -100, max: 100 });
const triangle = fc.array(number, { minLength: 9, maxLength: 9 });

describe('STL', () => {
  it('in binary gives back the corners that were written, whatever its header begins with', () => {
    fc.assert(
      fc.property(fc.array(triangle, { maxLength: 9 }), fc.constantFrom('', 'solid x'), (triangles, header) => {
        const bytes = new Uint8Array(84 + 50 * triangles.length);
        bytes.set(new TextEncoder().encode(header));
        const view = new DataView(bytes.buffer);
        view.setUint32(80, triangles.length, true);
        triangles.forEach((corners, t) => {
          corners.forEach((value, i) => {
            view.setFloat32(84 + 50 * t + 12 + 4 * i, value, true);
          });
        });
        const { positions, indices } = readStl(bytes);
        expect(positions).toEqual(Float32Array.from(triangles.flat()));
        expect(indices).toEqual(Uint32Array.from({ length: 3 * triangles.length }, (_, i) => i));
      }),
    );
  });

  it('in text gives back the corners that were written', () => {
    fc.assert(
      fc.property(fc.array(triangle, { maxLength: 9 }), (triangles) => {
        const facets = triangles.flatMap((c) => [
          '  facet normal 0 0 1',
          '    outer loop',
          ...[0, 3, 6].map((k) => `      vertex ${c[k]} ${c[k + 1]} ${c[k + 2]}`),
          '    endloop',
          '  endfacet',
        ]);
        const { positions } = readStl(text(['solid crane', ...facets, 'endsolid crane']));
        expect(positions).toEqual(Float32Array.from(triangles.flat()).map((value) => value + 0));
      }),
    );
  });

  it('is refused where it is cut short, or something else', () => {
    const box = boxStl([1, 2, 3]);
    for (const length of [0, 10, 83, 84, 100, box.length - 1]) expect(() => readStl(box.subarray(0, length))).toThrow();
    expect(() => readStl(text(['v 0 0 0']))).toThrow(/expected 84 bytes/);
    expect(() => readStl(text(['solid x', 'vertex 0 0 0', 'endsolid']))).toThrow(/three corners/);
  });
});

describe('OBJ', () => {
  it('gives its corners, and a fan for each face, by numbers from either end', () => {
    const lines = [
      '# a square',
      'v 0 0 0',
      'v 1 0 0 1.0',
      'v 1 1 0',
      'vn 0 0 1',
      'v 0 1 0',
      'f 1/1/1 2//1 3 4',
      'f -4 -3 -2',
      '',
    ];
    const { positions, indices } = readObj(text(lines));
    expect([...positions]).toEqual([0, 0, 0, 1, 0, 0, 1, 1, 0, 0, 1, 0]);
    expect([...indices]).toEqual([0, 1, 2, 0, 2, 3, 0, 1, 2]);
  });

  it.each(['f 1 2 4', 'f 0 1 2', 'f -4 1 2', 'f a b c', 'f 1.5 2 3'])('has no face %s of three corners', (face) => {
    expect(() => readObj(text(['v 0 0 0', 'v 1 0 0', 'v 1 1 0', face]))).toThrow(/^line 4: .* 3 corners/);
  });
});
