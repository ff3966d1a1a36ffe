/** The header of a recording as a file may hold it; strict, because it comes from outside. */
import * as v from 'valibot';
import { dynamicsNames } from '../dynamics/fields.ts';
import { jointNamesOf } from '../model/tree.ts';
import type { Model } from '../model/types.ts';
import {
  actionFields,
  actionScale,
  arm,
  fields,
  fraction,
  index,
  marker,
  names,
  real,
  scene,
  seconds,
  size,
  text,
} from '../schema.ts';
import { width } from '../spec.ts';
import { FileError } from './errors.ts';
import type { RecordingHeader } from './header.ts';
import { parseJson } from './json.ts';

const spec = v.strictObject({
  name: text,
  obs: fields,
  act: actionFields,
  terms: names,
  params: fields,
  paramsMove: v.boolean(),
  markers: v.pipe(v.array(marker), v.maxLength(256)),
  dynamics: fields,
  controller: v.strictObject({
    kind: v.picklist(['joint-step', 'end-effector-step', 'joint-torque']),
    scale: actionScale,
    scales: v.optional(v.pipe(v.array(actionScale), v.maxLength(256))),
    unit: text,
  }),
  hasSuccess: v.boolean(),
  bodies: names,
  joints: v.optional(names),
  hasContacts: v.optional(v.boolean()),
  dt: seconds,
  horizon: size,
});

/** What names an engine, or its version. */
const word = v.pipe(text, v.regex(/^[\w.+-]{1,64}$/, 'letters, digits, dots and dashes'));

const digest = v.pipe(text, v.regex(/^[0-9a-f]{64}$/));

/** A user's module as files name it. */
export const moduleIdentity = v.strictObject({
  path: v.pipe(text, v.minLength(1), v.maxLength(1000)),
  files: v.record(text, digest),
  packages: v.record(text, text),
});

/** What an environment was made from. */
export const envConfig = v.pipe(
  v.strictObject({
    env: text,
    arm: text,
    options: v.record(text, v.union([real, v.boolean(), text])),
    dynamics: v.optional(v.record(v.picklist(dynamicsNames), v.strictTuple([real, real]))),
    robot: v.optional(arm),
    modules: v.optional(v.strictObject({ task: v.optional(moduleIdentity), arm: v.optional(moduleIdentity) })),
  }),
  v.check(({ arm, robot }) => !robot || robot.name === arm, 'the name of its robot as arm'),
);

const recordingHeader: v.GenericSchema<unknown, RecordingHeader> = v.strictObject({
  env: envConfig,
  spec,
  scene,
  engine: v.optional(v.strictObject({ name: word, version: word })),
  gamma: fraction,
  lambda: fraction,
  nSteps: v.optional(size),
  credit: v.optional(
    v.strictObject({
      bootstrap: v.optional(v.boolean()),
      whole: v.optional(v.boolean()),
      baseline: v.optional(v.pipe(v.array(real), v.minLength(1), v.maxLength(1_000_000))),
    }),
  ),
  cutAfter: v.optional(size),
  ease: v.optional(v.strictObject({ distance: fraction, assisted: fraction })),
  policy: v.strictObject({ name: text, kind: text, trainedSteps: index, squashed: v.optional(v.boolean()) }),
});

/** The header's JSON; checked, so that nothing is written that cannot be read. */
export function writeHeader(header: RecordingHeader): string {
  return JSON.stringify(parseHeader(JSON.stringify(header), 'recording'));
}

/** @throws FileError where the text is no header, or one of its parts names what is not in another */
export function parseHeader(text: string, file: string): RecordingHeader {
  const header: RecordingHeader = parseJson(recordingHeader, text, file, 'header');
  checkReferences(header, file);
  return header;
}

const namesOf = (all: readonly { readonly name: string }[]) => all.map(({ name }) => name);

/** Names point at bodies, sites and parameters that are there; the tip is on a body that moves. */
function checkReferences({ spec, scene }: RecordingHeader, file: string): void {
  const { model } = scene.arm;
  const expect = (place: string, expected: readonly string[], found: string) => {
    if (expected.includes(found)) return;
    const names = expected.length ? expected.join(', ') : 'no name';
    throw new FileError('inconsistent', file, { place: `header.${place}`, expected: names, found });
  };
  checkTree('scene.arm.model', model, expect);
  scene.objects.forEach((object, i) => {
    checkTree(`scene.objects.${i}.model`, object.model, expect);
    expect(`scene.objects.${i}.model.joints`, ['one free joint'], objectJoints(object.model));
  });
  scene.fixed.forEach((thing, i) => {
    checkTree(`scene.fixed.${i}.model`, thing.model, expect);
  });
  const moving = model.joints.map((joint) => joint.child);
  if (spec.joints) expect('spec.joints', [jointNamesOf(model).join(', ')], spec.joints.join(', '));
  const free = scene.objects.flatMap((object) => object.model.joints.map((joint) => joint.child));
  expect('scene.arm.model.joints', [spec.bodies.join(', ')], [...moving, ...free].join(', '));
  expect('spec.hasContacts', [String(scene.contacts === true)], String(spec.hasContacts === true));
  const sites = model.sites.filter((site) => moving.includes(site.body));
  expect('scene.arm.model.tip', namesOf(sites), model.tip);
  const { scales } = spec.controller;
  if (scales) expect('spec.controller.scales', [`${width(spec.act)} numbers`], `${scales.length} numbers`);
  spec.markers.forEach(({ param, rotation, body }, i) => {
    const points = spec.params.filter(({ size }) => size >= 3);
    expect(`spec.markers.${i}.param`, namesOf(points), param);
    if (body !== undefined) expect(`spec.markers.${i}.body`, spec.bodies, body);
    const turns = spec.params.filter(({ size }) => size === 4);
    if (rotation !== undefined) expect(`spec.markers.${i}.rotation`, namesOf(turns), rotation);
  });
}

function objectJoints({ joints }: Model): string {
  return joints.length === 1 && joints[0].kind === 'free'
    ? 'one free joint'
    : joints.map(({ kind }) => kind).join(', ');
}

type Expect = (place: string, expected: readonly string[], found: string) => void;

/** A joint hangs its child, which hangs on no other, on the root or on a child before it. */
function checkTree(place: string, { bodies, joints, sites }: Model, expect: Expect): void {
  const names = namesOf(bodies);
  const carried = names.slice(0, 1);
  joints.forEach(({ parent, child }, i) => {
    expect(`${place}.joints.${i}.parent`, carried, parent);
    const free = names.filter((name) => !carried.includes(name));
    expect(`${place}.joints.${i}.child`, free, child);
    carried.push(child);
  });
  expect(`${place}.bodies`, [String(carried.length)], String(names.length));
  sites.forEach(({ body }, i) => {
    expect(`${place}.sites.${i}.body`, names, body);
  });
}
