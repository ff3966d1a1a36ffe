import { dot, norm, subtract, type Vec3 } from './rotation.ts';

/** Lines between two points. */

export interface Segment {
  readonly from: Vec3;
  readonly to: Vec3;
}

/**
 * Distance of two segments, m. Nearest to one another are places within both, unless the segments are parallel, or an end of one and
 * a place of the other: the least of what they come to.
 */
export function segmentDistance(a: Segment, b: Segment): number {
  return Math.min(
    withinBoth(a, b),
    pointDistance(a.from, b),
    pointDistance(a.to, b),
    pointDistance(b.from, a),
    pointDistance(b.to, a),
  );
}

/** Distance of a point and a segment, m. */
function pointDistance(point: Vec3, { from, to }: Segment): number {
  const [way, along] = [subtract(point, from), subtract(to, from)];
  const square = dot(along, along);
  const at = square > 0 ? Math.min(Math.max(dot(way, along) / square, 0), 1) : 0;
  return norm([way[0] - at * along[0], way[1] - at * along[1], way[2] - at * along[2]]);
}

/** Distance of the whole lines where they are nearest within both segments; infinite where that is not so, or everywhere. */
function withinBoth(a: Segment, b: Segment): number {
  const [u, v, w] = [subtract(a.to, a.from), subtract(b.to, b.from), subtract(b.from, a.from)];
  const [uu, uv, vv, uw, vw] = [dot(u, u), dot(u, v), dot(v, v), dot(u, w), dot(v, w)];
  const spread = uu * vv - uv * uv;
  const s = (vv * uw - uv * vw) / spread;
  const t = (uv * uw - uu * vw) / spread;
  // Not so where it is no number, either: of parallel lines.
  if (!(s >= 0 && s <= 1 && t >= 0 && t <= 1)) return Number.POSITIVE_INFINITY;
  return norm([0, 1, 2].map((i) => w[i] + t * v[i] - s * u[i]) as [number, number, number]);
}
