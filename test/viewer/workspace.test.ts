import { expect, it } from 'vitest';
import { union, workspace } from '../../viewer/scene/workspace.ts';
import { sampleRecording } from '../recording/sample.ts';

/** Along an axis, the least and the greatest. */
function extent(points: readonly number[], axis: number): [number, number] {
  const own = points.filter((_, k) => k % 3 === axis);
  return [Math.min(...own), Math.max(...own)];
}

it('holds the ends of all solids, and not their origins alone', () => {
  const { header, episodes } = sampleRecording([3]);
  const { model } = header.scene.arm;
  const last = model.bodies.length - 1;
  const mast = { kind: 'capsule', from: [0, 0, 0], to: [0, 0, 2], radius: 0.01, part: 'link' } as const;
  const bodies = model.bodies.map((body, i) => (i === last ? { ...body, visuals: [...body.visuals, mast] } : body));
  const tall = { ...header.scene, arm: { ...header.scene.arm, model: { ...model, bodies } } };
  const [, top] = extent(workspace({ header: { ...header, scene: tall }, episodes }).points, 2);
  // Above the joint that carries it, at 0.1 m.
  expect(top).toBeCloseTo(2.1, 6);
});

it('knows late states of many short episodes as well as early ones', () => {
  const { header, episodes } = sampleRecording([30]);
  const [swept] = episodes.map((episode) => ({ ...episode, params: new Float32Array(3).fill(Number.NaN) }));
  const one = workspace({ header, episodes: [swept] }).points;
  const many = workspace({ header, episodes: new Array<typeof swept>(3000).fill(swept) }).points;
  for (const axis of [0, 1]) {
    for (const [i, edge] of extent(many, axis).entries()) expect(edge).toBeCloseTo(extent(one, axis)[i], 2);
  }
});

it('of several recordings together holds what each does, with few points', () => {
  const spaces = [workspace(sampleRecording([30])), workspace(sampleRecording([5, 40]))];
  const all = union(spaces);
  for (const axis of [0, 1, 2]) {
    const extents = spaces.map(({ points }) => extent(points, axis));
    expect(extent(all.points, axis)).toEqual([
      Math.min(...extents.map(([low]) => low)),
      Math.max(...extents.map(([, high]) => high)),
    ]);
  }
  expect(all.points.length).toBeLessThanOrEqual(26 * 3);
  expect(union([all, ...spaces])).toEqual(all);
});

it('of several flat recordings together is as flat', () => {
  const level = { points: [-1, -1, 0, 1, -1, 0, 1, 1, 0.1, -1, 1, 0.1], margin: 0.01, isFlat: true };
  const pole = { points: [0, 0, 0, 0, 0, 2], margin: 0.01 };
  expect(union([level, level]).isFlat).toBe(true);
  expect(union([level, pole]).isFlat).toBeUndefined();
});
