import { type PerspectiveCamera, Vector3 } from 'three';
import type { Workspace } from '../scene/workspace.ts';

/** Those of the camera's buttons; `rows` is the home view of many arms in rows. */
export type ViewPreset = 'home' | 'front' | 'side' | 'top' | 'rows';

/** From the workspace to the camera. Home is the three-quarter view in which an arm reads best. */
const directions: Readonly<Record<ViewPreset, Vector3>> = {
  home: new Vector3(0.78, -1, 0.44).normalize(),
  front: new Vector3(1, 0, 0.06).normalize(),
  // Along the columns, so that the rows lie across the picture and fill it.
  rows: new Vector3(1, -0.02, 0.85).normalize(),
  side: new Vector3(0, -1, 0.06).normalize(),
  // A hair off the vertical, where an orbit would have no azimuth.
  top: new Vector3(0, -0.001, 1).normalize(),
};

/** Home of what is flat: from higher up, or most of the picture would be empty. */
const overFlat = new Vector3(0.42, -0.62, 1.1).normalize();

interface CameraView {
  readonly position: Vector3;
  readonly target: Vector3;
  readonly distance: number;
}

/** The closest view of a whole workspace in the middle of the picture, for a camera with z up. */
export function fitView(
  { points, margin, isFlat }: Workspace,
  camera: PerspectiveCamera,
  preset: ViewPreset,
): CameraView {
  const direction = preset === 'home' && isFlat ? overFlat : directions[preset];
  const right = new Vector3().crossVectors(camera.up, direction).normalize();
  const up = new Vector3().crossVectors(direction, right);
  const slope = Math.tan((camera.fov * Math.PI) / 360) * 0.92;
  const target = new Vector3();
  const axes = [
    { target, axis: right, direction, slope: slope * camera.aspect, margin },
    { target, axis: up, direction, slope, margin },
  ];
  let distance = 0;
  // What is near looks larger, so the middle depends on the distance and the distance on the middle: iterate.
  for (let round = 0; round < 6; round++) {
    const extents = axes.map((axis) => extentOf(points, axis));
    distance = Math.max(...extents.map((extent) => extent.distance));
    for (const [i, { middle }] of extents.entries()) target.addScaledVector(axes[i].axis, middle);
  }
  // Along the axis that did not set the distance there is room to spare: as much on one side as on the other.
  for (const axis of axes) target.addScaledVector(axis.axis, middleAt(points, axis, distance));
  return { position: direction.clone().multiplyScalar(distance).add(target), target, distance };
}

interface PictureAxis {
  readonly target: Vector3;
  readonly axis: Vector3;
  readonly direction: Vector3;
  /** Half of the picture's extent along the axis, for each unit of distance. */
  readonly slope: number;
  readonly margin: number;
}

/** Along one axis of the picture: how far off the camera must be, and where the middle then lies. */
function extentOf(points: readonly number[], { target, axis, direction, slope, margin }: PictureAxis) {
  let high = -Infinity;
  let low = -Infinity;
  for (let i = 0; i < points.length; i += 3) {
    const x = points[i] - target.x;
    const y = points[i + 1] - target.y;
    const z = points[i + 2] - target.z;
    const across = x * axis.x + y * axis.y + z * axis.z;
    const near = x * direction.x + y * direction.y + z * direction.z + margin;
    high = Math.max(high, (across + margin) / slope + near);
    low = Math.max(low, (margin - across) / slope + near);
  }
  // At equal distances on both sides the workspace is centred.
  return { distance: Math.max(high, low), middle: ((high - low) / 2) * slope };
}

/** How far the target must move along the axis to be in the middle of what is seen from that distance. */
function middleAt(
  points: readonly number[],
  { target, axis, direction, margin }: PictureAxis,
  distance: number,
): number {
  const across: number[] = [];
  const depth: number[] = [];
  const point = new Vector3();
  for (let i = 0; i < points.length; i += 3) {
    point.fromArray(points, i).sub(target);
    across.push(point.dot(axis));
    depth.push(distance - point.dot(direction) - margin);
  }
  let [low, high] = [-distance, distance];
  for (let halving = 0; halving < 24; halving++) {
    const middle = (low + high) / 2;
    let [above, below] = [0, 0];
    for (const [i, at] of across.entries()) {
      above = Math.max(above, (at - middle + margin) / depth[i]);
      below = Math.max(below, (middle - at + margin) / depth[i]);
    }
    if (above > below) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
