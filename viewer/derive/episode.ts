/** What a recording implies: the tip's path, distances to the goal, returns and advantages. */

import { conjugate, multiply, type Quat, type Vec3 } from '../../envs/math/rotation.ts';
import { bodyCountOf } from '../../envs/model/free-body.ts';
import { siteOf } from '../../envs/model/tree.ts';
import type { Scene } from '../../envs/model/types.ts';
import type { Recording, RecordingHeader } from '../../envs/recording/header.ts';
import { type Trajectory, totalReward } from '../../envs/trajectory.ts';
import { fullReturns, generalizedAdvantages, nStepAdvantages } from '../../src/estimators/returns.ts';
import { memo } from './memo.ts';
import { poseAt, transformPoint } from './pose.ts';
import { goalAngleOf, goalAt, goalRadiusOf, goalRotationAt } from './scene.ts';

type Posed = Pick<Trajectory, 'pose'>;

/** An episode as far as an arm of its own is drawn for it. */
export type DrawnEpisode = Pick<Trajectory, 'steps' | 'success' | 'pose' | 'params'>;

export interface Derived {
  /** End effector in the world [T+1, 3], m. */
  readonly tips: Float64Array;
  /** From the end effector, or from the body that is to be there, to the goal [T+1], m. */
  readonly distance: Float64Array;
  /** Turn from the end effector's orientation to the goal's [T+1], rad; zeros where the goal has none. */
  readonly turn: Float64Array;
  /** 1 where that is within the goal [T+1]. */
  readonly within: Uint8Array;
  /** Sum of the rewards before each state [T+1]. */
  readonly returns: Float64Array;
  /** The first state within the goal; -1 where there is none. */
  readonly reachedAt: number;
}

export const derive = memo((episode: Trajectory, header: RecordingHeader): Derived => {
  const { steps, reward } = episode;
  const tips = new Float64Array((steps + 1) * 3);
  const distance = new Float64Array(steps + 1);
  const returns = new Float64Array(steps + 1);
  const tipOf = tipReader(episode, header.scene);
  const turn = Float64Array.from({ length: steps + 1 }, (_, t) => turnAt(episode, header, t));
  for (let t = 0; t <= steps; t++) {
    const tip = tipOf(t);
    const goal = goalAt(episode, header, t);
    tips.set(tip, t * 3);
    const there = broughtAt(episode, header, t) ?? tip;
    distance[t] = Math.hypot(there[0] - goal[0], there[1] - goal[1], there[2] - goal[2]);
    if (t > 0) returns[t] = returns[t - 1] + reward[t - 1];
  }
  const [radius, angle] = [goalRadiusOf(header.spec), goalAngleOf(header.spec)];
  const within = Uint8Array.from(distance, (d, t) => (d < radius && turn[t] < angle ? 1 : 0));
  return { tips, distance, turn, within, returns, reachedAt: within.indexOf(1) };
});

/** Where the body is at a position in control steps that is to be at the goal, m; undefined where it is the end effector. */
export function broughtAt({ pose }: Posed, { spec }: RecordingHeader, position: number): Vec3 | undefined {
  const body = spec.bodies.indexOf(spec.markers[0]?.body ?? '');
  if (body < 0) return undefined;
  const frame: number[] = [];
  poseAt(pose, spec.bodies.length, body, position, frame);
  return [frame[0], frame[1], frame[2]];
}

/** Turn from the end effector's orientation to the goal's at a state, rad; 0 where the goal has none. */
export function turnAt(episode: Posed & Pick<Trajectory, 'params'>, header: RecordingHeader, step: number): number {
  const goal = goalRotationAt(episode, header, step);
  if (!goal) return 0;
  const tip = tipRotationAt(episode, header.scene, step);
  const [x, y, z, w] = multiply([goal[0], goal[1], goal[2], goal[3]], conjugate(tip));
  return 2 * Math.atan2(Math.hypot(x, y, z), Math.abs(w));
}

/** Orientation of the end effector in the world at a position in control steps. */
export function tipRotationAt({ pose }: Posed, scene: Scene, position: number): Quat {
  const { model } = scene.arm;
  const { site, body } = siteOf(model, model.tip);
  const frame: number[] = [];
  poseAt(pose, bodyCountOf(scene), body, position, frame);
  return multiply([frame[3], frame[4], frame[5], frame[6]], site.frame.rotation);
}

/** End effector in the world at a position in control steps, m. */
export function tipAt(episode: Posed, scene: Scene, position: number): Vec3 {
  return tipReader(episode, scene)(position);
}

/** The same for any number of positions. */
function tipReader({ pose }: Posed, scene: Scene): (position: number) => Vec3 {
  const { model } = scene.arm;
  const { site, body } = siteOf(model, model.tip);
  const bodies = bodyCountOf(scene);
  const frame: number[] = [];
  return (position) => {
    poseAt(pose, bodies, body, position, frame);
    return transformPoint(frame, site.frame.position);
  };
}

/** Sum of the rewards of every episode. */
export const returnsOf = memo(({ episodes }: Recording) => Float64Array.from(episodes, totalReward));

export interface Discounting extends Pick<RecordingHeader, 'gamma' | 'lambda' | 'nSteps' | 'credit'> {
  /** Last steps of an episode that goes on of which too little of what follows is known; none if not given. */
  readonly unsettled?: number;
}

/**
 * The advantages that training estimates for an episode [T], by its own estimators, before it scales those of a batch. NaN where the
 * recording does not hold what returns were compared with.
 */
export function advantages(episode: Trajectory, by: Discounting): Float64Array {
  return estimated(episode, by).fill(Number.NaN, Math.max(0, episode.steps - (by.unsettled ?? 0)));
}

function estimated(
  { reward, steps, end, value: values }: Trajectory,
  { gamma, lambda, nSteps, credit = {} }: Discounting,
): Float64Array {
  const { bootstrap = true, whole = false, baseline: byStep } = credit;
  // Of a baseline that knows no states, none stands for what follows a cut.
  const value = byStep ? new Float64Array(steps + 1).map((_, t) => stepValue(byStep, t, steps)) : values;
  const last = value[steps];
  const tail = end === 'truncated' && bootstrap && !Number.isNaN(last) ? last : 0;
  if (whole) return fullReturns(reward, gamma, tail).map((total, t) => total - value[t]);
  if (nSteps !== undefined) return nStepAdvantages(reward, value, gamma, nSteps, tail);
  return generalizedAdvantages(reward, value, gamma, lambda, tail);
}

function stepValue(byStep: readonly number[], t: number, steps: number): number {
  return t === steps ? Number.NaN : byStep.length === 1 ? byStep[0] : (byStep[t] ?? Number.NaN);
}
