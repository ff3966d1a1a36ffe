import { describe, expect, it } from 'vitest';
import { columnsInView, gridLayout, gridWorkspace } from '../../viewer/instances/grid-layout.ts';
import { places } from '../../viewer/live/places.ts';
import { boundsOf } from '../../viewer/scene/workspace.ts';
import { openPlayer, seek } from '../../viewer/state/player.ts';
import { episodesShown, maxInstances } from '../../viewer/state/swarm.ts';

describe('the episodes shown at once', () => {
  const player = openPlayer(Array(2 * maxInstances + 50).fill(3), 0.04);
  const shown = (episode: number, everyEpisode: boolean) => episodesShown({ everyEpisode }, seek(player, 0, episode));

  it('are those about the one that plays, or all', () => {
    expect(shown(0, false)).toEqual({ from: 0, to: maxInstances });
    expect(shown(maxInstances - 1, false)).toEqual({ from: 0, to: maxInstances });
    expect(shown(maxInstances, false)).toEqual({ from: maxInstances, to: 2 * maxInstances });
    expect(shown(2 * maxInstances + 49, false)).toEqual({ from: 2 * maxInstances, to: 2 * maxInstances + 50 });
    expect(shown(maxInstances, true)).toEqual({ from: 0, to: 2 * maxInstances + 50 });
  });

  it('are all where they are few', () => {
    expect(episodesShown({ everyEpisode: false }, openPlayer([3, 4, 5], 0.04))).toEqual({ from: 0, to: 3 });
  });
});

describe('the rows', () => {
  const single = { points: [-0.1, -0.3, 0, 0.5, 0.3, 0.8], margin: 0.1 };

  it('have the columns of the nearest view, and no arm in the space of another', () => {
    // A picture twice as wide as high, seen from above.
    const distanceOf = ({ points }: { points: readonly number[] }) => {
      const [height, width] = [0, 1].map((axis) => boundsOf(points, axis)).map(({ low, high }) => high - low);
      return Math.max(height, width / 2);
    };
    const columns = columnsInView(32, single, distanceOf);
    expect(columns).toBe(8);
    const { offsets, spacing } = gridLayout(32, single, columns);
    expect(new Set(Array.from({ length: 32 }, (_, i) => offsets[2 * i])).size).toBe(4);
    for (let i = 0; i < 32; i++) {
      for (let j = 0; j < i; j++) {
        const [dx, dy] = [offsets[2 * i] - offsets[2 * j], offsets[2 * i + 1] - offsets[2 * j + 1]];
        expect(Math.abs(dx) > spacing[0] - 1e-9 || Math.abs(dy) > spacing[1] - 1e-9).toBe(true);
      }
    }
    expect(distanceOf(gridWorkspace({ offsets, spacing }, single))).toBeLessThan(
      distanceOf(gridWorkspace(gridLayout(32, single, 5), single)),
    );
  });

  it('are as many as there are arms for', () => {
    expect(columnsInView(1, single, () => 1)).toBe(1);
    expect(gridLayout(3, single, 9).offsets).toHaveLength(6);
  });
});

describe('the places of what is learned from', () => {
  const single = { points: [-0.1, -0.3, 0, 0.5, 0.3, 0.8], margin: 0.1 };

  it.each([1, 6, 19])('are %d beside the arm that acts and behind, the nearest first', (count) => {
    const { offsets, spacing } = places(count, single, 1);
    const all = Array.from({ length: count }, (_, i) => [offsets[2 * i] / spacing[0], offsets[2 * i + 1] / spacing[1]]);
    expect(new Set(all.map(String)).size).toBe(count);
    for (const [x, y] of all) {
      expect(x).toBeLessThan(1e-9);
      expect(Math.abs(x) + Math.abs(y)).toBeGreaterThan(0.9);
      expect(Math.abs(y)).toBeLessThan(2 + 1e-9);
    }
    const away = Array.from({ length: count }, (_, i) => Math.hypot(offsets[2 * i], offsets[2 * i + 1]));
    expect(away).toEqual(away.toSorted((a, b) => a - b));
    // They fill rows of five with the one that acts.
    if (count === 19) expect(Math.min(...all.map(([x]) => x))).toBeCloseTo(-3, 9);
  });
});
