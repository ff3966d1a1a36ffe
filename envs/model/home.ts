import { stream } from '../math/random.ts';
import { principal } from './inertia.ts';
import { forwardKinematics, jacobian, type Posture } from './kinematics.ts';
import { degreesOf, drivenColumns, followLeaders, treeOf } from './tree.ts';
import { type Arm, atOrigin } from './types.ts';
import { drawPosture, limitsOf, perJoint, type Ranges, sampledReach, shoulderOf } from './workspace.ts';

/** A posture to start from, for an arm of which only the joints are known. */

/** How a home was found. */
export interface Home {
  /** [J] */
  readonly q: readonly number[];
  readonly found: 'zero' | 'middle' | 'searched';
}

/** How far zero has to lie inside every limit, rad; for a joint that slides, that times half the reach. */
const margin = 0.6;

/** Least singular value of the tip's Jacobian in parts of the reach: below it the tip cannot move every way. */
const dexterous = 0.15;

/** Least height of the tip, and of every joint unless the first is lower, in parts of the reach. */
const high = 0.15;
const clear = 0.05;

/** Postures that a home is searched among, and those that show in how many ways the tip can move. */
const candidates = 2000;
const samples = 100;

/**
 * Zero where it lies well inside the limits, else their middle, if the tip is above the floor there and can move every way; else the
 * best of random postures in the inner part of the limits, the same ones each time.
 */
export function homeOf(arm: Arm, reach = sampledReach(arm)): Home {
  const judge = judgeOf(arm, reach);
  const limits = limitsOf(arm);
  const middle = followLeaders(
    arm,
    limits.low.map((low, i) => (low + limits.high[i]) / 2),
  );
  const zero = followLeaders(
    arm,
    limits.low.map(() => 0),
  );
  const margins = perJoint(arm, margin, reach);
  const isInside = zero.every((value, i) => limits.low[i] + margins[i] < value && value < limits.high[i] - margins[i]);
  if (isInside && judge(zero).isGood) return { q: zero, found: 'zero' };
  if (judge(middle).isGood) return { q: middle, found: 'middle' };
  return { q: searched(arm, limits, middle, judge), found: 'searched' };
}

/**
 * The posture that is asked for by driven joint, with those that follow them [J].
 * @param fail called with what is wrong, in words
 */
export function homeAt(arm: Arm, asked: readonly number[], fail: (what: string) => never): readonly number[] {
  const joints = degreesOf(arm);
  const driven = joints.filter(({ mimic }) => !mimic);
  if (asked.length !== driven.length) {
    const names = driven.map(({ name }) => name).join(', ');
    fail(`home: expected ${driven.length} numbers, for ${names}, found ${asked.length}`);
  }
  driven.forEach(({ name, low = -Infinity, high = Infinity }, i) => {
    if (asked[i] >= low && asked[i] <= high) return;
    fail(`home: expected ${low} to ${high} for ${name}, found ${asked[i]}`);
  });
  return followLeaders(
    arm,
    joints.map((joint) => asked[driven.indexOf(joint)] ?? 0),
  );
}

interface Judgement {
  readonly isGood: boolean;
  readonly isHigh: boolean;
  /** Least singular value over the reach, of as many as the arm can have. */
  readonly dexterity: number;
}

type Judge = (q: readonly number[]) => Judgement;

/** Best of the samples: dexterous, and near the middle of the limits. */
function searched(arm: Arm, limits: Ranges, middle: readonly number[], judge: Judge): number[] {
  const random = stream(0, 'workspace');
  const inner = (bound: number, i: number) => middle[i] + 0.6 * (bound - middle[i]);
  const ranges = { low: limits.low.map(inner), high: limits.high.map(inner) };
  let best = { score: -Infinity, q: [...middle] };
  for (let i = 0; i < candidates; i++) {
    const q = followLeaders(
      arm,
      [...drawPosture(arm, ranges, random)].map((value) => Math.round(value * 100) / 100),
    );
    const { dexterity, isHigh } = judge(q);
    const score = Math.min(dexterity, 0.25) * 10 - 0.25 * distanceBetween(q, middle) - (isHigh ? 0 : 10);
    if (score > best.score) best = { score, q };
  }
  return best.q;
}

function distanceBetween(a: readonly number[], b: readonly number[]): number {
  return Math.sqrt(a.reduce((sum, value, i) => sum + (value - b[i]) * (value - b[i]), 0));
}

function judgeOf(arm: Arm, reach: number): Judge {
  const limits = limitsOf(arm);
  const scales = perJoint(arm, 1, reach);
  const postureAt = (q: ArrayLike<number>) => forwardKinematics(atOrigin(arm), q);
  const singular = (posture: Posture) => singularValues(arm, posture, scales).map((value) => value / reach);
  // An arm that stays in a plane, or on a line, is not asked to leave it.
  const random = stream(0, 'workspace');
  const seen = Array.from({ length: samples }, () => singular(postureAt(drawPosture(arm, limits, random))));
  const rank = [2, 1].find((k) => seen.some((values) => values[k] > 0.02)) ?? 0;
  const heights = ({ bodies }: Posture) => bodies.map(({ position }) => position[2]);
  const lowest = shoulderOf(arm)[2] - 1e-9;
  return (q) => {
    const posture = postureAt(q);
    const dexterity = singular(posture)[rank];
    const isHigh =
      posture.tip.position[2] > high * reach && Math.min(...heights(posture)) >= Math.min(clear * reach, lowest);
    return { dexterity, isHigh, isGood: dexterity > dexterous && isHigh };
  };
}

/** Singular values of the tip's position Jacobian, the largest first [3]; joints that follow others count with their leaders. */
function singularValues(arm: Arm, posture: Posture, scales: readonly number[]): number[] {
  const { driven } = treeOf(arm);
  const columns = drivenColumns(arm, jacobian(arm, posture).linear);
  const product = (k: number, l: number) =>
    columns.reduce((sum, column, i) => sum + scales[driven[i]] * scales[driven[i]] * column[k] * column[l], 0);
  const square = [product(0, 0), product(1, 1), product(2, 2), product(0, 1), product(0, 2), product(1, 2)] as const;
  const { principal: values } = principal({ mass: 1, center: [0, 0, 0], inertia: square });
  return [...values].sort((a, b) => b - a).map((value) => Math.sqrt(Math.max(value, 0)));
}
