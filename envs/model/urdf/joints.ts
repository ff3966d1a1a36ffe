import { norm, type Vec3 } from '../../math/rotation.ts';
import type { Frame } from '../types.ts';
import { childOf, nameOf, numberOf, optionalNumberOf, originOf, textOf, vectorOf } from './values.ts';
import { quoted } from './words.ts';
import { type Element, fail } from './xml.ts';

/** A joint as the file has it. */
export interface UrdfJoint {
  readonly name: string;
  readonly element: Element;
  readonly kind: 'fixed' | 'revolute' | 'continuous' | 'prismatic';
  readonly parent: string;
  readonly child: string;
  readonly frame: Frame;
  /** Of length 1. */
  readonly axis: Vec3;
  /** Absent where the file sets no bounds. */
  readonly limits?: { readonly low: number; readonly high: number };
  /** What stands in the file where its bounds are too far away to be any. */
  readonly beyond?: { readonly element: Element; readonly low: number; readonly high: number };
  /** N m or N, and rad/s or m/s; absent where the file has none, or zero. */
  readonly effort?: number;
  readonly velocity?: number;
  readonly damping: number;
  readonly mimic?: { readonly joint: string; readonly multiplier: number; readonly offset: number };
}

const kinds = ['fixed', 'revolute', 'continuous', 'prismatic'] as const;
const degrees: Readonly<Record<string, string>> = { floating: 'six degrees', planar: 'three degrees' };

/** @throws UrdfError that names what is missing or cannot be */
export function readJoint(element: Element, notes: string[]): UrdfJoint {
  const name = nameOf(element);
  const kind = kindOf(element);
  const linkOf = (end: 'parent' | 'child') => {
    const link = childOf(element, end, notes);
    return link ? nameOf(link, 'link') : fail(element, `expected <${end} link="..">, found none`);
  };
  const base = { name, element, kind, parent: linkOf('parent'), child: linkOf('child') };
  const frame = originOf(element, notes);
  if (kind === 'fixed') return { ...base, kind, frame, axis: [0, 0, 1], damping: 0 };
  const axisElement = childOf(element, 'axis', notes);
  const limit = childOf(element, 'limit', notes);
  return {
    ...base,
    frame,
    axis: axisElement ? axisOf(axisElement) : usualAxis(base, notes),
    ...limitsOf(kind, limit, notes),
    effort: atLeastNothing(limit, 'effort', notes),
    velocity: atLeastNothing(limit, 'velocity', notes),
    damping: dampingOf(element, notes),
    mimic: mimicOf(element, notes),
  };
}

function kindOf(element: Element): UrdfJoint['kind'] {
  const type = textOf(element, 'type');
  const known = kinds.find((kind) => kind === type);
  if (known) return known;
  const expected = `expected a joint that is ${kinds.join(', ').replace(/, (\w+)$/, ' or $1')}`;
  if (!Object.hasOwn(degrees, type)) return fail(element, `${expected}, found ${quoted(type)}`);
  const what = `a ${type} one, which moves in ${degrees[type]} that no motor drives; "fixed" would hold it still`;
  return fail(element, `${expected}, found ${what}`);
}

function usualAxis({ kind, element }: Pick<UrdfJoint, 'kind' | 'element'>, notes: string[]): Vec3 {
  const moves = kind === 'prismatic' ? 'slides along' : 'turns about';
  notes.push(`line ${element.line}: ${element.element} has no <axis>: it ${moves} 1 0 0, as URDF has it`);
  return [1, 0, 0];
}

function axisOf(element: Element): Vec3 {
  const [x, y, z] = vectorOf(element, 'xyz');
  // Scaled first: squares of tiny or huge numbers would vanish or overflow.
  const largest = Math.max(Math.abs(x), Math.abs(y), Math.abs(z));
  if (largest === 0) fail(element, 'expected the direction that the joint moves about or along, found 0 0 0');
  const scale = largest > 1e-100 && largest < 1e100 ? 1 : largest;
  const scaled: Vec3 = [x / scale, y / scale, z / scale];
  const length = norm(scaled);
  if (Math.abs(length - 1) < 1e-15) return scaled;
  return [scaled[0] / length, scaled[1] / length, scaled[2] / length];
}

/** Farthest limit that is one, rad or m: beyond it a file says "none" in numbers. */
export const farthestLimit = 1000;

function limitsOf(
  kind: UrdfJoint['kind'],
  limit: Element | undefined,
  notes: string[],
): Pick<UrdfJoint, 'limits' | 'beyond'> {
  const [lower, upper] = [optionalNumberOf(limit, 'lower'), optionalNumberOf(limit, 'upper')];
  if (!limit || (lower === undefined && upper === undefined)) return {};
  if (kind === 'continuous') {
    if (lower || upper) notes.push(`line ${limit.line}: ${limit.element}: a continuous joint has no bounds; ignored`);
    return {};
  }
  const [low, high] = [lower ?? 0, upper ?? 0];
  if (lower === undefined || upper === undefined) {
    const missing = lower === undefined ? 'lower' : 'upper';
    notes.push(`line ${limit.line}: ${limit.element} has no ${missing}: 0, as URDF has it`);
  }
  if (low > high) fail(limit, `expected lower to be at most upper, found ${low} and ${high}`);
  if (low < -farthestLimit || high > farthestLimit) {
    const found = `${low} to ${high} is beyond ${farthestLimit}`;
    notes.push(`line ${limit.line}: ${limit.element}: ${found}: taken as none`);
    return { beyond: { element: limit, low, high } };
  }
  return { limits: { low, high } };
}

function atLeastNothing(limit: Element | undefined, attribute: 'effort' | 'velocity', notes: string[]) {
  const value = optionalNumberOf(limit, attribute);
  if (!limit || value === undefined) return undefined;
  if (value < 0)
    fail(limit, `expected an ${attribute} of at least 0, found ${value}`.replace('an velocity', 'a velocity'));
  if (value > 0) return value;
  notes.push(`line ${limit.line}: ${limit.element}: ${attribute} 0 is taken as not given`);
  return undefined;
}

function dampingOf(joint: Element, notes: string[]): number {
  const dynamics = childOf(joint, 'dynamics', notes);
  if (!dynamics) return 0;
  const [damping, friction] = [numberOf(dynamics, 'damping', 0), numberOf(dynamics, 'friction', 0)];
  if (damping < 0) fail(dynamics, `expected a damping of at least 0, found ${damping}`);
  if (friction < 0) fail(dynamics, `expected a friction of at least 0, found ${friction}`);
  if (friction > 0) notes.push(`line ${dynamics.line}: ${dynamics.element}: friction ${friction} is not simulated`);
  return damping;
}

function mimicOf(joint: Element, notes: string[]): UrdfJoint['mimic'] {
  const mimic = childOf(joint, 'mimic', notes);
  if (!mimic) return undefined;
  return {
    joint: nameOf(mimic, 'joint'),
    multiplier: numberOf(mimic, 'multiplier', 1),
    offset: numberOf(mimic, 'offset', 0),
  };
}
