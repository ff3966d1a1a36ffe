import type { Surface } from '../../envs/model/mesh-surface.ts';
import type { Camera } from './camera.ts';
import { fill } from './triangle.ts';

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
