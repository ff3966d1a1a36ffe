import type { Surface } from '../../envs/model/mesh-surface.ts';
import type { Camera } from './camera.ts';

/** Colours of red, green and blue from 0 to 1, as light: twice as much is twice as bright. */
export type Color = readonly [red: number, green: number, blue: number];

/** A picture that is being drawn: its colours, how much of each pixel is covered, and how near that is. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  /** Red, green, blue and cover, from 0 to 1, the colours times the cover [height, width, 4]. */
  readonly pixels: Float32Array;
  readonly #nearest: Float32Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.pixels = new Float32Array(4 * width * height);
    this.#nearest = new Float32Array(width * height);
  }

  /** Draws triangles, the nearest in front. */
  draw({ positions, normals }: Surface, camera: Camera, shade: Shade): void {
    const { pixels } = this;
    const nearest = this.#nearest;
    for (let i = 0; i < positions.length; i += 9) {
      const [a, b, c] = [i, i + 3, i + 6].map((k) => camera.see([positions[k], positions[k + 1], positions[k + 2]]));
      fill([a, b, c], this.width, this.height, (at, toA, toB, toC) => {
        const near = toA * a[2] + toB * b[2] + toC * c[2];
        if (near <= nearest[at]) return;
        nearest[at] = near;
        const x = toA * normals[i] + toB * normals[i + 3] + toC * normals[i + 6];
        const y = toA * normals[i + 1] + toB * normals[i + 4] + toC * normals[i + 7];
        const z = toA * normals[i + 2] + toB * normals[i + 5] + toC * normals[i + 8];
        shade(x, y, z, pixels, 4 * at);
        pixels[4 * at + 3] = 1;
      });
    }
  }

  /** Lays a colour over a pixel. */
  over(at: number, color: Color, cover: number): void {
    const { pixels } = this;
    for (let k = 0; k < 3; k++) pixels[4 * at + k] = cover * color[k] + (1 - cover) * pixels[4 * at + k];
    pixels[4 * at + 3] = cover + (1 - cover) * pixels[4 * at + 3];
  }

  /** Lays a colour under a pixel. */
  under(at: number, color: Color, cover: number): void {
    const { pixels } = this;
    const rest = cover * (1 - pixels[4 * at + 3]);
    for (let k = 0; k < 3; k++) pixels[4 * at + k] += rest * color[k];
    pixels[4 * at + 3] += rest;
  }
}

/** Writes the colour of a surface that faces a way, of about length 1, as three numbers. */
export type Shade = (x: number, y: number, z: number, pixels: Float32Array, at: number) => void;

/** Visits the pixels whose middle lies in a triangle. @param visit gets the pixel's place, and the share of each corner */
export function fill(
  [a, b, c]: readonly (readonly number[])[],
  width: number,
  height: number,
  visit: (at: number, toA: number, toB: number, toC: number) => void,
): void {
  const area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
  if (area === 0) return;
  const [left, right] = [Math.min(a[0], b[0], c[0]), Math.max(a[0], b[0], c[0])];
  const [top, bottom] = [Math.min(a[1], b[1], c[1]), Math.max(a[1], b[1], c[1])];
  for (let y = Math.max(0, Math.ceil(top - 0.5)); y < Math.min(height, bottom + 0.5); y++) {
    for (let x = Math.max(0, Math.ceil(left - 0.5)); x < Math.min(width, right + 0.5); x++) {
      const [dx, dy] = [x + 0.5 - a[0], y + 0.5 - a[1]];
      const toB = (dx * (c[1] - a[1]) - dy * (c[0] - a[0])) / area;
      const toC = (dy * (b[0] - a[0]) - dx * (b[1] - a[1])) / area;
      const toA = 1 - toB - toC;
      if (Math.min(toA, toB, toC) >= -1e-6) visit(y * width + x, toA, toB, toC);
    }
  }
}
