import { add, rotate, type Vec3 } from '../../envs/math/rotation.ts';
import type { Frame, Shape } from '../../envs/model/types.ts';

/** A point in a plane that solids are projected on. */
export type Point = readonly [x: number, y: number];

/** Where a point in space lies in the plane, and how near it is to who looks. */
export type Projection = (point: Vec3) => readonly [x: number, y: number, near: number];

/** Corners of what is round. */
const corners = 24;
const turns = Array.from({ length: corners }, (_, i) => {
  const angle = (2 * Math.PI * i) / corners;
  return [Math.cos(angle), Math.sin(angle)] as const;
});

/** The outline of a solid in a plane, as a convex polygon. */
export function outlineOf(shape: Shape, frame: Frame, project: Projection): Point[] {
  const at = (point: Vec3) => project(add(frame.position, rotate(frame.rotation, point)));
  const flat = (point: Vec3): Point => [at(point)[0], at(point)[1]];
  switch (shape.kind) {
    case 'sphere':
      return circle(flat(shape.center), shape.radius);
    case 'capsule':
      return hull([...circle(flat(shape.from), shape.radius), ...circle(flat(shape.to), shape.radius)]);
    case 'cylinder':
      return hull([shape.from, shape.to].flatMap((end) => rim(shape, end).map(flat)));
    case 'box': {
      const [x, y, z] = shape.size.map((length) => length / 2);
      const [cx, cy, cz] = shape.center;
      const signs = [-1, 1];
      return hull(
        signs.flatMap((a) => signs.flatMap((b) => signs.map((c) => flat([cx + a * x, cy + b * y, cz + c * z])))),
      );
    }
  }
}

/** A point in the middle of a solid, in its frame. */
export function middleOf(shape: Shape): Vec3 {
  if (!('from' in shape)) return shape.center;
  const [from, to] = [shape.from, shape.to];
  return [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2, (from[2] + to[2]) / 2];
}

function circle([x, y]: Point, radius: number): Point[] {
  return turns.map(([cos, sin]) => [x + radius * cos, y + radius * sin]);
}

/** The circle around one end of a cylinder. */
function rim({ from, to, radius }: { from: Vec3; to: Vec3; radius: number }, [cx, cy, cz]: Vec3): Vec3[] {
  const axis = unit([to[0] - from[0], to[1] - from[1], to[2] - from[2]]);
  const u = unit(across(axis, Math.abs(axis[0]) < 0.9 ? [1, 0, 0] : [0, 1, 0]));
  const v = across(axis, u);
  return turns.map(([cos, sin]) => {
    const [a, b] = [radius * cos, radius * sin];
    return [cx + a * u[0] + b * v[0], cy + a * u[1] + b * v[1], cz + a * u[2] + b * v[2]];
  });
}

function across([ax, ay, az]: Vec3, [bx, by, bz]: Vec3): Vec3 {
  return [ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx];
}

function unit([x, y, z]: Vec3): Vec3 {
  const length = Math.hypot(x, y, z) || 1;
  return [x / length, y / length, z / length];
}

/** The convex hull of points, by Andrew's monotone chain. */
function hull(points: readonly Point[]): Point[] {
  const sorted = [...points].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const half = (ordered: readonly Point[]) => {
    const chain: Point[] = [];
    for (const point of ordered) {
      while (chain.length > 1 && turn(chain[chain.length - 2], chain[chain.length - 1], point) <= 0) chain.pop();
      chain.push(point);
    }
    return chain.slice(0, -1);
  };
  return [...half(sorted), ...half(sorted.toReversed())];
}

function turn(a: Point, b: Point, c: Point): number {
  return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
}
