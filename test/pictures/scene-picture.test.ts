import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { arms } from '../../envs/arms/index.ts';
import { forwardKinematics } from '../../envs/model/kinematics.ts';
import { sceneOf } from '../../envs/model/types.ts';
import { type Drawn, drawScene, type Sight } from '../../src/pictures/scene-picture.ts';
import { pngOf } from '../../src/robots/raster.ts';

const [width, height] = [120, 80];

/** An arm at home, with a goal at its tip. */
function sight(name: string): Sight {
  const scene = sceneOf(arms[name]);
  const { bodies, tip } = forwardKinematics(scene.arm, arms[name].home);
  const pose = Float32Array.from(bodies.flatMap(({ position, rotation }) => [...position, ...rotation]));
  return { scene, meshes: {}, pose, goal: { position: tip.position, radius: 0.05 }, trail: new Float32Array(0) };
}

function pixelsOf({ pixels }: Drawn): number[][] {
  return Array.from({ length: pixels.length / 4 }, (_, i) => [...pixels.subarray(4 * i, 4 * i + 4)]);
}

const isAccent = ([red, green, blue, cover]: number[]) => cover === 255 && red > 200 && green < 110 && blue < 60;

describe.each(Object.keys(arms))('a picture of %s', (name) => {
  const seen = pixelsOf(drawScene(sight(name), width, height));

  it('shows it in the middle, wholly, and its goal', () => {
    const solid = seen.flatMap(([, , , cover], i) => (cover === 255 ? [i] : []));
    expect(solid.length).toBeGreaterThan(0.02 * width * height);
    const [xs, ys] = [solid.map((i) => i % width), solid.map((i) => Math.floor(i / width))];
    expect([Math.min(...xs) > 2, Math.max(...xs) < width - 3]).toEqual([true, true]);
    expect([Math.min(...ys) > 2, Math.max(...ys) < height - 3]).toEqual([true, true]);
    expect(seen.filter(isAccent).length).toBeGreaterThan(0);
  });

  it('lets what is behind through, or covers all of it', () => {
    expect(seen[0][3]).toBe(0);
    const covered = pixelsOf(drawScene(sight(name), width, height, [0xfafafa, 0xdcdfe2]));
    expect(covered.every(([, , , cover]) => cover === 255)).toBe(true);
    expect(covered[0].slice(0, 3).every((value) => value >= 0xd8 && value <= 0xee)).toBe(true);
  });
});

it('is written as PNG, row by row as differences', () => {
  const drawn = drawScene(sight('planar'), 8, 6);
  const png = Buffer.from(pngOf(drawn));
  expect([png.readUInt32BE(16), png.readUInt32BE(20), png[24], png[25]]).toEqual([8, 6, 8, 6]);
  const length = png.readUInt32BE(33);
  const rows = inflateSync(png.subarray(41, 41 + length));
  const pixels: number[] = [];
  for (let y = 0; y < 6; y++) {
    for (let i = 0; i < 32; i++) pixels.push((rows[y * 33 + 1 + i] + (y ? pixels[(y - 1) * 32 + i] : 0)) % 256);
  }
  expect(pixels).toEqual([...drawn.pixels]);
});
