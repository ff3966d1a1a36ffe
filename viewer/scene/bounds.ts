import type { Recording } from '../../envs/recording/types.ts';
import type { ScenePart, Vec3 } from '../../envs/types.ts';
import { place } from '../derive/pose.ts';

/** States looked at, at most: enough for the space an arm sweeps, few enough for the longest file. */
const samples = 100;

export interface Workspace {
  /** Where the ends of all solids, the tip and goals are over a whole recording, m [n, 3]. */
  readonly points: readonly number[];
  /** How far solids reach beyond these points, about. */
  readonly margin: number;
}

export function workspace({ header, episodes }: Recording): Workspace {
  const { scene } = header;
  const points: number[] = [];
  const include = (numbers: ArrayLike<number>, at = 0) => {
    const point = [numbers[at], numbers[at + 1], numbers[at + 2]];
    if (point.every(Number.isFinite)) points.push(...point);
  };
  include(scene.base.position);
  const { position, rotation } = scene.base;
  for (const corner of scene.base.shapes.flatMap(corners)) include(place([...position, ...rotation], corner));
  const bodies = scene.bodies.length;
  const ends = scene.bodies.map(({ shapes }) => [[0, 0, 0] as const, ...shapes.flatMap(corners)]);
  ends[scene.endEffector.body].push(scene.endEffector.position);
  const states = episodes.reduce((sum, { steps }) => sum + steps + 1, 0);
  const stride = Math.max(1, Math.floor(states / samples));
  const every = Math.max(1, Math.floor(episodes.length / samples));
  for (let e = 0; e < episodes.length; e += every) {
    const { goal, pose, steps } = episodes[e];
    include(goal);
    // Of many short episodes, early states of some and late ones of others.
    for (let t = e % Math.min(stride, steps + 1); t <= steps; t += stride) {
      for (let b = 0; b < bodies; b++) {
        const body = pose.subarray((t * bodies + b) * 7, (t * bodies + b + 1) * 7);
        for (const end of ends[b]) include(place(body, end));
      }
    }
  }
  const solids = [...scene.base.shapes, ...scene.bodies.flatMap(({ shapes }) => shapes)];
  return { points, margin: Math.max(0.01, scene.goalRadius, ...solids.map(thickness)) };
}

/** Opposite ends of a solid. */
function corners(part: ScenePart): Vec3[] {
  if ('from' in part) return [part.from, part.to];
  const half = 'radius' in part ? [part.radius, part.radius, part.radius] : part.size.map((side) => side / 2);
  return [-1, 1].map((sign) => part.center.map((x, i) => x + sign * half[i]) as unknown as Vec3);
}

function thickness(part: ScenePart): number {
  return 'radius' in part ? part.radius : Math.min(...part.size) / 2;
}
