import type { Vec3 } from '../../envs/math/rotation.ts';
import { cross, unit } from './solids.ts';

/** Where a point stands in the picture, px from its upper left corner, and how near it is: 1 over the distance, 1/m. */
export type Seen = readonly [x: number, y: number, near: number];

export interface Camera {
  see(point: Vec3): Seen;
  /** What pixels see of a level, m. */
  onLevel(z: number): Level;
  /** Pixels that a metre takes up at a point. */
  scaleAt(point: Vec3): number;
}

/** A level that pixels look at, and the point that the last one saw: numbers alone, for there are millions. */
export interface Level {
  /** Whether a pixel sees it: not above the horizon, nor just below. */
  look(x: number, y: number): boolean;
  /** m */
  readonly x: number;
  readonly y: number;
  /** Pixels that a metre takes up there. */
  readonly scale: number;
}

/** From what is looked at to who looks: the three-quarter view in which an arm reads best, and one from higher up for what is flat. */
const fromAside: Vec3 = [0.78, -1, 0.44];
const fromAbove: Vec3 = [0.42, -0.62, 1.1];
/** Height over the lesser side of what is flat. */
const flatness = 0.25;
/** How far away who looks is, over how large it is what is looked at. */
const farness = 2.2;

/**
 * A camera that has points in the middle of its picture.
 * @param points m [3 N]
 * @param room share of the picture that they may take up
 */
export function cameraOn(points: Float32Array, width: number, height: number, room = 0.8): Camera {
  const [low, high] = boundsOf(points);
  const size = high.map((x, i) => x - low[i]) as unknown as Vec3;
  const middle = high.map((x, i) => (x + low[i]) / 2) as unknown as Vec3;
  const isFlat = size[2] < flatness * Math.min(size[0], size[1]);
  const back = unit(isFlat ? fromAbove : fromAside);
  const right = unit(cross([0, 0, 1], back));
  const up = cross(back, right);
  const distance = farness * Math.hypot(...size);
  const eye = middle.map((x, i) => x + distance * back[i]) as unknown as Vec3;
  const flat = ([x, y, z]: Vec3): [number, number, number] => {
    const d: Vec3 = [x - eye[0], y - eye[1], z - eye[2]];
    const depth = -dot(d, back);
    return [dot(d, right) / depth, -dot(d, up) / depth, depth];
  };
  // What is seen is shifted and enlarged until it fits.
  const seen = new Float32Array(points.length);
  for (let i = 0; i < points.length; i += 3) seen.set(flat([points[i], points[i + 1], points[i + 2]]), i);
  const [from, to] = boundsOf(seen);
  const scale = room * Math.min(width / (to[0] - from[0]), height / (to[1] - from[1]));
  const [x0, y0] = [width / 2 - (scale * (from[0] + to[0])) / 2, height / 2 - (scale * (from[1] + to[1])) / 2];
  return {
    see(point) {
      const [x, y, depth] = flat(point);
      return [x0 + scale * x, y0 + scale * y, 1 / depth];
    },
    onLevel(z) {
      const level = { x: 0, y: 0, scale: 0, look };
      function look(x: number, y: number): boolean {
        const [a, b] = [(x - x0) / scale, (y0 - y) / scale];
        // Down, for each metre ahead.
        const down = back[2] - a * right[2] - b * up[2];
        if (down < 0.02) return false;
        const depth = (eye[2] - z) / down;
        level.x = eye[0] + depth * (a * right[0] + b * up[0] - back[0]);
        level.y = eye[1] + depth * (a * right[1] + b * up[1] - back[1]);
        level.scale = scale / depth;
        return true;
      }
      return level;
    },
    scaleAt: (point) => scale / flat(point)[2],
  };
}

function dot(a: Vec3, b: Vec3): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function boundsOf(points: Float32Array): [low: Vec3, high: Vec3] {
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i++) {
    low[i % 3] = Math.min(low[i % 3], points[i]);
    high[i % 3] = Math.max(high[i % 3], points[i]);
  }
  return [low as unknown as Vec3, high as unknown as Vec3];
}
