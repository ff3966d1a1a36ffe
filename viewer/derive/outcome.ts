/** How an episode went, and what stood in its way, in a sentence. */
import { treeOf } from '../../envs/model/tree.ts';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import { leastTouch } from '../../envs/tasks/ends.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { fixed } from '../dom/format.ts';
import { pressureAt } from './contacts.ts';
import type { Derived } from './episode.ts';
import { jointPositions, movingJoints } from './kinematics.ts';
import { memo } from './memo.ts';
import { goalAngleOf, goalRadiusOf } from './scene.ts';

/** A joint nearer than this share of its range counts as at its limit. */
const nearLimit = 0.01;

/** Whether each joint that is driven is at a limit in a state. */
export function jointsAtLimit({ episode, recording: { header } }: Told, step: number): boolean[] {
  const { scene } = header;
  const joints = movingJoints(scene);
  const positions = jointPositions(episode, scene);
  return treeOf(scene.arm.model).driven.map((j) => {
    const { low, high } = joints[j];
    if (low === undefined || high === undefined) return false;
    const position = positions[step * joints.length + j];
    return Math.min(position - low, high - position) < nearLimit * (high - low);
  });
}

interface Told {
  readonly recording: { readonly header: RecordingHeader };
  readonly episode: Trajectory;
}

/** `Missed: 31.0 cm off at the end; nearest 12.2 cm at step 20; joint4 at its limit from step 12` */
export const outcomeOf = memo((episode: Trajectory, header: RecordingHeader, derived: Derived): string => {
  const { steps, success, end } = episode;
  if (!header.spec.hasSuccess) return '';
  if (success) return `Reached the goal in ${steps} ${steps === 1 ? 'step' : 'steps'}`;
  const { distance, turn } = derived;
  const cm = (t: number) => `${fixed(100 * distance[t], 1)} cm`;
  const nearest = distance.indexOf(Math.min(...distance));
  const isThere = distance[steps] < goalRadiusOf(header.spec) && turn[steps] >= goalAngleOf(header.spec);
  const touched = end === 'terminated' && pressureAt(episode, header, steps) > leastTouch;
  return [
    isThere
      ? `Missed: turned ${fixed(turn[steps], 2)} rad from the goal at the end`
      : `Missed: ${cm(steps)} off at the end`,
    ...(!isThere && distance[nearest] < 0.9 * distance[steps] ? [`nearest ${cm(nearest)} at step ${nearest}`] : []),
    ...(touched ? ['ended by what it touched'] : []),
    ...limits({ episode, recording: { header } }),
  ].join('; ');
});

/** Joints that end at a limit, and since when they have been there. */
function limits(told: Told): string[] {
  const { steps } = told.episode;
  const names = movingJoints(told.recording.header.scene);
  const { driven } = treeOf(told.recording.header.scene.arm.model);
  return jointsAtLimit(told, steps).flatMap((isThere, i) => {
    if (!isThere) return [];
    let since = steps;
    while (since > 0 && jointsAtLimit(told, since - 1)[i]) since--;
    return `${names[driven[i]].name} at its limit from step ${since}`;
  });
}
