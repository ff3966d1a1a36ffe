import { describe, expect, it } from 'vitest';
import { animation, changed } from '../../viewer/export/riff.ts';

const width = 6;
const still = new Uint32Array(width * 4);
const withPixels = (...at: number[]) => still.map((_, i) => (at.includes(i) ? 1 : 0));

describe('the rectangle of what changed', () => {
  it('is none where nothing did', () => {
    expect(changed(still, still.slice(), width)).toBeUndefined();
  });

  it('holds every pixel that did, and begins at even numbers', () => {
    expect(changed(still, withPixels(2 * width + 2), width)).toEqual({ x: 2, y: 2, width: 1, height: 1 });
    expect(changed(still, withPixels(width + 3), width)).toEqual({ x: 2, y: 0, width: 2, height: 2 });
    expect(changed(still, withPixels(5, 3 * width), width)).toEqual({ x: 0, y: 0, width: 6, height: 4 });
  });
});

describe('an animation', () => {
  const pixels = Uint8Array.from([...'VP8 '].map((letter) => letter.charCodeAt(0)).concat([2, 0, 0, 0, 7, 8]));
  const frame = { x: 4, y: 2, width: 300, height: 20, ms: 1500, pixels };
  const bytes = animation([frame], { width: 960, height: 540 }, 3);
  const view = new DataView(bytes.buffer);
  const name = (at: number) => String.fromCharCode(...bytes.subarray(at, at + 4));
  const uint24 = (at: number) => view.getUint16(at, true) + 65536 * bytes[at + 2];

  it('is a RIFF file of chunks that says how long it is', () => {
    expect([name(0), name(8), name(12), name(30), name(44)]).toEqual(['RIFF', 'WEBP', 'VP8X', 'ANIM', 'ANMF']);
    expect(view.getUint32(4, true)).toBe(bytes.length - 8);
    expect(view.getUint32(48, true)).toBe(bytes.length - 52);
  });

  it('has its size, its loops, and of each frame the place, the size and the time', () => {
    expect([uint24(24) + 1, uint24(27) + 1]).toEqual([960, 540]);
    expect(view.getUint16(42, true)).toBe(3);
    expect([52, 55, 58, 61, 64].map(uint24)).toEqual([2, 1, 299, 19, 1500]);
    expect([...bytes.subarray(68)]).toEqual([...pixels]);
  });
});
