import { DefinitionError } from './definition-error.ts';
import type { Body, Joint, Model, Site } from './types.ts';

/** A model's tree by index: bodies below the root in the order of the joints that carry them, parents first. */
export interface Tree {
  /** [B] */
  readonly bodies: readonly Body[];
  /** The joint of each body [B]. */
  readonly joints: readonly Joint[];
  /** The body that carries each body [B]; -1 is the root. */
  readonly parents: readonly number[];
  /** Where each body's joint stands among the joints of one degree [B]; -1 where the joint has none. */
  readonly coordinates: readonly number[];
  /** J */
  readonly degrees: number;
  /** Where the joints that are moved by themselves stand among those of one degree, in their order: all but the mimics. */
  readonly driven: readonly number[];
  readonly mimics: readonly Mimic[];
}

/** A joint that follows another, by where the two stand among the joints of one degree: q = multiplier q_leader + offset. */
export interface Mimic {
  readonly coordinate: number;
  /** Moved by itself: where one mimic follows another, the two are made one. */
  readonly leader: number;
  readonly multiplier: number;
  readonly offset: number;
}

/** Names of the joints of one degree, in the order of their coordinates [J]. */
export function jointNamesOf({ joints }: Model): string[] {
  return joints.filter(hasDegree).map(({ name }) => name);
}

const hasDegree = ({ kind }: Joint) => kind !== 'fixed' && kind !== 'free';

const known = new WeakMap<Model, Tree>();

/**
 * The tree of a model, made once.
 * @throws DefinitionError that names the model, and the joint if there is one, where the joints are no tree in order or a
 * mimic follows nothing that moves
 */
export function treeOf(model: Model): Tree {
  const made = known.get(model) ?? makeTree(model);
  known.set(model, made);
  return made;
}

function makeTree({ name, bodies, joints }: Model): Tree {
  const order = [bodies[0]?.name];
  const fail = (joint: Joint, what: string): never => {
    throw new DefinitionError(`model ${name}, joint ${joint.name}: ${what}`);
  };
  const parents: number[] = [];
  for (const joint of joints) {
    const parent = order.indexOf(joint.parent);
    if (parent < 0) fail(joint, `its parent ${joint.parent} is not carried by a joint before it`);
    if (order.includes(joint.child)) fail(joint, `its child ${joint.child} is carried already`);
    if (!bodies.some((body) => body.name === joint.child)) fail(joint, `there is no body ${joint.child}`);
    parents.push(parent - 1);
    order.push(joint.child);
  }
  if (order.length !== bodies.length) throw new DefinitionError(`model ${name}: a body hangs on no joint`);
  let degrees = 0;
  const coordinates = joints.map((joint) => (hasDegree(joint) ? degrees++ : -1));
  const moving = joints.filter(hasDegree);
  return {
    bodies: joints.map((joint) => bodies.find((body) => body.name === joint.child) as Body),
    joints,
    parents,
    coordinates,
    degrees,
    driven: [...moving.keys()].filter((i) => !moving[i].mimic),
    mimics: [...moving.keys()].filter((i) => moving[i].mimic).map((i) => mimicOf(moving, i, fail)),
  };
}

function mimicOf(moving: readonly Joint[], coordinate: number, fail: (joint: Joint, what: string) => never): Mimic {
  let [leader, multiplier, offset, followed] = [coordinate, 1, 0, 0];
  for (let { mimic } = moving[coordinate]; mimic; mimic = moving[leader].mimic) {
    const { joint } = mimic;
    offset += multiplier * mimic.offset;
    multiplier *= mimic.multiplier;
    leader = moving.findIndex(({ name }) => name === joint);
    if (leader < 0) fail(moving[coordinate], `it mimics ${joint}, which is no joint that moves`);
    if (++followed > moving.length) fail(moving[coordinate], 'it mimics joints that mimic one another in a circle');
  }
  return { coordinate, leader, multiplier, offset };
}

/** Puts the mimic joints among positions q [J] where their leaders have them, and returns q. */
export function followLeaders<Q extends { [index: number]: number }>(model: Model, q: Q): Q {
  for (const { coordinate, leader, multiplier, offset } of treeOf(model).mimics) {
    q[coordinate] = multiplier * q[leader] + offset;
  }
  return q;
}

/** A model's joints of one degree, in the order of q [J]. */
export function degreesOf(model: Model): readonly Joint[] {
  const { joints, coordinates } = treeOf(model);
  return joints.filter((_, i) => coordinates[i] >= 0);
}

/** What a joint's position is measured in. */
export function unitOf({ kind }: { readonly kind: string }): 'rad' | 'm' {
  return kind === 'prismatic' ? 'm' : 'rad';
}

/** The columns of the joints that are driven, of those of all joints [J]: what a mimic does is done by its leader. */
export function drivenColumns<C extends readonly number[]>(model: Model, columns: readonly C[]): C[] {
  const { driven, mimics } = treeOf(model);
  const all = [...columns];
  for (const { coordinate, leader, multiplier } of mimics) {
    all[leader] = all[leader].map((x, r) => x + multiplier * all[coordinate][r]) as readonly number[] as C;
  }
  return driven.map((i) => all[i]);
}

/**
 * A site and the body that carries it: its index in the tree, -1 for the root.
 * @throws DefinitionError that names the model and the site where either is not there
 */
export function siteOf(model: Model, name: string): { readonly site: Site; readonly body: number } {
  const site = model.sites.find((each) => each.name === name);
  if (!site) throw new DefinitionError(`model ${model.name} has no site ${name}`);
  const body = treeOf(model).bodies.findIndex((each) => each.name === site.body);
  if (body < 0 && site.body !== model.bodies[0].name) {
    throw new DefinitionError(`model ${model.name}, site ${name}: there is no body ${site.body}`);
  }
  return { site, body };
}
