/** The header of a recording as a file may hold it; strict, because it comes from outside. */
import * as v from 'valibot';
import type { RecordingHeader } from './types.ts';

const real = v.pipe(v.number(), v.finite());
const positive = v.pipe(real, v.gtValue(0));
const fraction = v.pipe(real, v.minValue(0), v.maxValue(1));
const index = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const size = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const text = v.string();
const vec3 = v.strictTuple([real, real, real]);
const quat = v.strictTuple([real, real, real, real]);

const field = v.strictObject({
  name: text,
  size,
  unit: text,
  low: v.optional(real),
  high: v.optional(real),
  description: text,
});

const spec = v.strictObject({
  name: text,
  obs: v.array(field),
  act: v.array(field),
  terms: v.array(text),
  bodies: v.array(text),
  dt: positive,
  horizon: size,
});

const part = v.picklist(['base', 'link', 'joint', 'hand']);
const rod = { from: vec3, to: vec3, radius: positive, part };
const shape = v.variant('kind', [
  v.strictObject({ kind: v.literal('capsule'), ...rod }),
  v.strictObject({ kind: v.literal('cylinder'), ...rod }),
  v.strictObject({ kind: v.literal('box'), center: vec3, size: v.strictTuple([positive, positive, positive]), part }),
  v.strictObject({ kind: v.literal('sphere'), center: vec3, radius: positive, part }),
]);

const joint = v.strictObject({
  name: text,
  kind: v.literal('revolute'),
  parent: v.pipe(v.number(), v.safeInteger(), v.minValue(-1)),
  child: index,
  position: vec3,
  rotation: quat,
  axis: vec3,
  low: v.optional(real),
  high: v.optional(real),
});

const scene = v.strictObject({
  arm: text,
  base: v.strictObject({ position: vec3, rotation: quat, shapes: v.array(shape) }),
  bodies: v.array(v.strictObject({ name: text, shapes: v.array(shape) })),
  joints: v.array(joint),
  endEffector: v.strictObject({ body: index, position: vec3 }),
  action: v.strictObject({
    kind: v.picklist(['joint-step', 'end-effector-step', 'joint-torque']),
    scale: real,
    unit: text,
  }),
  goalRadius: v.pipe(real, v.minValue(0)),
});

export const recordingHeader: v.GenericSchema<unknown, RecordingHeader> = v.strictObject({
  env: v.strictObject({
    env: text,
    arm: text,
    options: v.record(text, v.union([real, v.boolean(), text])),
  }),
  spec,
  scene,
  gamma: fraction,
  lambda: fraction,
  policy: v.strictObject({ name: text, kind: text, trainedSteps: index, squashed: v.optional(v.boolean()) }),
});
