import { type GridLayout, gridLayout } from '../instances/grid-layout.ts';
import type { Workspace } from '../scene/workspace.ts';

/**
 * So many places beside the one in the middle of the front row and behind, the nearest first: nothing stands before the arm that acts.
 * @param single the space of an arm
 * @param aspect of the picture: the wider, the more are beside one another
 */
export function places(count: number, single: Workspace, aspect: number): GridLayout {
  const columns = aspect > 1.4 ? 7 : 5;
  const rows = Math.ceil((count + 1) / columns);
  const { offsets, spacing } = gridLayout(rows * columns, single, columns);
  const front = offsets[0];
  const found = Array.from({ length: rows * columns }, (_, i) => [offsets[2 * i] - front, offsets[2 * i + 1]])
    .filter(([x, y]) => x !== 0 || y !== 0)
    .sort((a, b) => Math.hypot(...a) - Math.hypot(...b));
  return { offsets: Float64Array.from(found.slice(0, count).flat()), spacing };
}
