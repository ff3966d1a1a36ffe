import { readJoint, type UrdfJoint } from './joints.ts';
import { type Link, readLink } from './links.ts';
import { darkMaterials } from './materials.ts';
import { listed, quoted } from './words.ts';
import { type Element, fail } from './xml.ts';

/** A robot file's links and joints as a tree. */
export interface Robot {
  readonly name: string;
  readonly element: Element;
  readonly root: Link;
  readonly links: ReadonlyMap<string, Link>;
  /** Parents first; siblings in the order of the file. */
  readonly joints: readonly UrdfJoint[];
  /** The joints that a link carries, and the one that carries it, by the link's name. */
  readonly below: ReadonlyMap<string, readonly UrdfJoint[]>;
  readonly above: ReadonlyMap<string, UrdfJoint>;
  /** The last joint that moves on the way from the root to a link; absent for what stands still. */
  readonly carriers: ReadonlyMap<string, UrdfJoint>;
}

/** More moving joints than any robot has, hands included. */
const mostMoving = 500;

/** Elements of a <robot> that say nothing of how it moves or looks. */
const silent = [
  'material',
  'transmission',
  'gazebo',
  'sensor',
  'ros2_control',
  'mujoco',
  'drake:',
  'group',
  'loop_joint',
];

/** @throws UrdfError for links and joints that cannot be read, or that are no tree */
export function readRobot(element: Element, file: string, notes: string[]): Robot {
  const dark = darkMaterials(element);
  const links = byName(
    element.children.filter(({ name }) => name === 'link').map((child) => readLink(child, dark, notes)),
    'link',
  );
  const joints = byName(
    element.children.filter(({ name }) => name === 'joint').map((child) => readJoint(child, notes)),
    'joint',
  );
  if (!links.size) fail(element, 'expected <link> elements, found none');
  noteIgnored(element, notes);
  noteSoftLimits([...joints.values()], notes);
  const above = new Map<string, UrdfJoint>();
  const below = new Map<string, UrdfJoint[]>();
  for (const joint of joints.values()) {
    for (const end of ['parent', 'child'] as const) {
      if (!links.has(joint[end]))
        fail(joint.element, `expected a link of the file as ${end}, found ${quoted(joint[end])}`);
    }
    const other = above.get(joint.child);
    if (other) {
      const found = `${quoted(joint.child)}, which ${other.element.element} (line ${other.element.line}) carries already`;
      fail(joint.element, `expected a child that no other joint carries, found ${found}`);
    }
    above.set(joint.child, joint);
    const siblings = below.get(joint.parent) ?? [];
    siblings.push(joint);
    below.set(joint.parent, siblings);
  }
  checkMimics(joints);
  const root = rootOf(element, links, above);
  const order = inOrder(root, below, above, joints.size);
  const name = robotName(element, file, notes);
  return { name, element, root, links, joints: order, below, above, carriers: carriersOf(order) };
}

export const isMoving = ({ kind }: UrdfJoint) => kind !== 'fixed';

function carriersOf(order: readonly UrdfJoint[]): Map<string, UrdfJoint> {
  const moving = order.filter(isMoving);
  if (moving.length > mostMoving) {
    fail(moving[mostMoving].element, `expected at most ${mostMoving} joints that move, found ${moving.length}`);
  }
  const carriers = new Map<string, UrdfJoint>();
  for (const joint of order) {
    const carrier = isMoving(joint) ? joint : carriers.get(joint.parent);
    if (carrier) carriers.set(joint.child, carrier);
  }
  return carriers;
}

function byName<T extends { readonly name: string; readonly element: Element }>(items: readonly T[], kind: string) {
  const found = new Map<string, T>();
  for (const item of items) {
    const first = found.get(item.name);
    if (first)
      fail(item.element, `expected a name that no other ${kind} has, found that of line ${first.element.line}`);
    found.set(item.name, item);
  }
  return found;
}

function robotName(element: Element, file: string, notes: string[]): string {
  const name = element.attributes.name?.trim().slice(0, 200);
  if (name) return name;
  const base = /([^/\\]*?)(?:\.[^./\\]*)?$/.exec(file)?.[1] || 'robot';
  notes.push(`line ${element.line}: <robot> has no name: called ${quoted(base)} after the file`);
  return base.slice(0, 200);
}

function rootOf(element: Element, links: ReadonlyMap<string, Link>, above: ReadonlyMap<string, UrdfJoint>): Link {
  const roots = [...links.values()].filter(({ name }) => !above.has(name));
  if (roots.length === 1) return roots[0];
  if (roots.length > 1) {
    const found = roots.slice(0, 5).map((link) => `${quoted(link.name)} (line ${link.element.line})`);
    const rest = roots.length > 5 ? ` and ${roots.length - 5} more` : '';
    return fail(
      roots[1].element,
      `expected one link that no joint carries, found ${roots.length}: ${found.join(', ')}${rest}`,
    );
  }
  const [joint] = above.values();
  return fail(
    joint?.element ?? element,
    'expected a link that no joint carries, found none: the joints go round in a circle',
  );
}

/** The joints from the root outwards. */
function inOrder(
  root: Link,
  below: ReadonlyMap<string, readonly UrdfJoint[]>,
  above: ReadonlyMap<string, UrdfJoint>,
  count: number,
): UrdfJoint[] {
  const order: UrdfJoint[] = [...(below.get(root.name) ?? [])];
  for (let i = 0; i < order.length; i++) {
    for (const joint of below.get(order[i].child) ?? []) order.push(joint);
  }
  if (order.length === count) return order;
  const reached = new Set(order);
  const stray = [...above.values()].find((joint) => !reached.has(joint)) as UrdfJoint;
  return fail(stray.element, `expected a joint that hangs from ${quoted(root.name)}, found one of a circle of joints`);
}

function checkMimics(joints: ReadonlyMap<string, UrdfJoint>): void {
  for (const joint of joints.values()) {
    let followed = 0;
    for (let at = joint; at.mimic; ) {
      const next = joints.get(at.mimic.joint);
      if (!next) fail(at.element, `expected to mimic a joint of the file, found ${quoted(at.mimic.joint)}`);
      if (++followed > joints.size)
        fail(joint.element, 'expected to mimic a joint that moves by itself, found a circle');
      at = next;
    }
  }
}

/** Limits within those of <limit>, which controllers of ROS keep to. */
function noteSoftLimits(joints: readonly UrdfJoint[], notes: string[]): void {
  const isSoft = ({ name, attributes }: Element) =>
    name === 'safety_controller' && (attributes.soft_lower_limit ?? attributes.soft_upper_limit) !== undefined;
  const found = joints.filter((joint) => isMoving(joint) && joint.element.children.some(isSoft));
  if (!found.length) return;
  const names = listed(found.map(({ name }) => quoted(name)));
  notes.push(`soft limits of <safety_controller>: ${names}; ignored, those of <limit> count`);
}

/** What is not looked at: the known kinds together, and each that may be a slip of the pen. */
function noteIgnored(robot: Element, notes: string[]): void {
  const known = new Map<string, number>();
  for (const { name, line, element } of robot.children) {
    if (name === 'link' || name === 'joint') continue;
    if (silent.some((each) => name.startsWith(each))) known.set(name, (known.get(name) ?? 0) + 1);
    else notes.push(`line ${line}: ${element} is no element of a URDF; ignored`);
  }
  known.delete('material');
  if (known.size) notes.push(`ignored: ${[...known].map(([name, count]) => `<${name}> (${count})`).join(', ')}`);
  const expected = {
    link: ['inertial', 'visual', 'collision', 'contact', 'self_collision_checking', 'audio_source', 'sensor'],
    joint: ['origin', 'parent', 'child', 'axis', 'limit', 'dynamics', 'mimic', 'calibration', 'safety_controller'],
  };
  for (const part of robot.children) {
    if (part.name !== 'link' && part.name !== 'joint') continue;
    for (const { name, line, element } of part.children) {
      if (!expected[part.name].includes(name)) notes.push(`line ${line}: ${element} is no element of a URDF; ignored`);
    }
  }
}
