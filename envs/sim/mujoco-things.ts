import { fromXAxisTo, multiply, type Quat } from '../math/rotation.ts';
import { freeBodiesOf, rodOf, touchingBodiesOf } from '../model/free-body.ts';
import { treeOf } from '../model/tree.ts';
import type { Body, Collider, Frame, Scene } from '../model/types.ts';
import { mayTouch, pairOf, usualFriction } from './contact-simulation.ts';
import { type Additions, inertialElement, placeAttributes } from './mujoco-model.ts';
import type { ColliderGroup } from './rapier.ts';

/** What touches, and what stands or lies about, in MuJoCo's own format. */
export interface Things extends Additions {
  /** The geoms' names, and the place of each one's body among those that touch. */
  readonly geoms: readonly Geom[];
}

/** A collider, and the place of its body among those that touch. */
export interface Geom {
  readonly name: string;
  readonly body: number;
  readonly group: ColliderGroup;
  readonly friction: number;
}

/**
 * Contacts as stiff as a small step allows, that give way by less than a millimetre, with Coulomb's friction alone: MuJoCo's usual ones
 * let a cube sink and creep.
 */
const contact = 'condim="3" solref="0.005 1" solimp="0.95 0.99 0.001"';

/** @param apart bodies that pass through each other, as `pairOf` names them */
export function thingsOf(scene: Scene, apart: ReadonlySet<string>): Things {
  const { model } = scene.arm;
  const names = touchingBodiesOf(scene);
  const geoms: Geom[] = [];
  const assets: string[] = [];
  const geomsOf = ({ name, colliders, friction = usualFriction }: Body, group: ColliderGroup): string =>
    colliders
      .map((shape) => {
        const geom = { name: `geom${geoms.length}`, body: names.indexOf(name), group, friction };
        geoms.push(geom);
        if (shape.kind === 'hull') assets.push(`<mesh name="${geom.name}" vertex="${shape.points.flat().join(' ')}"/>`);
        return geomElement(geom.name, shape);
      })
      .join('');
  const group = scene.selfContacts ? 'limb' : 'arm';
  const root = geomsOf(model.bodies[0], group);
  const links = treeOf(model).bodies.map((body) => geomsOf(body, group));
  const free = freeBodiesOf(scene).map(
    ({ body, frame }, i) => `<body name="free${i}" ${placeAttributes(frame)}><freejoint name="free${i}"/>
      ${body.inertial ? inertialElement(body.inertial) : ''}${geomsOf(body, 'free')}</body>`,
  );
  const standing = scene.fixed.map(
    ({ model: thing, frame }) => `<body ${placeAttributes(frame)}>${geomsOf(thing.bodies[0], 'standing')}</body>`,
  );
  const isStill = ({ body, group }: Geom) => group === 'standing' || names[body] === model.bodies[0].name;
  const pairs = geoms.flatMap((a, i) =>
    geoms
      .slice(i + 1)
      .filter((b) => mayTouch(a, b) && !(isStill(a) && isStill(b)) && !apart.has(pairOf(names[a.body], names[b.body])))
      .map((b) => pairElement(a, b)),
  );
  return {
    root,
    links,
    bodies: [...free, ...standing].join(''),
    assets: assets.join(''),
    pairs: pairs.join(''),
    geoms,
  };
}

/** Two bodies rub by the product of their coefficients, where MuJoCo by itself takes the greater one. */
function pairElement(a: Geom, b: Geom): string {
  const friction = a.friction * b.friction;
  return `<pair geom1="${a.name}" geom2="${b.name}" friction="${friction} ${friction} 0 0 0" ${contact}/>`;
}

/** A geom that touches nothing but by a pair, and weighs nothing. */
function geomElement(name: string, shape: Collider): string {
  const { type, size, frame } = solidOf(shape);
  const measures = shape.kind === 'hull' ? `mesh="${name}"` : `size="${size.join(' ')}"`;
  return `<geom name="${name}" type="${type}" ${measures} ${placeAttributes(frame)} mass="0" contype="0" conaffinity="0"/>`;
}

const still: Frame = { position: [0, 0, 0], rotation: [0, 0, 0, 1] };

/** A quarter turn that brings +Z to +X. */
const fromZToX: Quat = [0, Math.SQRT1_2, 0, Math.SQRT1_2];

/** A solid as MuJoCo has it: half lengths, and rods along z. */
function solidOf(shape: Collider): { readonly type: string; readonly size: readonly number[]; readonly frame: Frame } {
  switch (shape.kind) {
    case 'box':
      return {
        type: 'box',
        size: shape.size.map((side) => side / 2),
        frame: { position: shape.center, rotation: shape.rotation ?? still.rotation },
      };
    case 'sphere':
      return { type: 'sphere', size: [shape.radius], frame: { ...still, position: shape.center } };
    case 'hull':
      return { type: 'mesh', size: [], frame: still };
    default: {
      const { middle, length, along } = rodOf(shape);
      const frame = { position: middle, rotation: multiply(fromXAxisTo(along), fromZToX) };
      return { type: shape.kind, size: [shape.radius, length / 2], frame };
    }
  }
}
