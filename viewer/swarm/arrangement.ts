/** Where the arms of a swarm stand: in rows on the floor, about a square, none within reach of its neighbour's goal. */
export interface Arrangement {
  /** x and y of every arm, m [n, 2]. */
  readonly offsets: Float64Array;
  /** Between neighbours along x and y, m. */
  readonly spacing: readonly [x: number, y: number];
}

/** More than these are too small to tell apart. */
export const mostArms = 400;

/**
 * @param points where a single arm and its goals are [m, 3]
 * @param margin how far solids reach beyond them, m
 */
export function arrange(count: number, points: readonly number[], margin: number): Arrangement {
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
  let [low, high] = [points[axis], points[axis]];
  for (let k = axis; k < points.length; k += 3) {
    low = Math.min(low, points[k]);
    high = Math.max(high, points[k]);
  }
  return high - low;
}
