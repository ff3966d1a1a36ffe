import { crc32, deflateSync } from 'node:zlib';
import { fill } from '../pictures/triangle.ts';

/** Triangles drawn by the processor, for a picture in a page that runs no code of its own. */

/** Corners in a picture, and how bright the surface is there. */
export interface Shaded {
  /** x and y in pixels, downwards, and how near it is, three numbers for each corner [9 F]. */
  readonly points: Float32Array;
  /** From 0 to 1, for each corner [3 F]. */
  readonly light: Float32Array;
}

/** Gray values and how much they cover [height, width, 2]. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** The nearest surface at each pixel. */
export function rasterized(surfaces: readonly Shaded[], width: number, height: number): Picture {
  const pixels = new Uint8Array(2 * width * height);
  const nearest = new Float32Array(width * height).fill(-Infinity);
  for (const { points, light } of surfaces) {
    for (let i = 0; i < points.length; i += 9) {
      const corner = (k: number) => [points[i + 3 * k], points[i + 3 * k + 1], points[i + 3 * k + 2], light[i / 3 + k]];
      const [a, b, c] = [corner(0), corner(1), corner(2)];
      fill([a, b, c], width, height, (at, toA, toB, toC) => {
        const near = toA * a[2] + toB * b[2] + toC * c[2];
        if (near <= nearest[at]) return;
        nearest[at] = near;
        pixels[2 * at] = Math.round(255 * Math.min(1, Math.max(0, toA * a[3] + toB * b[3] + toC * c[3])));
        pixels[2 * at + 1] = 255;
      });
    }
  }
  return { width, height, pixels };
}

/** A picture of half the size, with smooth edges. */
export function halved({ width, height, pixels }: Picture): Picture {
  const [w, h] = [Math.floor(width / 2), Math.floor(height / 2)];
  const out = new Uint8Array(2 * w * h);
  for (let i = 0; i < w * h; i++) {
    const at = 2 * (2 * Math.floor(i / w) * width + 2 * (i % w));
    const four = [at, at + 2, at + 2 * width, at + 2 * width + 2];
    const cover = four.reduce((sum, k) => sum + pixels[k + 1], 0);
    const gray = four.reduce((sum, k) => sum + pixels[k] * pixels[k + 1], 0);
    out[2 * i] = cover ? Math.round(gray / cover) : 0;
    out[2 * i + 1] = Math.round(cover / 4);
  }
  return { width: w, height: h, pixels: out };
}

/** A picture as PNG (https://www.w3.org/TR/png-3/), with transparency: of two numbers a pixel in gray, of four in colours. */
export function pngOf({ width, height, pixels }: Picture): Uint8Array {
  const channels = pixels.length / (width * height);
  const stride = channels * width;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // Eight bits of each, of gray and transparency or of red, green, blue and transparency.
  header.set([8, channels === 2 ? 4 : 6, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (stride + 1));
  for (let y = 0; y < height; y++) {
    // Each row as differences from the one above, which are small.
    const at = y * (stride + 1);
    rows[at] = 2;
    for (let i = 0; i < stride; i++) {
      rows[at + 1 + i] = pixels[stride * y + i] - (y ? pixels[stride * (y - 1) + i] : 0);
    }
  }
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const chunks = [
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ];
  return Buffer.concat([signature, ...chunks]);
}

function chunk(name: string, data: Buffer): Buffer {
  const content = Buffer.concat([Buffer.from(name, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(content));
  return Buffer.concat([length, content, sum]);
}
