import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeRecording } from '../../envs/recording/recording.ts';
import { poseAt } from '../../viewer/derive/pose.ts';
import { longRecording } from '../recording/long.ts';
import type { Instances } from './instances-page.ts';
import { openModule } from './module-page.ts';

declare global {
  var instances: Instances;
}

const recording = longRecording(Array.from({ length: 200 }, (_, e) => 20 + (e % 31)));
let opened: Awaited<ReturnType<typeof openModule>>;

beforeAll(async () => {
  opened = await openModule('instances-page.ts', { 'arms.safetensors': await encodeRecording(recording) });
});

afterAll(() => opened?.close());

it('draws 200 arms in 12 calls at most, and updates them within 8 ms', async () => {
  const { calls, triangles, updates, frames } = await opened.page.evaluate(() =>
    globalThis.instances.measure('coarse'),
  );
  expect(calls).toBeLessThanOrEqual(12);
  expect(triangles).toBeGreaterThan(200 * 50);
  const middle = (times: readonly number[]) => times.toSorted((a, b) => a - b)[times.length / 2];
  console.log(`200 arms: updated in ${middle(updates).toFixed(2)} ms, drawn in ${middle(frames).toFixed(0)} ms`);
  expect(middle(updates)).toBeLessThan(8);
});

it('has every arm where its episode has it, apart from its neighbours, and rests at the end', async () => {
  const bodies = recording.header.spec.bodies.length;
  for (const [body, arm, position] of [
    [0, 0, 0],
    [3, 17, 7.5],
    [6, 199, 12.25],
    [5, 31, 1000],
  ]) {
    const { matrix, offset, spacing } = await opened.page.evaluate(
      (at) => globalThis.instances.matrixOf(at[0], at[1], at[2]),
      [body, arm, position],
    );
    const { pose, steps } = recording.episodes[arm];
    const expected: number[] = [];
    poseAt(pose, bodies, body, Math.min(position, steps), expected);
    const [x, y, z, , , qz, qw] = expected;
    [x + offset[0], y + offset[1], z].forEach((value, i) => {
      expect(matrix[12 + i]).toBeCloseTo(value, 5);
    });
    // Turned about z alone, by the angle whose half has this sine and cosine.
    expect([matrix[0], matrix[1]]).toEqual([expect.closeTo(1 - 2 * qz * qz, 5), expect.closeTo(2 * qz * qw, 5)]);
    expect(Math.min(...spacing)).toBeGreaterThan(0.4);
  }
});
