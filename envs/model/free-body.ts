import {
  add,
  fromXAxisTo,
  identity,
  multiply,
  norm,
  type Quat,
  rotate,
  subtract,
  type Vec3,
} from '../math/rotation.ts';
import { DefinitionError } from './definition-error.ts';
import { placed } from './inertia.ts';
import { treeOf } from './tree.ts';
import type { Body, Collider, Frame, Inertial, Model, Placed, Scene, ShapePart, Visual } from './types.ts';
import { type Measures, unitMoments } from './unit-moments.ts';

/** Things beside the arm: what can be moved, and what stands. */

/** What a thing is made of. */
export interface Thing {
  readonly name: string;
  readonly shape: Collider;
  /** Where it is at first, m; at the origin if not given. */
  readonly position?: Vec3;
  readonly rotation?: Quat;
  /** Coulomb's coefficient, multiplied by that of what it touches; 0.5 if not given. */
  readonly friction?: number;
}

/**
 * A body that moves freely, of one density.
 * @param inertial its mass properties; those of its shape if not given
 * @throws DefinitionError for a hull, or a mass that is none, without mass properties
 */
export function freeBody(thing: Thing & { readonly mass: number; readonly inertial?: Inertial }): Placed {
  const { name, shape, mass } = thing;
  const inertial = thing.inertial ?? inertialOf(name, shape, mass);
  const root = `${name}-start`;
  return {
    frame: frameOf(thing),
    model: {
      name,
      bodies: [
        { name: root, colliders: [], visuals: [] },
        { ...bodyOf(thing, 'object'), inertial },
      ],
      joints: [{ name: `${name}-free`, kind: 'free', parent: root, child: name, frame: noFrame, axis: [0, 0, 1] }],
      sites: [],
    },
  };
}

/** A body that stands still. */
export function fixedBody(thing: Thing): Placed {
  return {
    frame: frameOf(thing),
    model: { name: thing.name, bodies: [bodyOf(thing, 'surface')], joints: [], sites: [] },
  };
}

/** The one body of an object, and where it is at first in the world. */
export interface FreeBody {
  readonly body: Body;
  readonly frame: Frame;
}

/** The free bodies of a scene, in the order in which they follow those of the arm. */
export function freeBodiesOf({ objects }: Scene): FreeBody[] {
  return objects.map(({ model, frame: { position, rotation } }) => {
    const { frame } = model.joints[0];
    const at = add(position, rotate(rotation, frame.position));
    return { body: treeOf(model).bodies[0], frame: { position: at, rotation: multiply(rotation, frame.rotation) } };
  });
}

/** How many bodies move. */
export function bodyCountOf({ arm, objects }: Scene): number {
  return treeOf(arm.model).bodies.length + objects.length;
}

/** Names of all bodies that move: those of the arm, then the free ones. */
export function movingBodiesOf(scene: Scene): string[] {
  const ofArm = treeOf(scene.arm.model).bodies.map(({ name }) => name);
  return [...ofArm, ...freeBodiesOf(scene).map(({ body }) => body.name)];
}

/** Names of the bodies that can touch: those that move, then the arm's root, then what stands. */
export function touchingBodiesOf(scene: Scene): string[] {
  const standing = scene.fixed.map(({ model }) => model.bodies[0].name);
  return [...movingBodiesOf(scene), scene.arm.model.bodies[0].name, ...standing];
}

/**
 * Holds the things of a scene to what can be simulated.
 * @throws DefinitionError that names the thing, and what it lacks
 */
export function checkThings(scene: Scene): void {
  for (const { model } of scene.objects) checkObject(model);
  for (const { model } of scene.fixed) {
    if (model.joints.length) throw new DefinitionError(`model ${model.name}: it stands still, and has joints`);
  }
  const names = touchingBodiesOf(scene);
  const twice = names.find((name, i) => names.indexOf(name) < i);
  if (twice) throw new DefinitionError(`two bodies of the scene are named ${twice}`);
  if (scene.objects.length && !scene.contacts) {
    throw new DefinitionError('the scene has objects, and no contacts: they would fall through all that stands');
  }
}

function checkObject(model: Model): void {
  const fail = (what: string): never => {
    throw new DefinitionError(`model ${model.name}: ${what}`);
  };
  const [joint, ...more] = model.joints;
  if (more.length || joint?.kind !== 'free') fail('an object is expected to be one body on one free joint');
  const [{ name, inertial, colliders }] = treeOf(model).bodies;
  if (!inertial || !(inertial.mass > 0)) fail(`body ${name}: it has no mass`);
  if (!colliders.length) fail(`body ${name}: it has no colliders, and would fall through all that stands`);
}

const noFrame: Frame = { position: [0, 0, 0], rotation: identity };

function frameOf({ position = [0, 0, 0], rotation = identity }: Thing): Frame {
  return { position, rotation };
}

function bodyOf({ name, shape, friction }: Thing, part: ShapePart): Body {
  const visuals: Visual[] = shape.kind === 'hull' ? [] : [{ ...shape, part }];
  return { name, colliders: [shape], visuals, ...(friction !== undefined && { friction }) };
}

function inertialOf(name: string, shape: Collider, mass: number): Inertial {
  if (!(mass > 0)) throw new DefinitionError(`model ${name}: its mass is ${mass} kg, expected more than 0`);
  if (shape.kind === 'hull') throw new DefinitionError(`model ${name}: of a hull its inertial is expected, too`);
  const { position, rotation, ...measures } = layOut(shape);
  const [xx, yy, zz] = unitMoments(measures).moments.map((moment) => mass * moment);
  return placed({ mass, center: [0, 0, 0], inertia: [xx, yy, zz, 0, 0, 0] }, position, rotation);
}

/** A solid by its measures, along the z axis of a frame in its middle. */
function layOut(shape: Exclude<Collider, { kind: 'hull' }>): Measures & Frame {
  if (shape.kind === 'box')
    return { kind: 'box', size: shape.size, position: shape.center, rotation: shape.rotation ?? identity };
  if (shape.kind === 'sphere')
    return { kind: 'sphere', radius: shape.radius, position: shape.center, rotation: identity };
  const { length, middle, along } = rodOf(shape);
  // z to x, and that to the rod's direction.
  const rotation = multiply(fromXAxisTo(along), [0, Math.SQRT1_2, 0, Math.SQRT1_2]);
  return { kind: shape.kind, radius: shape.radius, length, position: middle, rotation };
}

/** Middle, length and direction of a solid from one point to another. */
export function rodOf({ from, to }: { readonly from: Vec3; readonly to: Vec3 }): {
  readonly middle: Vec3;
  readonly length: number;
  readonly along: Vec3;
} {
  const way = subtract(to, from);
  const length = norm(way);
  const [x, y, z] = add(from, to);
  const along: Vec3 = length > 0 ? [way[0] / length, way[1] / length, way[2] / length] : [0, 0, 1];
  return { middle: [x / 2, y / 2, z / 2], length, along };
}
