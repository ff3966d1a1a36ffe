import { describe, expect, it } from 'vitest';
import { levels, nextQuality, pixelRatio, type Quality, startingAt } from '../../viewer/stage/quality.ts';

function run(frames: readonly number[], start: Quality = startingAt(0)): Quality {
  return frames.reduce(nextQuality, start);
}

describe('quality', () => {
  it('stays where frames come in time', () => {
    expect(run(Array(100).fill(1 / 60)).level).toBe(0);
    expect(run(Array(100).fill(1 / 30)).level).toBe(0);
  });

  it('gives in to frames that stay slow, one level after the other, down to the last', () => {
    expect(run(Array(4).fill(0.1)).level).toBe(1);
    expect(run(Array(8).fill(0.1)).level).toBe(2);
    expect(run(Array(100).fill(0.1)).level).toBe(levels.length - 1);
  });

  it('forgives single slow frames and pauses', () => {
    expect(run([0.1, 0.1, 0.1, 0.01, 0.1, 0.1, 0.1]).level).toBe(0);
    expect(run([2, 0.01, 2, 0.01, 2, 0.01]).level).toBe(0);
    expect(run(Array(50).fill(60)).level).toBe(0);
  });

  it('gives in sooner to frames that are far too slow', () => {
    expect(run([0.5, 0.5]).level).toBe(1);
    // Below ten frames a second.
    expect(run([0.11, 0.11]).level).toBe(1);
    expect(run([0.5, 0.5, 0.5, 0.5]).level).toBe(2);
  });

  it('rises again when frames come with room to spare, and not while they are merely in time', () => {
    const dropped = run(Array(8).fill(0.1));
    expect(dropped.level).toBe(2);
    expect(run(Array(2000).fill(1 / 30), dropped).level).toBe(2);
    expect(run(Array(250).fill(1 / 60), dropped).level).toBe(1);
    expect(run(Array(2000).fill(1 / 60), dropped).level).toBe(0);
    expect(run(Array(2000).fill(1 / 60), startingAt(3)).level).toBe(0);
  });

  it('waits longer before each rise that did not hold, so that it does not flicker', () => {
    let quality = run(Array(4).fill(0.1));
    const waits: number[] = [];
    for (let rise = 0; rise < 8; rise++) {
      let frames = 0;
      for (; quality.level > 0; frames++) quality = nextQuality(quality, 1 / 60);
      waits.push(frames);
      quality = run(Array(4).fill(0.1), quality);
    }
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits[5]).toBeGreaterThan(20 * waits[0]);
    expect(waits[7]).toBeLessThanOrEqual(3600);
  });

  it('has as many pixels as the screen, up to those of its level, and twice as many where a processor draws a still', () => {
    const [finest, , third] = levels;
    expect([1, 1.5, 2, 3].map((screen) => pixelRatio(screen, finest, false))).toEqual([1, 1.5, 2, 2]);
    expect([0.5, 1, 2].map((screen) => pixelRatio(screen, third, false))).toEqual([0.5, 0.75, 0.75]);
    expect([1, 3].map((screen) => pixelRatio(screen, finest, true))).toEqual([2, 2]);
  });

  it('costs less at every level', () => {
    const shade = { all: 1.5, floor: 1.25, none: 1 };
    const cost = levels.map(
      ({ pixels, shadows, fine, round }) => pixels ** 2 * shade[shadows] * (fine ? 1.5 : 1) + (round ? 1 : 0),
    );
    expect([...cost].sort((a, b) => b - a)).toEqual(cost);
  });
});
