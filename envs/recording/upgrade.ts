/** What earlier versions wrote, as this one reads it. */
import * as v from 'valibot';
import { identity } from '../math/rotation.ts';
import { FileError } from './errors.ts';
import type { RecordingHeader } from './header.ts';
import { boundedJson, checked } from './json.ts';
import type { Safetensors, Tensor } from './safetensors.ts';

type OfEnvironment = Pick<RecordingHeader, 'spec' | 'scene'>;

/** The one field of an episode's parameters in version 1, but for its size and unit. */
const goal = { name: 'goal', description: 'where the end effector is to be' };

const text = v.string();
const unknowns = v.array(v.unknown());
const frame = { position: v.unknown(), rotation: v.unknown() };

/** The parts of a version 1 header that have changed; the rest is checked once it is upgraded. */
const versionOne = v.looseObject({
  env: v.looseObject({ options: v.looseObject({ gravity: v.optional(v.number()) }) }),
  spec: v.looseObject({ bodies: v.array(text) }),
  scene: v.strictObject({
    arm: text,
    base: v.strictObject({ ...frame, shapes: unknowns }),
    bodies: v.array(v.strictObject({ name: text, shapes: unknowns })),
    joints: v.array(
      v.looseObject({
        kind: v.literal('revolute'),
        parent: v.number(),
        child: v.number(),
        low: v.optional(v.number()),
        ...frame,
      }),
    ),
    endEffector: v.strictObject({ body: v.number(), position: v.unknown() }),
    action: v.unknown(),
    goalRadius: v.pipe(v.number(), v.minValue(0)),
  }),
});

/**
 * The header of a recording of version 1 as one of version 2. There the world was one arm, its bodies were named by index, and
 * an episode had a goal, with a radius of 0 where it could not be reached. What the arm weighs, and its motors, were not kept.
 * @throws FileError where the text is no such header
 */
export function upgradeHeader(json: string, file: string): string {
  const header = checked(versionOne, boundedJson(json, file, 'header'), file, 'header');
  const { gravity = 9.81 } = header.env.options;
  const { arm, base, bodies, joints, endEffector, action, goalRadius } = header.scene;
  const nameOf = (place: string, index: number): string => {
    if (index === -1) return 'base';
    const found = bodies[index]?.name;
    if (found !== undefined) return found;
    throw new FileError('inconsistent', file, {
      place: `header.scene.${place}`,
      expected: `a body from 0 to ${bodies.length - 1}`,
      found: String(index),
    });
  };
  const model = {
    name: arm,
    description: '',
    bodies: [
      { name: 'base', colliders: [], visuals: base.shapes },
      ...bodies.map(({ name, shapes }) => ({ name, colliders: [], visuals: shapes })),
    ],
    joints: joints.map(({ position, rotation, parent, child, ...rest }, i) => ({
      ...rest,
      kind: rest.low === undefined ? 'continuous' : 'revolute',
      parent: nameOf(`joints.${i}.parent`, parent),
      child: nameOf(`joints.${i}.child`, child),
      frame: { position, rotation },
    })),
    sites: [
      {
        name: 'tip',
        body: nameOf('endEffector.body', endEffector.body),
        frame: { position: endEffector.position, rotation: [0, 0, 0, 1] },
      },
    ],
    home: [],
    tip: 'tip',
  };
  const spec = {
    ...header.spec,
    params: [{ ...goal, size: 3, unit: 'm' }],
    paramsMove: false,
    markers: [{ param: 'goal', ...(goalRadius > 0 && { radius: goalRadius }) }],
    dynamics: [],
    controller: action,
    hasSuccess: goalRadius > 0,
  };
  const placed = { model, frame: { position: base.position, rotation: base.rotation } };
  return JSON.stringify({ ...header, spec, scene: { arm: placed, objects: [], fixed: [], gravity } });
}

/** The tensors of episodes of version 1: an episode's goal is its parameters now. */
export function upgradeTensors({ goal, ...rest }: Safetensors['tensors']): Record<string, Tensor> {
  return goal ? { ...rest, params: goal } : rest;
}

/** Whether a header was once one of version 1: only there the arm's usual posture is not known. */
export function isOfVersionOne({ scene }: OfEnvironment): boolean {
  return scene.arm.model.home.length === 0 && scene.arm.model.joints.some(({ kind }) => kind !== 'fixed');
}

/** What version 1 kept of an environment, as `upgradeHeader` reads it. */
export function inVersionOne({ spec, scene }: OfEnvironment): OfEnvironment {
  const { model, frame } = scene.arm;
  const { joints: _, ...kept } = spec;
  const arm = {
    ...model,
    description: '',
    bodies: model.bodies.map(({ name, visuals }) => ({ name, colliders: [], visuals })),
    joints: model.joints.map(({ motor: _, damping: __, ...joint }) => joint),
    sites: model.sites.map(({ name, body, frame: { position } }) => ({
      name,
      body,
      frame: { position, rotation: identity },
    })),
    home: [],
  };
  return {
    spec: {
      ...kept,
      params: spec.params.map(({ size, unit }) => ({ ...goal, size, unit })),
      markers: spec.markers.map((marker) => ({ ...marker, param: goal.name })),
    },
    scene: { ...scene, arm: { model: arm, frame } },
  };
}
