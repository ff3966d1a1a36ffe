import { describe, expect, test } from 'vitest';
import { type Random, stream } from '../../envs/math/random.ts';
import { distance, type Vec3 } from '../../envs/math/rotation.ts';
import { type Segment, segmentDistance } from '../../envs/math/segments.ts';

const segment = (from: Vec3, to: Vec3): Segment => ({ from, to });
const unit = segment([0, 0, 0], [1, 0, 0]);

describe('the distance of two segments', () => {
  test.each<[string, Segment, number]>([
    ['that cross', segment([0.5, -1, 0], [0.5, 1, 0]), 0],
    ['that pass above one another', segment([0.5, -1, 0.3], [0.5, 1, 0.3]), 0.3],
    ['that are parallel', segment([0.2, 0.4, 0], [5, 0.4, 0]), 0.4],
    ['of one line, apart', segment([3, 0, 0], [1.5, 0, 0]), 0.5],
    ['of one line, that overlap', segment([0.5, 0, 0], [2, 0, 0]), 0],
    ['of which the end of one is nearest', segment([2, 1, 0], [2, 5, 0]), Math.SQRT2],
    ['of which one has no length', segment([0.5, 0.3, 0.4], [0.5, 0.3, 0.4]), 0.5],
  ])('%s', (_, other, expected) => {
    expect(segmentDistance(unit, other)).toBeCloseTo(expected, 12);
    expect(segmentDistance(other, unit)).toBeCloseTo(expected, 12);
  });

  test('is the least distance of places on the two', () => {
    const random = stream(1, 'start');
    const point = (from: Random): Vec3 => [from.normal(), from.normal(), from.normal()];
    const places = Array.from({ length: 41 }, (_, i) => i / 40);
    const on = ({ from, to }: Segment) =>
      places.map((share) => from.map((x, i) => x + share * (to[i] - x)) as unknown as Vec3);
    for (let i = 0; i < 100; i++) {
      const [a, b] = [segment(point(random), point(random)), segment(point(random), point(random))];
      const theirs = on(b);
      const least = Math.min(...on(a).flatMap((place) => theirs.map((other) => distance(place, other))));
      const found = segmentDistance(a, b);
      expect(found).toBeLessThanOrEqual(least + 1e-12);
      // No place is farther from one of those than half of a step.
      expect(found).toBeGreaterThan(least - (distance(a.from, a.to) + distance(b.from, b.to)) / 80);
    }
  });
});
