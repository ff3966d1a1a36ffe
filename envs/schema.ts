/**
 * Shapes of plain data as files and modules of users may hold it; strict, because it comes from outside. Its limits are far beyond
 * what an arm has, and keep what is drawn and listed within what can be.
 */
import * as v from 'valibot';

export const real = v.pipe(v.number(), v.finite());
export const positive = v.pipe(real, v.gtValue(0));
export const nonNegative = v.pipe(real, v.minValue(0));
export const fraction = v.pipe(real, v.minValue(0), v.maxValue(1));
export const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
export const size = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
export const text = v.pipe(v.string(), v.maxLength(1000));

/** A number within bounds, which messages name with the unit. */
const within = (low: number, high: number, unit = '') =>
  v.pipe(
    real,
    v.check((value) => value >= low && value <= high, `a number from ${low} to ${high} ${unit}`.trimEnd()),
  );

/** A list of so many at most. */
const listOf = <T>(item: v.GenericSchema<unknown, T>, most = 256) => v.pipe(v.array(item), v.maxLength(most));

export const seconds = within(1e-6, 1000, 's');
/** Of a solid, or of what counts as reached. */
export const extent = within(1e-6, 1000, 'm');
/** Of a turn that counts as reached. */
export const turn = within(1e-6, 1000, 'rad');
/** Of what an observation, an action or a joint can be, in its own unit. */
const bound = within(-1e12, 1e12);
const coordinate = within(-1000, 1000, 'm');
/** What a full action asks for, rad, m or N m. */
export const actionScale = within(-1e6, 1e6, 'rad, m or N m');
const vec3 = v.strictTuple([coordinate, coordinate, coordinate]);

/** Numbers of length 1, but for what rounding them by hand leaves. */
const unit = <T extends readonly number[]>(numbers: v.GenericSchema<unknown, T>, what: string) =>
  v.pipe(
    numbers,
    v.check((values) => Math.abs(Math.hypot(...values) - 1) < 0.1, `${what} of length 1`),
  );
const direction = unit(v.strictTuple([real, real, real]), 'an axis');
const quat = unit(v.strictTuple([real, real, real, real]), 'a quaternion x y z w');
const frame = v.strictObject({ position: vec3, rotation: quat });

export const field = v.strictObject({
  name: text,
  size: v.pipe(size, v.maxValue(10_000)),
  unit: text,
  low: v.optional(bound),
  high: v.optional(bound),
  description: text,
});

export const fields = listOf(field);
export const names = listOf(text);

/** The fields of an action; each of its numbers has a row and a curve of its own. */
export const actionFields = v.pipe(
  fields,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const total = dataset.value.reduce((sum, each) => sum + each.size, 0);
    if (total > 256) addIssue({ message: '', expected: 'at most 256 numbers in all', received: String(total) });
  }),
);

/** What is drawn where parameters say. */
export const marker = v.strictObject({
  param: text,
  body: v.optional(text),
  radius: v.optional(extent),
  rotation: v.optional(text),
  angle: v.optional(turn),
});

const part = v.picklist(['base', 'link', 'joint', 'hand', 'object', 'surface']);
const solids = <More extends v.ObjectEntries>(more: More) =>
  [
    v.strictObject({ kind: v.picklist(['capsule', 'cylinder']), from: vec3, to: vec3, radius: extent, ...more }),
    v.strictObject({
      kind: v.literal('box'),
      center: vec3,
      size: v.strictTuple([extent, extent, extent]),
      rotation: v.optional(quat),
      ...more,
    }),
    v.strictObject({ kind: v.literal('sphere'), center: vec3, radius: extent, ...more }),
  ] as const;
const hull = v.strictObject({ kind: v.literal('hull'), points: v.pipe(listOf(vec3), v.minLength(4)) });
const collider = v.variant('kind', [...solids({}), hull]);
const meshName = v.pipe(text, v.regex(/^mesh\.[0-9a-f]{16}$/, 'mesh. and 16 hex digits'));
const mesh = v.strictObject({ kind: v.literal('mesh'), tensor: meshName, frame, low: vec3, high: vec3, part });
const visual = v.variant('kind', [...solids({ part }), mesh]);

const body = v.strictObject({
  name: text,
  inertial: v.optional(
    v.strictObject({ mass: real, center: vec3, inertia: v.strictTuple([real, real, real, real, real, real]) }),
  ),
  colliders: v.array(collider),
  friction: v.optional(within(0, 1000)),
  visuals: v.array(visual),
});

const joint = v.strictObject({
  name: text,
  kind: v.picklist(['fixed', 'revolute', 'continuous', 'prismatic', 'free']),
  parent: text,
  child: text,
  frame,
  axis: direction,
  low: v.optional(bound),
  high: v.optional(bound),
  motor: v.optional(
    v.strictObject({
      stiffness: nonNegative,
      damping: nonNegative,
      maxForce: nonNegative,
      maxSpeed: v.optional(positive),
    }),
  ),
  damping: v.optional(nonNegative),
  maxVelocity: v.optional(nonNegative),
  mimic: v.optional(v.strictObject({ joint: text, multiplier: real, offset: real })),
});

const mostSolids = 1000;

const bodies = v.pipe(
  listOf(body),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const solids = dataset.value.reduce((sum, each) => sum + each.colliders.length + each.visuals.length, 0);
    const expected = `at most ${mostSolids} solids in all`;
    if (solids > mostSolids) addIssue({ message: expected, expected, received: String(solids) });
  }),
);

const model = {
  name: text,
  bodies,
  joints: listOf(joint),
  sites: listOf(v.strictObject({ name: text, body: text, frame })),
};

export const arm = v.strictObject({
  ...model,
  description: text,
  home: listOf(real),
  tip: text,
  gripper: v.optional(v.strictObject({ joints: names })),
});

const placed = v.strictObject({ model: v.strictObject(model), frame });

export const scene = v.strictObject({
  arm: v.strictObject({ model: arm, frame }),
  objects: listOf(placed),
  fixed: listOf(placed),
  gravity: within(-1000, 1000, 'm/s^2'),
  contacts: v.optional(v.boolean()),
  selfContacts: v.optional(v.boolean()),
});

/** What is wrong with a value, in words: where, what was expected and what was found. */
export function complaintOf(issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue);
  if (issue.received === 'undefined') return `${path} is missing`;
  return `${path}: expected ${expectedIn(issue)}, found ${issue.received}`;
}

/** What was expected of a value, in words. */
export function expectedIn({ type, message, expected }: v.BaseIssue<unknown>): string {
  const isInWords = ['custom', 'check', 'regex', 'union'].includes(type);
  const words = (isInWords ? message : expected) ?? type;
  return words.replace(/^>=/, 'at least ').replace(/^<=/, 'at most ').replace(/^>/, 'more than ');
}
