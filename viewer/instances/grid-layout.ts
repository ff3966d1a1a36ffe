import { boundsOf, type Workspace } from '../scene/workspace.ts';

/** Where many arms stand: in rows on the floor, about a square, none within reach of its neighbour's goal. */
export interface GridLayout {
  /** x and y of every arm, m [n, 2]. */
  readonly offsets: Float64Array;
  /** Between neighbours along x and y, m. */
  readonly spacing: readonly [x: number, y: number];
}

/** @param workspace of a single arm */
export function gridLayout(count: number, { points, margin }: Workspace): GridLayout {
  const spacing = [extent(points, 0) + 2.2 * margin, extent(points, 1) + 2.2 * margin] as const;
  const columns = Math.min(count, Math.ceil(Math.sqrt((count * spacing[0]) / spacing[1])));
  const rows = Math.ceil(count / columns);
  const offsets = new Float64Array(count * 2);
  for (let i = 0; i < count; i++) {
    const row = Math.floor(i / columns);
    const inRow = Math.min(columns, count - row * columns);
    offsets[2 * i] = ((rows - 1) / 2 - row) * spacing[0];
    offsets[2 * i + 1] = ((i % columns) - (inRow - 1) / 2) * spacing[1];
  }
  return { offsets, spacing };
}

function extent(points: readonly number[], axis: number): number {
  const { low, high } = boundsOf(points, axis);
  return high - low;
}

/** The space that all arms fill: for each the box around the workspace of a single arm. */
export function gridWorkspace({ offsets }: GridLayout, { points, margin }: Workspace): Workspace {
  const [x, y, z] = [0, 1, 2].map((axis) => boundsOf(points, axis));
  const filled: number[] = [];
  for (let i = 0; i < offsets.length; i += 2) {
    for (let corner = 0; corner < 8; corner++) {
      filled.push(offsets[i] + (corner & 1 ? x.high : x.low));
      filled.push(offsets[i + 1] + (corner & 2 ? y.high : y.low));
      filled.push(corner & 4 ? z.high : z.low);
    }
  }
  return { points: filled, margin };
}
