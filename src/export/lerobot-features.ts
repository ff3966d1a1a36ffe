import { jointNamesOf } from '../../envs/model/tree.ts';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import { width } from '../../envs/spec.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { actionNames, distinct, elementNames } from './elements.ts';

/** A column of a data set of LeRobot's: a few numbers for each frame. */
export interface Feature {
  readonly name: string;
  readonly dtype: 'float32' | 'int64' | 'bool';
  readonly width: number;
  /** Of its numbers, where they have any. */
  readonly names: readonly string[] | null;
  /** Its numbers in an episode [steps, width]. */
  of(episode: Trajectory, place: Place): Float32Array | Float64Array;
}

/** Where an episode is among the others. */
export interface Place {
  readonly index: number;
  /** The frame that it begins with, among those of all episodes. */
  readonly from: number;
}

/**
 * The features of a recording: how the joints stand, what the task lets a policy observe, the action as the controller takes it,
 * clipped; after it the reward, whether the episode ends and whether it does with success; then those that every data set has.
 */
export function featuresOf(header: RecordingHeader, fps: number): Feature[] {
  const { spec } = header;
  const joints = distinct(jointNamesOf(header.scene.arm.model));
  const vector = (name: string, names: readonly string[], of: Feature['of']): Feature => ({
    ...{ name, dtype: 'float32', width: names.length, names, of },
  });
  const number = (
    name: string,
    dtype: Feature['dtype'],
    of: (episode: Trajectory, t: number, place: Place) => number,
  ) => ({
    ...{ name, dtype, width: 1, names: null },
    of: (episode: Trajectory, place: Place) => {
      const numbers = new (dtype === 'int64' ? Float64Array : Float32Array)(episode.steps);
      return numbers.map((_, t) => of(episode, t, place));
    },
  });
  const isLast = ({ steps }: Trajectory, t: number) => t + 1 === steps;
  return [
    vector(
      'observation.state',
      [...joints.map((name) => `${name}.pos`), ...joints.map((name) => `${name}.vel`)],
      stateOf,
    ),
    vector('observation.environment_state', elementNames(spec.obs), ({ obs, steps }) =>
      obs.subarray(0, steps * width(spec.obs)),
    ),
    vector('action', actionNames(header), ({ act }) => act.map((value) => Math.min(Math.max(value, -1), 1))),
    number('next.reward', 'float32', ({ reward }, t) => reward[t]),
    number('next.done', 'bool', (episode, t) => (isLast(episode, t) ? 1 : 0)),
    ...(spec.hasSuccess
      ? [number('next.success', 'bool', (episode, t) => (isLast(episode, t) && episode.success ? 1 : 0))]
      : []),
    number('timestamp', 'float32', (_, t) => t / fps),
    number('frame_index', 'int64', (_, t) => t),
    number('episode_index', 'int64', (_episode, _t, { index }) => index),
    number('index', 'int64', (_, t, { from }) => from + t),
    number('task_index', 'int64', () => 0),
  ];
}

/** Positions of the joints, then their velocities [steps, 2 J]. */
function stateOf({ q, dq, steps }: Trajectory): Float32Array {
  const joints = q.length / (steps + 1);
  const state = new Float32Array(steps * 2 * joints);
  for (let t = 0; t < steps; t++) {
    state.set(q.subarray(t * joints, (t + 1) * joints), 2 * t * joints);
    state.set(dq.subarray(t * joints, (t + 1) * joints), (2 * t + 1) * joints);
  }
  return state;
}
