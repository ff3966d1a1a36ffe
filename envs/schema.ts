/** Shapes of plain data as files and modules of users may hold it; strict, because it comes from outside. */
import * as v from 'valibot';

export const real = v.pipe(v.number(), v.finite());
export const positive = v.pipe(real, v.gtValue(0));
export const nonNegative = v.pipe(real, v.minValue(0));
export const fraction = v.pipe(real, v.minValue(0), v.maxValue(1));
export const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const size = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
export const text = v.string();
const vec3 = v.strictTuple([real, real, real]);
const quat = v.strictTuple([real, real, real, real]);
const frame = v.strictObject({ position: vec3, rotation: quat });

export const field = v.strictObject({
  name: text,
  size,
  unit: text,
  low: v.optional(real),
  high: v.optional(real),
  description: text,
});

const part = v.picklist(['base', 'link', 'joint', 'hand']);
const solids = <More extends v.ObjectEntries>(more: More) =>
  [
    v.strictObject({ kind: v.picklist(['capsule', 'cylinder']), from: vec3, to: vec3, radius: positive, ...more }),
    v.strictObject({
      kind: v.literal('box'),
      center: vec3,
      size: v.strictTuple([positive, positive, positive]),
      ...more,
    }),
    v.strictObject({ kind: v.literal('sphere'), center: vec3, radius: positive, ...more }),
  ] as const;
const collider = v.variant('kind', solids({}));
const mesh = v.strictObject({ kind: v.literal('mesh'), tensor: text, part });
const visual = v.variant('kind', [...solids({ part }), mesh]);

const body = v.strictObject({
  name: text,
  inertial: v.optional(
    v.strictObject({ mass: real, center: vec3, inertia: v.strictTuple([real, real, real, real, real, real]) }),
  ),
  colliders: v.array(collider),
  visuals: v.array(visual),
});

const joint = v.strictObject({
  name: text,
  kind: v.picklist(['fixed', 'revolute', 'continuous', 'prismatic', 'free']),
  parent: text,
  child: text,
  frame,
  axis: vec3,
  low: v.optional(real),
  high: v.optional(real),
  motor: v.optional(v.strictObject({ stiffness: nonNegative, damping: nonNegative, maxForce: nonNegative })),
  damping: v.optional(nonNegative),
  mimic: v.optional(v.strictObject({ joint: text, multiplier: real, offset: real })),
});

const model = {
  name: text,
  bodies: v.array(body),
  joints: v.array(joint),
  sites: v.array(v.strictObject({ name: text, body: text, frame })),
};

export const arm = v.strictObject({
  ...model,
  description: text,
  home: v.array(real),
  tip: text,
  gripper: v.optional(v.strictObject({ joints: v.array(text) })),
});

const placed = v.strictObject({ model: v.strictObject(model), frame });

export const scene = v.strictObject({
  arm: v.strictObject({ model: arm, frame }),
  objects: v.array(placed),
  fixed: v.array(placed),
  gravity: real,
  contacts: v.optional(v.boolean()),
});

/** What is wrong with a value, in words: where, what was expected and what was found. */
export function complaintOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  if (issue.received === 'undefined') return `${path} is missing`;
  const isInWords = ['custom', 'check', 'regex', 'union'].includes(issue.type);
  const expected = (isInWords ? issue.message : issue.expected) ?? issue.type;
  return `${path}: expected ${expected.replace(/^>=/, 'at least ').replace(/^>/, 'more than ')}, found ${issue.received}`;
}
