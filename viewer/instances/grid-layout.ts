import { boundsOf, type Workspace } from '../scene/workspace.ts';

/** Where many arms stand: in rows on the floor, about a rectangle, none within reach of its neighbour's goal. */
export interface GridLayout {
  /** x and y of every arm, m [n, 2]. */
  readonly offsets: Float64Array;
  /** Between neighbours along x and y, m. */
  readonly spacing: readonly [x: number, y: number];
}

/**
 * @param workspace of a single arm
 * @param columns arms in a row
 */
export function gridLayout(count: number, workspace: Workspace, columns: number): GridLayout {
  const spacing = spacingOf(workspace);
  const perRow = Math.min(count, columns);
  const rows = Math.ceil(count / perRow);
  const offsets = new Float64Array(count * 2);
  for (let i = 0; i < count; i++) {
    const row = Math.floor(i / perRow);
    const inRow = Math.min(perRow, count - row * perRow);
    offsets[2 * i] = ((rows - 1) / 2 - row) * spacing[0];
    offsets[2 * i + 1] = ((i % perRow) - (inRow - 1) / 2) * spacing[1];
  }
  return { offsets, spacing };
}

/**
 * As many columns as bring the camera, with all arms in view, closest to them.
 * @param workspace of a single arm
 * @param distanceOf how far off the camera must be for a workspace to be in view, m
 */
export function columnsInView(count: number, workspace: Workspace, distanceOf: (all: Workspace) => number): number {
  const [x, y] = spacingOf(workspace);
  let best = { columns: 1, distance: Number.POSITIVE_INFINITY };
  const most = Math.min(count, Math.ceil(6 * Math.sqrt(count)));
  for (let columns = 1; columns <= most; columns++) {
    const [down, across] = [((Math.ceil(count / columns) - 1) / 2) * x, ((columns - 1) / 2) * y];
    // The arms at the corners take all the space there is.
    const offsets = Float64Array.of(down, across, down, -across, -down, across, -down, -across);
    const distance = distanceOf(gridWorkspace({ offsets, spacing: [x, y] }, workspace));
    if (distance < best.distance) best = { columns, distance };
  }
  return best.columns;
}

function spacingOf({ points, margin }: Workspace): readonly [x: number, y: number] {
  return [extent(points, 0) + 2.2 * margin, extent(points, 1) + 2.2 * margin];
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
