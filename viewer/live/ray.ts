import { Vector3 } from 'three';
import type { Vec3 } from '../../envs/math/rotation.ts';
import type { Stage } from '../stage/stage.ts';

/** A line of sight through a point of the page. */
export interface Ray {
  readonly origin: Vec3;
  /** Of length 1. */
  readonly direction: Vec3;
}

export function rayAt({ canvas, camera }: Stage, x: number, y: number): Ray {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  const { position } = camera;
  const ahead = new Vector3(((x - left) / width) * 2 - 1, 1 - ((y - top) / height) * 2, 0.5).unproject(camera);
  const direction = ahead.sub(position).normalize();
  return { origin: position.toArray(), direction: direction.toArray() };
}

/** What the camera looks along, what is to its right and what is above, of length 1. */
export function axesOf({ camera }: Stage): { readonly right: Vec3; readonly up: Vec3; readonly ahead: Vec3 } {
  const axis = (i: number) => new Vector3().setFromMatrixColumn(camera.matrixWorld, i);
  return { right: axis(0).toArray(), up: axis(1).toArray(), ahead: axis(2).negate().toArray() };
}

/** How long a pixel of the page is at a point, m. */
export function pixelAt({ camera, canvas }: Stage, point: Vec3): number {
  const depth = camera.position.distanceTo(new Vector3(...point));
  return (2 * depth * Math.tan((camera.fov * Math.PI) / 360)) / Math.max(1, canvas.clientHeight);
}

export function distanceTo({ origin, direction }: Ray, point: Vec3): number {
  const away = point.map((x, i) => x - origin[i]);
  const along = dot(away, direction);
  return Math.hypot(...away.map((x, i) => x - along * direction[i]));
}

/** Where it meets a plane through a point; undefined where it looks along the plane or away from it. */
export function onPlane({ origin, direction }: Ray, point: Vec3, normal: Vec3): Vec3 | undefined {
  const slope = dot(direction, normal);
  if (Math.abs(slope) < 0.02) return undefined;
  const along =
    dot(
      point.map((x, i) => x - origin[i]),
      normal,
    ) / slope;
  if (along <= 0) return undefined;
  return [0, 1, 2].map((i) => origin[i] + along * direction[i]) as unknown as Vec3;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, x, i) => sum + x * b[i], 0);
}
