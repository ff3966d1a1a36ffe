import { Quaternion, Vector3 } from 'three';
import { describe, expect, it } from 'vitest';
import { derive, tipAt } from '../../viewer/derive/episode.ts';
import { poseAt, transformPoint } from '../../viewer/derive/pose.ts';
import { sampleRecording } from '../recording/sample.ts';

const { header, episodes } = sampleRecording([12, 5]);
const bodies = header.spec.bodies.length;

function pose(poses: ArrayLike<number>, count: number, body: number, position: number): number[] {
  const out: number[] = [];
  poseAt(poses, count, body, position, out);
  return out;
}

describe('a pose', () => {
  it('is the recorded one at every recorded state, to the bit', () => {
    for (const { pose: poses, steps } of episodes) {
      for (let t = 0; t <= steps; t++) {
        for (let b = 0; b < bodies; b++) {
          const from = (t * bodies + b) * 7;
          expect(pose(poses, bodies, b, t)).toEqual(Array.from(poses.subarray(from, from + 7)));
        }
      }
    }
  });

  it('turns at a constant rate between states, the short way, like three', () => {
    const a = new Quaternion().setFromAxisAngle(new Vector3(1, 2, 3).normalize(), 0.3);
    const b = new Quaternion().setFromAxisAngle(new Vector3(-1, 0, 2).normalize(), 2.1);
    for (const sign of [1, -1]) {
      const poses = [0, 0, 0, ...a.toArray(), 1, 2, 3, ...b.toArray().map((x) => sign * x)];
      for (const along of [0.001, 0.25, 0.5, 0.9]) {
        const [x, y, z, ...q] = pose(poses, 1, 0, along);
        expect([x, y, z]).toEqual([along, 2 * along, 3 * along]);
        const expected = a.clone().slerp(b, along);
        expect(Math.abs(expected.dot(new Quaternion(...(q as [number, number, number, number]))))).toBeCloseTo(1, 12);
      }
    }
  });

  it('stays a unit quaternion where the two are the same', () => {
    const still = [0, 0, 0, 0.6, 0, 0, 0.8];
    expect(pose([...still, ...still], 1, 0, 0.5)[3]).toBeCloseTo(0.6, 12);
  });
});

describe('a tip', () => {
  it('is where three puts a point of the body', () => {
    const [x, y, z, ...q] = [0.1, -0.2, 0.3, ...new Quaternion(1, 2, -3, 4).normalize().toArray()];
    const point = new Vector3(0.4, 0.5, -0.6).applyQuaternion(
      new Quaternion(...(q as [number, number, number, number])),
    );
    const placed = transformPoint([x, y, z, ...q], [0.4, 0.5, -0.6]);
    for (const [i, value] of point
      .add(new Vector3(x, y, z))
      .toArray()
      .entries())
      expect(placed[i]).toBeCloseTo(value, 12);
  });

  it('comes to the goal of an episode that reaches it, and the return adds up', () => {
    const { tips, distance, returns } = derive(episodes[0], header);
    expect(distance[0]).toBeGreaterThan(0.3);
    expect(distance[12]).toBeLessThan(1e-6);
    expect(Array.from(tips.subarray(36))).toEqual(tipAt(episodes[0], header.scene, 12));
    expect(returns[0]).toBe(0);
    expect(returns[1]).toBe(episodes[0].reward[0]);
    expect(returns[12]).toBeCloseTo(
      episodes[0].reward.reduce((a, b) => a + b),
      12,
    );
  });
});
