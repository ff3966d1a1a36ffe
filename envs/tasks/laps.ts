import { cos, sin } from '../math/kernels.ts';
import type { Random } from '../math/random.ts';
import { add, distance, dot, norm, subtract, type Vec3 } from '../math/rotation.ts';
import { forwardKinematics, inverseKinematics } from '../model/kinematics.ts';
import { degreesOf, followLeaders, treeOf } from '../model/tree.ts';
import type { Arm, Placed } from '../model/types.ts';
import { perJoint, reachOf } from '../model/workspace.ts';
import { freedomOf, type ReachablePosture } from './reachable-postures.ts';

/**
 * Closed ways for a goal that moves, all of which an arm can follow. A shape is laid out at a posture and followed by inverse
 * kinematics, or drawn among postures; where some of it cannot be reached, it is made smaller.
 */

export const shapes = ['line', 'circle', 'eight', 'spline', 'corners'] as const;
export type Shape = (typeof shapes)[number];

/** What is laid out at a posture, at a scale from 0, the posture itself, to 1. */
interface Way {
  /** Where the goal is after a part of the lap, m. */
  tip(part: number, scale: number): Vec3;
  /** Joint positions at `samples` parts of the lap [samples][J]; null where the arm does not get there. */
  follow(scale: number): readonly Float64Array[] | null;
}

/**
 * Places where a lap is judged, of which the corners of every shape are some; a shape is halved so often before it is given up, and
 * laid out so often elsewhere.
 */
const [samples, halvings, layouts] = [30, 2, 30];

/** Places between two of them at which the goal's speed is set. */
const finer = 4;

/** Farthest that inverse kinematics may stay from a way, over the arm's reach. */
const tolerance = 1e-3;

/** Radii of lines, circles and eights, over the arm's reach. */
const [smallest, largest] = [0.05, 0.15];

/** Postures that a spline goes through. */
const knots = 5;

export interface LapSettings {
  readonly arm: Placed<Arm>;
  readonly draw: (random: Random) => ReachablePosture;
  /** Fastest that the goal moves, m/s, and that each joint has to for it [J]. */
  readonly speed: number;
  readonly jointSpeeds: readonly number[];
  /** s */
  readonly dt: number;
}

/**
 * Draws laps of a shape: where the goal is in each control step, after the last of which it is at the first again [L, 3], m. Where
 * a shape fits nowhere the goal stands still, L = 1.
 */
export function lapsOf(settings: LapSettings): (random: Random, shape: Shape) => Float64Array {
  const { arm, draw } = settings;
  const isFree = freedomOf(arm);
  return (random, shape) => {
    for (let i = 0; i < layouts; i++) {
      const way = layOut(arm, shape, { random, draw, isFree });
      for (let k = 0, scale = 1; way && k <= halvings; k++, scale /= 2) {
        const followed = way.follow(scale);
        if (followed) return lapOf(settings, (part) => way.tip(part, scale), followed);
      }
    }
    return Float64Array.from(draw(random).tip.position);
  };
}

/** The goal in steps of `dt`, at its speed, and slower only where a joint has to be. */
function lapOf(
  { speed, jointSpeeds, dt }: LapSettings,
  tip: (part: number) => Vec3,
  followed: readonly Float64Array[],
): Float64Array {
  const places = samples * finer;
  /** When the goal is at each place, s [places + 1]. */
  const times = [0];
  for (let k = 0; k < places; k++) {
    const i = Math.floor(k / finer);
    const [from, to] = [followed[i], followed[i + 1] ?? followed[i]];
    const byJoints = jointSpeeds.map((most, j) => Math.abs(to[j] - from[j]) / finer / most);
    times.push(times[k] + Math.max(distance(tip(k / places), tip((k + 1) / places)) / speed, ...byJoints));
  }
  const steps = Math.max(1, Math.ceil(times[places] / dt));
  const lap = new Float64Array(3 * steps);
  for (let step = 0, k = 0; step < steps; step++) {
    const time = (step / steps) * times[places];
    while (time > times[k + 1]) k++;
    const along = (time - times[k]) / (times[k + 1] - times[k]);
    lap.set(tip((k + (Number.isFinite(along) ? along : 0)) / places), 3 * step);
  }
  return lap;
}

interface Surroundings {
  readonly random: Random;
  readonly draw: LapSettings['draw'];
  readonly isFree: ReturnType<typeof freedomOf>;
}

/** Null where the arm cannot move two ways from the posture that is drawn. */
function layOut(arm: Placed<Arm>, shape: Shape, around: Surroundings): Way | null {
  const { random, draw } = around;
  const start = draw(random);
  if (shape === 'spline')
    return throughPostures(arm, [start, ...Array.from({ length: knots - 1 }, () => draw(random))], around);
  const outline =
    shape === 'corners' ? cornersFrom(start, draw(random), draw(random)) : planar(arm, shape, start, random);
  return outline && alongOutline(arm, start, outline, around);
}

/** Offset from the tip of a posture after a part of the lap, m. */
type Outline = (part: number) => Vec3;

function alongOutline(arm: Placed<Arm>, { q, tip }: ReachablePosture, outline: Outline, { isFree }: Surroundings): Way {
  const place = (part: number, scale: number) => add(tip.position, scaled(outline(part), scale));
  return {
    tip: place,
    follow(scale) {
      const followed: Float64Array[] = [];
      for (let i = 0; i < samples; i++) {
        const goal = place(i / samples, scale);
        const joints = inverseKinematics(arm, followed[i - 1] ?? q, goal, null, i ? 2 : 10);
        const posture = forwardKinematics(arm, joints);
        const isThere = distance(posture.tip.position, goal) < tolerance * reachOf(arm.model);
        if (!isThere || !isFree(posture)) return null;
        followed.push(joints);
      }
      return followed;
    },
  };
}

/** A line to and fro, a circle or an eight, in a plane that the tip can move in. */
function planar(
  arm: Placed<Arm>,
  shape: 'line' | 'circle' | 'eight',
  start: ReachablePosture,
  random: Random,
): Outline | null {
  const [along, other] = [aside(arm, start, random), aside(arm, start, random)];
  const ahead = unit(along);
  const across = unit(subtract(other, scaled(ahead, dot(ahead, other))));
  const radius = random.between(smallest, largest) * reachOf(arm.model);
  const isFlat = ![...ahead, ...across].every(Number.isFinite);
  if (isFlat) return null;
  return (part) => {
    const turn = 2 * Math.PI * part;
    const [x, y] = {
      line: [1 - 4 * Math.abs(part - 0.5), 0],
      circle: [cos(turn), sin(turn)],
      eight: [sin(turn), sin(2 * turn) / 2],
    }[shape];
    return add(scaled(ahead, radius * x), scaled(across, radius * y));
  };
}

/** Where the tip goes when all joints move a little, each its own way, m. */
function aside(arm: Placed<Arm>, { q, tip }: ReachablePosture, random: Random): Vec3 {
  const moved = q.slice();
  const little = perJoint(arm.model, 1e-3);
  for (const i of treeOf(arm.model).driven) moved[i] += random.between(-little[i], little[i]);
  return subtract(forwardKinematics(arm, followLeaders(arm.model, moved)).tip.position, tip.position);
}

/** From A to B to C and to A again, by straight lines. */
function cornersFrom(...postures: readonly ReachablePosture[]): Outline {
  const corners = postures.map(({ tip }) => subtract(tip.position, postures[0].tip.position));
  return (part) => {
    const at = (part - Math.floor(part)) * corners.length;
    const i = Math.floor(at);
    const [from, to] = [corners[i], corners[(i + 1) % corners.length]];
    return add(from, scaled(subtract(to, from), at - i));
  };
}

/** Where the tip is while the joints go through postures by a closed Catmull-Rom spline. */
function throughPostures(arm: Placed<Arm>, postures: readonly ReachablePosture[], { isFree }: Surroundings): Way {
  const limits = degreesOf(arm.model);
  const { q: start } = postures[0];
  const joints = (part: number, scale: number) => {
    const at = (part - Math.floor(part)) * postures.length;
    const k = Math.floor(at);
    const [a, b, c, d] = [-1, 0, 1, 2].map((i) => postures[(k + i + postures.length) % postures.length].q);
    const t = at - k;
    return start.map((from, j) => {
      const slope = c[j] - a[j];
      const bend = 2 * a[j] - 5 * b[j] + 4 * c[j] - d[j];
      const twist = 3 * (b[j] - c[j]) + d[j] - a[j];
      return from + scale * (b[j] + 0.5 * t * (slope + t * (bend + t * twist)) - from);
    });
  };
  const isWithin = (q: Float64Array) =>
    limits.every(({ low = -Infinity, high = Infinity }, j) => low <= q[j] && q[j] <= high);
  return {
    tip: (part, scale) => forwardKinematics(arm, joints(part, scale)).tip.position,
    follow(scale) {
      const followed = Array.from({ length: samples }, (_, i) => joints(i / samples, scale));
      return followed.every((q) => isWithin(q) && isFree(forwardKinematics(arm, q))) ? followed : null;
    },
  };
}

function scaled([x, y, z]: Vec3, by: number): Vec3 {
  return [x * by, y * by, z * by];
}

function unit(v: Vec3): Vec3 {
  return scaled(v, 1 / norm(v));
}
