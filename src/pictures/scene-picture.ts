import { rotate, type Vec3 } from '../../envs/math/rotation.ts';
import { freeBodiesOf } from '../../envs/model/free-body.ts';
import type { Surface } from '../../envs/model/mesh-surface.ts';
import { treeOf } from '../../envs/model/tree.ts';
import type { Body, Frame, Meshes, Scene, ShapePart } from '../../envs/model/types.ts';
import { type Camera, cameraOn } from './camera.ts';
import { Canvas, type Color, type Shade } from './canvas.ts';
import { moved, trianglesOf, unit } from './solids.ts';
import { fill } from './triangle.ts';

/** A scene as a picture, drawn by the processor: what a page shows before it runs, and what a link to it is shown with. */

/** What there is to see. */
export interface Sight {
  readonly scene: Scene;
  readonly meshes: Meshes;
  /** Of the moving bodies: position and quaternion x y z w [B, 7]. */
  readonly pose: Float32Array;
  /** Where the arm is to get, and how near counts, m; absent where there is no such place. */
  readonly goal?: { readonly position: Vec3; readonly radius: number };
  /** Where the tip has been and will be, m [3 N]. */
  readonly trail: Float32Array;
}

/** Red, green, blue and cover of each pixel, bytes as sRGB [height, width, 4]. */
export interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** As the page of the viewer has them. */
const colors: Readonly<Record<ShapePart, number>> = {
  base: 0xd8dadc,
  link: 0xeeeeec,
  joint: 0x33363b,
  hand: 0x6d7278,
  object: 0x4b9c8a,
  surface: 0xd9d3c7,
};
const accent = linear(0xe4570f);
const lines = linear(0x5c6674);
const black: Color = [0, 0, 0];

/** To where light comes from, and how bright it is there; what comes from above, and from the floor. */
const key = { to: unit([0.35, -0.75, 1.1]), light: 0.72 };
const rim = { to: unit([-0.8, 0.5, 0.35]), light: 0.2 };
const [sky, ground] = [0.46, 0.24];

/** Pixels along each side for one of the picture: edges are smooth then. */
const finer = 2;

/** @param behind colours of what is behind, in its middle and at its edge; nothing is if not given */
export function drawScene(sight: Sight, width: number, height: number, behind?: readonly [number, number]): Drawn {
  const canvas = new Canvas(finer * width, finer * height);
  const parts = surfacesOf(sight);
  const points = joined([...parts.map(({ surface }) => surface.positions), ballOf(sight), sight.trail]);
  const camera = cameraOn(points, canvas.width, canvas.height);
  for (const { surface, part } of parts) canvas.draw(surface, camera, shadeOf(part));
  drawFloor(
    canvas,
    camera,
    parts.map(({ surface }) => surface),
    lowest(parts),
  );
  drawTrail(canvas, camera, sight.trail);
  if (sight.goal) drawGoal(canvas, camera, sight.goal);
  if (behind) drawBehind(canvas, behind);
  return halved(canvas);
}

interface Part {
  readonly surface: Surface;
  readonly part: ShapePart;
}

function surfacesOf({ scene, meshes, pose }: Sight): Part[] {
  const { model, frame } = scene.arm;
  const of = ({ visuals }: Body, { position, rotation }: Frame): Part[] =>
    visuals.map((visual) => ({
      part: visual.part,
      surface: moved(trianglesOf(visual, meshes), position, (v) => rotate(rotation, v)),
    }));
  const moving = [...treeOf(model).bodies, ...freeBodiesOf(scene).map(({ body }) => body)];
  return [
    ...of(model.bodies[0], frame),
    ...scene.fixed.flatMap((thing) => of(thing.model.bodies[0], thing.frame)),
    ...moving.flatMap((body, i) => of(body, frameAt(pose, i))),
  ];
}

function frameAt(pose: Float32Array, i: number): Frame {
  const [x, y, z, a, b, c, w] = pose.subarray(7 * i, 7 * i + 7);
  return { position: [x, y, z], rotation: [a, b, c, w] };
}

/** Ends of the ball around the goal. */
function ballOf({ goal }: Sight): Float32Array {
  if (!goal) return new Float32Array(0);
  const ends = [-1, 1].flatMap((sign) =>
    [0, 1, 2].flatMap((axis) => goal.position.map((x, i) => (i === axis ? x + sign * goal.radius : x))),
  );
  return Float32Array.from(ends);
}

function joined(all: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const one of all) {
    out.set(one, at);
    at += one.length;
  }
  return out;
}

function lowest(parts: readonly Part[]): number {
  let low = Infinity;
  for (const { surface } of parts)
    for (let i = 2; i < surface.positions.length; i += 3) low = Math.min(low, surface.positions[i]);
  return Number.isFinite(low) ? low : 0;
}

/** How a part looks from the side that it faces. */
function shadeOf(part: ShapePart): Shade {
  const color = linear(colors[part]);
  const lit = (x: number, y: number, z: number, [a, b, c]: Vec3) => Math.max(0, x * a + y * b + z * c);
  return (x, y, z, pixels, at) => {
    const ambient = ground + (sky - ground) * (0.5 + 0.5 * z);
    const light = ambient + key.light * lit(x, y, z, key.to) + rim.light * lit(x, y, z, rim.to);
    for (let k = 0; k < 3; k++) pixels[at + k] = color[k] * light;
  };
}

/** A grid of 10 cm, and on it the shadow. */
function drawFloor(canvas: Canvas, camera: Camera, surfaces: readonly Surface[], level: number): void {
  const { width, height } = canvas;
  const shadow = shadowOf(canvas, camera, surfaces, level);
  const [cx, cy] = [width / 2, height / 2];
  const floor = camera.onLevel(level);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (canvas.pixels[4 * at + 3] === 1) continue;
      if (shadow[at]) canvas.under(at, black, 0.3 * shadow[at]);
      const [across, down] = [(x - cx) / cx, (y - cy) / cy];
      const fade = 1 - 0.9 * (across * across + down * down);
      if (fade <= 0 || !floor.look(x + 0.5, y + 0.5)) continue;
      const cover = Math.max(gridLine(floor.x, floor.scale), gridLine(floor.y, floor.scale));
      if (cover > 0) canvas.under(at, lines, 0.32 * fade * cover);
    }
  }
}

/** How much of a pixel the line nearest to a coordinate covers. */
function gridLine(coordinate: number, pixels: number): number {
  const off = Math.abs(coordinate * 10 - Math.round(coordinate * 10)) / 10;
  return Math.max(0, Math.min(1, finer * 0.6 + 0.5 - off * pixels));
}

/** Where the key light does not reach the floor, blurred [height, width]. */
function shadowOf(
  { width, height }: Canvas,
  camera: Camera,
  surfaces: readonly Surface[],
  level: number,
): Float32Array {
  const mask = new Float32Array(width * height);
  const [lx, ly, lz] = key.to;
  for (const { positions } of surfaces) {
    for (let i = 0; i < positions.length; i += 9) {
      const corners = [i, i + 3, i + 6].map((k) => {
        const drop = (positions[k + 2] - level) / lz;
        return camera.see([positions[k] - drop * lx, positions[k + 1] - drop * ly, level]);
      });
      fill(corners, width, height, (at) => {
        mask[at] = 1;
      });
    }
  }
  const radius = Math.round(width / 240);
  for (let round = 0; round < 2; round++) {
    blur(mask, width, height, 1, radius);
    blur(mask, height, width, width, radius);
  }
  return mask;
}

/** The mean over a stretch of 2 radius + 1 along lines. @param step from a number to the next of its line, 1 or the width */
function blur(mask: Float32Array, length: number, many: number, step: number, radius: number): void {
  const line = new Float32Array(length);
  for (let k = 0; k < many; k++) {
    const start = step === 1 ? k * length : k;
    let sum = 0;
    for (let i = -radius; i < length; i++) {
      const [enters, leaves] = [i + radius, i - radius - 1];
      if (enters < length) sum += mask[start + enters * step];
      if (leaves >= 0) sum -= mask[start + leaves * step];
      if (i >= 0) line[i] = sum / (2 * radius + 1);
    }
    for (let i = 0; i < length; i++) mask[start + i * step] = Math.max(0, line[i]);
  }
}

/** The way of the tip, over all else. */
function drawTrail(canvas: Canvas, camera: Camera, trail: Float32Array): void {
  const half = canvas.width / 480;
  for (let i = 0; i + 5 < trail.length; i += 3) {
    const [ax, ay] = camera.see([trail[i], trail[i + 1], trail[i + 2]]);
    const [bx, by] = camera.see([trail[i + 3], trail[i + 4], trail[i + 5]]);
    const length = Math.hypot(bx - ax, by - ay) || 1;
    const [nx, ny] = [(-half * (by - ay)) / length, (half * (bx - ax)) / length];
    const corners = [
      [ax + nx, ay + ny],
      [bx + nx, by + ny],
      [bx - nx, by - ny],
      [ax - nx, ay - ny],
    ];
    for (const three of [
      [0, 1, 2],
      [0, 2, 3],
    ]) {
      fill(
        three.map((k) => corners[k]),
        canvas.width,
        canvas.height,
        (at) => canvas.over(at, accent, 1),
      );
    }
  }
}

/** A clear ball with its middle. */
function drawGoal(canvas: Canvas, camera: Camera, { position, radius }: NonNullable<Sight['goal']>): void {
  const [x0, y0] = camera.see(position);
  const scale = camera.scaleAt(position);
  const [ball, dotRadius] = [radius * scale, Math.max(radius * scale * 0.16, canvas.width / 200)];
  const reach = Math.ceil(Math.max(ball, dotRadius)) + 1;
  for (let y = Math.max(0, Math.floor(y0 - reach)); y < Math.min(canvas.height, y0 + reach); y++) {
    for (let x = Math.max(0, Math.floor(x0 - reach)); x < Math.min(canvas.width, x0 + reach); x++) {
      const away = Math.hypot(x + 0.5 - x0, y + 0.5 - y0);
      const at = y * canvas.width + x;
      if (away < ball) canvas.over(at, accent, 0.16 + 0.4 * (away / ball) ** 6);
      if (away < dotRadius) canvas.over(at, accent, 1);
    }
  }
}

/** From the middle of the picture to its edge. */
function drawBehind(canvas: Canvas, [middle, edge]: readonly [number, number]): void {
  const { width, height } = canvas;
  const [from, to] = [linear(middle), linear(edge)];
  const color: [number, number, number] = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [across, down] = [(x - width / 2) / (0.85 * width), (y - 0.42 * height) / (0.64 * height)];
      const share = Math.min(1, Math.sqrt(across * across + down * down));
      for (let k = 0; k < 3; k++) color[k] = from[k] + share * (to[k] - from[k]);
      canvas.under(y * width + x, color, 1);
    }
  }
}

/** A picture of half the size, as bytes. */
function halved({ width, height, pixels }: Canvas): Drawn {
  const [w, h] = [width / finer, height / finer];
  const out = new Uint8Array(4 * w * h);
  for (let i = 0; i < w * h; i++) {
    const a = 4 * (finer * Math.floor(i / w) * width + finer * (i % w));
    const b = a + 4 * width;
    // Of the four, the sum of a number.
    const sum = (k: number) => pixels[a + k] + pixels[a + 4 + k] + pixels[b + k] + pixels[b + 4 + k];
    const cover = sum(3);
    if (cover === 0) continue;
    for (let k = 0; k < 3; k++) out[4 * i + k] = encoded(sum(k) / cover);
    out[4 * i + 3] = Math.round((255 * cover) / 4);
  }
  return { width: w, height: h, pixels: out };
}

/** A colour of sRGB as light (IEC 61966-2-1). */
function linear(hex: number): Color {
  const one = (shift: number) => {
    const value = ((hex >> shift) & 255) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return [one(16), one(8), one(0)];
}

/** Bytes of sRGB for light from 0 to 1, in so many steps. */
const steps = 4096;
const bytes = Uint8Array.from({ length: steps + 1 }, (_, i) => {
  const value = i / steps;
  return Math.round(255 * (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055));
});

function encoded(light: number): number {
  return bytes[Math.round(steps * Math.min(1, light))];
}
