import type { Body, Mesh, Visual } from '../../envs/model/types.ts';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import { type EnvSpec, offsetOf, width } from '../../envs/spec.ts';
import type { Trajectory } from '../../envs/trajectory.ts';

/** A visual that is a primitive solid. */
export type Solid = Exclude<Visual, Mesh>;

export function solidsOf({ visuals }: Body): Solid[] {
  return visuals.filter((visual) => visual.kind !== 'mesh');
}

/** Radius around the goal that counts as reached, m; 0 where there is nothing to reach. */
export function goalRadiusOf({ markers }: EnvSpec): number {
  return markers[0]?.radius ?? 0;
}

/** The goal at a state, m [3]; NaN where the task has none. */
export function goalAt({ params }: Trajectory, { spec }: Pick<RecordingHeader, 'spec'>, step: number): Float32Array {
  const [marker] = spec.markers;
  if (!marker) return new Float32Array(3).fill(Number.NaN);
  const at = (spec.paramsMove ? step * width(spec.params) : 0) + offsetOf(spec.params, marker.param);
  return params.subarray(at, at + 3);
}
