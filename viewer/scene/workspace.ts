import type { Vec3 } from '../../envs/math/rotation.ts';
import { freeBodiesOf } from '../../envs/model/free-body.ts';
import { boxCorners } from '../../envs/model/mesh-surface.ts';
import { siteOf, treeOf } from '../../envs/model/tree.ts';
import type { Visual } from '../../envs/model/types.ts';
import type { Recording } from '../../envs/recording/header.ts';
import { transformPoint } from '../derive/pose.ts';
import { goalAt, goalRadiusOf } from '../derive/scene.ts';

/** States sampled at most: enough for the space an arm sweeps, few enough for the longest file. */
const samples = 100;

/** The space that is to be in view. */
export interface Workspace {
  /** The ends of all visuals, the tip and the goals over a whole recording, m [n, 3]. */
  readonly points: readonly number[];
  /** Whether all of it lies about one level, so that it is best seen from above; it is not if not given. */
  readonly isFlat?: boolean;
  /** How far visuals reach beyond these points, about, m. */
  readonly margin: number;
}

export function workspace({ header, episodes }: Recording): Workspace {
  const { model, frame } = header.scene.arm;
  const points: number[] = [];
  const include = (numbers: ArrayLike<number>, at = 0) => {
    const point = [numbers[at], numbers[at + 1], numbers[at + 2]];
    if (point.every(Number.isFinite)) points.push(...point);
  };
  include(frame.position);
  const base = [...frame.position, ...frame.rotation];
  for (const corner of model.bodies[0].visuals.flatMap(corners)) include(transformPoint(base, corner));
  // Of what stands, its top: what is on it is in view then.
  for (const { model: thing, frame: at } of header.scene.fixed) {
    for (const corner of thing.bodies[0].visuals.flatMap(topCorners)) {
      include(transformPoint([...at.position, ...at.rotation], corner));
    }
  }
  const bodies = [...treeOf(model).bodies, ...freeBodiesOf(header.scene).map(({ body }) => body)];
  const ends = bodies.map((body) => [[0, 0, 0] as const, ...body.visuals.flatMap(corners)]);
  const tip = siteOf(model, model.tip);
  ends[tip.body].push(tip.site.frame.position);
  const states = episodes.reduce((sum, { steps }) => sum + steps + 1, 0);
  const stride = Math.max(1, Math.floor(states / samples));
  const every = Math.max(1, Math.floor(episodes.length / samples));
  for (let e = 0; e < episodes.length; e += every) {
    const { pose, steps } = episodes[e];
    // Of many short episodes, early states of some and late states of others.
    for (let t = e % Math.min(stride, steps + 1); t <= steps; t += stride) {
      include(goalAt(episodes[e], header, t));
      for (let b = 0; b < bodies.length; b++) {
        const body = pose.subarray((t * bodies.length + b) * 7, (t * bodies.length + b + 1) * 7);
        for (const end of ends[b]) include(transformPoint(body, end));
      }
    }
  }
  const solids = model.bodies.flatMap(({ visuals }) => visuals);
  const margin = Math.max(0.01, goalRadiusOf(header.spec), ...solids.map(thickness));
  return spaceOf(points, margin);
}

function spaceOf(points: readonly number[], margin: number): Workspace {
  const [width, depth, height] = [0, 1, 2].map((axis) => sizeOf(points, axis));
  return { points, margin, ...(height < flatness * Math.min(width, depth) && { isFlat: true }) };
}

/** Height over the lesser side of what is flat. */
const flatness = 0.25;

function sizeOf(points: readonly number[], axis: number): number {
  const { low, high } = boundsOf(points, axis);
  return high - low;
}

/** The space that holds others: of their points, those that lie farthest to some side. */
export function union(spaces: readonly Workspace[]): Workspace {
  const all = spaces.flatMap(({ points }) => [...points]);
  const points = sides.flatMap(([x, y, z]) => {
    let [best, at] = [-Infinity, 0];
    for (let i = 0; i < all.length; i += 3) {
      const along = x * all[i] + y * all[i + 1] + z * all[i + 2];
      if (along > best) [best, at] = [along, i];
    }
    return all.slice(at, at + 3);
  });
  return spaceOf(points, Math.max(...spaces.map(({ margin }) => margin)));
}

/** To the sides, edges and corners of a cube. */
const sides = [-1, 0, 1]
  .flatMap((x) => [-1, 0, 1].flatMap((y) => [-1, 0, 1].map((z) => [x, y, z] as const)))
  .filter((side) => side.some((along) => along !== 0));

/** Least and greatest of points [n, 3] along an axis. */
export function boundsOf(points: readonly number[], axis: number): { low: number; high: number } {
  let [low, high] = [Infinity, -Infinity];
  for (let k = axis; k < points.length; k += 3) {
    low = Math.min(low, points[k]);
    high = Math.max(high, points[k]);
  }
  return { low, high };
}

function topCorners(part: Visual): Vec3[] {
  const all = corners(part);
  const top = Math.max(...all.map(([, , z]) => z));
  return all.map(([x, y]) => [x, y, top]);
}

/** Opposite ends of a solid, or the corners of a mesh's box. */
function corners(part: Visual): Vec3[] {
  if (part.kind === 'mesh') return boxCorners(part);
  if ('from' in part) return [part.from, part.to];
  const half = 'radius' in part ? [part.radius, part.radius, part.radius] : part.size.map((side) => side / 2);
  return [-1, 1].map((sign) => part.center.map((x, i) => x + sign * half[i]) as unknown as Vec3);
}

/** How far a visual reaches beyond its corners: a mesh does not. */
function thickness(part: Visual): number {
  if (part.kind === 'mesh') return 0;
  return 'radius' in part ? part.radius : Math.min(...part.size) / 2;
}
