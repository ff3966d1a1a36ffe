import { add, cross, dot, norm, rotate, subtract, type Vec3 } from '../../math/rotation.ts';
import type { Frame, Hull } from '../types.ts';
import type { MeshTriangles } from './mesh.ts';

/** What of a mesh touches: its convex hull, by the corners that are farthest in some direction. */

/** From the middle of a cube to points all over its surface, four to a side [98, 3]. */
const directions: readonly Vec3[] = (() => {
  const steps = [-1, -0.5, 0, 0.5, 1];
  const all = steps.flatMap((x) => steps.flatMap((y) => steps.map((z): Vec3 => [x, y, z])));
  return all.filter((direction) => direction.some((x) => Math.abs(x) === 1));
})();

/** Numbers of a file are kept to so many of a metre. */
const perMetre = 1e6;

/** Less than this is flat, m: nothing has a hull that it encloses. */
const thin = 1e-4;

/** @returns in the frame that carries the mesh; null where the mesh encloses nothing, however large it is */
export function hullOf({ positions }: MeshTriangles, scale: Vec3, { position, rotation }: Frame): Hull | null {
  const corners = new Set<number>();
  for (const [x, y, z] of directions) {
    let [best, most] = [-1, Number.NEGATIVE_INFINITY];
    for (let i = 0; i < positions.length; i += 3) {
      const along = x * scale[0] * positions[i] + y * scale[1] * positions[i + 1] + z * scale[2] * positions[i + 2];
      if (along > most) [best, most] = [i, along];
    }
    if (best >= 0) corners.add(best);
  }
  const rounded = (x: number) => Math.round(perMetre * x) / perMetre;
  const points = [...corners].map((i): Vec3 => {
    const local: Vec3 = [positions[i] * scale[0], positions[i + 1] * scale[1], positions[i + 2] * scale[2]];
    const [x, y, z] = add(position, rotate(rotation, local));
    return [rounded(x), rounded(y), rounded(z)];
  });
  return isThick(points) ? { kind: 'hull', points } : null;
}

/** Whether four of the points are no plane. */
function isThick(points: readonly Vec3[]): boolean {
  if (!points.length) return false;
  const farthest = (away: (point: Vec3) => number) =>
    points.reduce((best, point) => (away(point) > away(best) ? point : best), points[0]);
  const [a] = points;
  const b = farthest((point) => norm(subtract(point, a)));
  const length = norm(subtract(b, a));
  if (!(length > thin)) return false;
  const offLine = (point: Vec3) => norm(cross(subtract(point, a), subtract(b, a))) / length;
  const c = farthest(offLine);
  if (offLine(c) < thin) return false;
  const normal = cross(subtract(b, a), subtract(c, a));
  const offPlane = (point: Vec3) => Math.abs(dot(subtract(point, a), normal)) / norm(normal);
  return offPlane(farthest(offPlane)) > thin;
}
