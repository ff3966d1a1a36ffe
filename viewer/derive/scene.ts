import type { Mesh, Visual } from '../../envs/model/types.ts';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import { type EnvSpec, type Field, offsetOf } from '../../envs/spec.ts';
import { paramsAt, type Trajectory } from '../../envs/trajectory.ts';

/** A visual that is a primitive solid. */
export type Solid = Exclude<Visual, Mesh>;

/** Radius around the goal that counts as reached, m; 0 where there is nothing to reach. */
export function goalRadiusOf({ markers }: EnvSpec): number {
  return markers[0]?.radius ?? 0;
}

/** Turn from the goal's orientation that counts as reached, rad; infinite where any does. */
export function goalAngleOf({ markers }: EnvSpec): number {
  return markers[0]?.angle ?? Number.POSITIVE_INFINITY;
}

/** The goal at a state, m [3]; NaN where the task has none. */
export function goalAt(
  episode: Pick<Trajectory, 'params'>,
  { spec }: Pick<RecordingHeader, 'spec'>,
  step: number,
): Float32Array {
  const [marker] = spec.markers;
  if (!marker) return new Float32Array(3).fill(Number.NaN);
  return paramAt(episode, spec, marker.param, step).subarray(0, 3);
}

/** The goal's orientation at a state, a quaternion x y z w [4]; undefined where the goal has none. */
export function goalRotationAt(
  episode: Pick<Trajectory, 'params'>,
  { spec }: Pick<RecordingHeader, 'spec'>,
  step: number,
): Float32Array | undefined {
  const rotation = spec.markers[0]?.rotation;
  return rotation === undefined ? undefined : paramAt(episode, spec, rotation, step);
}

/** One of the parameters at a state. */
function paramAt(episode: Pick<Trajectory, 'params'>, spec: EnvSpec, name: string, step: number): Float32Array {
  const { params: fields } = spec;
  const at = offsetOf(fields, name);
  const { size } = fields.find((field) => field.name === name) as Field;
  return paramsAt(episode, spec, step).subarray(at, at + size);
}
