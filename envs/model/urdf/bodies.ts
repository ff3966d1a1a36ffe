import { aboutAxis } from '../../math/axis-angle.ts';
import { add, identity, multiply, rotate } from '../../math/rotation.ts';
import { unitOf } from '../tree.ts';
import type { Frame } from '../types.ts';
import type { Chain } from './chain.ts';
import type { UrdfJoint } from './joints.ts';
import type { Link } from './links.ts';
import { isMoving, type Robot } from './robot.ts';
import { listed, short } from './words.ts';

/** A link of the file in the body that it is merged into. */
export interface Part {
  readonly link: Link;
  /** In the body's frame, which is that of the link that the body's joint carries. */
  readonly frame: Frame;
  /** Whether it belongs to a gripper. */
  readonly isHand: boolean;
}

/** What moves as one: links that fixed joints, or joints held still, hold together. */
export interface RigidBody {
  readonly name: string;
  /** The first part is the link that gives the body its name. */
  readonly parts: Part[];
  /** The joint that carries it, in the frame of the body before it; the root has none. */
  readonly carrier?: { readonly joint: UrdfJoint; readonly frame: Frame; readonly follows?: Leader };
}

/** The joint that another one follows in the end: q = multiplier q(joint) + offset. */
export interface Leader {
  readonly joint: UrdfJoint;
  readonly multiplier: number;
  readonly offset: number;
}

/** b, which is given in a, in what a is given in. */
export function compose(a: Frame, b: Frame): Frame {
  return {
    position: add(a.position, rotate(a.rotation, b.position)),
    rotation: multiply(a.rotation, b.rotation),
  };
}

export const origin: Frame = { position: [0, 0, 0], rotation: identity };

/** The bodies of a chain, the root first; all that hangs beside the chain is held still. */
export function mergeLinks(robot: Robot, chain: Chain, notes: string[]): RigidBody[] {
  const leaders = leadersOf(robot);
  const isLocked = ({ limits }: UrdfJoint) => limits !== undefined && limits.low === limits.high;
  const driven = new Set(chain.joints.filter((joint) => !joint.mimic && !isLocked(joint)));
  const leaderOf = (joint: UrdfJoint) => leaders.get(joint)?.joint ?? joint;
  const moves = new Set(chain.joints.filter((joint) => driven.has(leaderOf(joint))));
  const bodies: RigidBody[] = [{ name: robot.root.name, parts: [{ link: robot.root, frame: origin, isHand: false }] }];
  const places = new Map([[robot.root.name, { body: bodies[0], part: bodies[0].parts[0] }]]);
  const held: string[] = [];
  for (const joint of robot.joints) {
    const { body, part } = places.get(joint.parent) as { body: RigidBody; part: Part };
    const frame = compose(part.frame, joint.frame);
    const link = robot.links.get(joint.child) as Link;
    if (moves.has(joint)) {
      const own = { link, frame: origin, isHand: false };
      const carried = { name: joint.child, parts: [own], carrier: { joint, frame, follows: leaders.get(joint) } };
      bodies.push(carried);
      places.set(joint.child, { body: carried, part: own });
      continue;
    }
    const rest = isMoving(joint) ? restOf(joint, leaders.get(joint)) : 0;
    if (isMoving(joint)) held.push(`"${joint.name}" at ${short(rest)} ${unitOf(joint)}`);
    const moved = isMoving(joint) ? compose(frame, motionOf(joint, rest)) : frame;
    const merged = { link, frame: moved, isHand: part.isHand || chain.fingers.has(joint) };
    body.parts.push(merged);
    places.set(joint.child, { body, part: merged });
  }
  noteMerged(bodies, held, notes);
  return bodies;
}

function noteMerged(bodies: readonly RigidBody[], held: readonly string[], notes: string[]): void {
  for (const { name, parts } of bodies) {
    if (parts.length > 1) notes.push(`merged into "${name}": ${listed(parts.slice(1).map(({ link }) => link.name))}`);
  }
  if (held.length) notes.push(`held still: ${listed(held)}`);
}

/** The joint that each mimic joint follows in the end, over those between. */
function leadersOf(robot: Robot): Map<UrdfJoint, Leader> {
  const byName = new Map(robot.joints.map((joint) => [joint.name, joint]));
  const leaders = new Map<UrdfJoint, Leader>();
  for (const joint of robot.joints) {
    let [at, multiplier, offset] = [joint, 1, 0];
    while (at.mimic) {
      offset += multiplier * at.mimic.offset;
      multiplier *= at.mimic.multiplier;
      at = byName.get(at.mimic.joint) as UrdfJoint;
    }
    if (at !== joint) leaders.set(joint, { joint: at, multiplier, offset });
  }
  return leaders;
}

/** Where a joint is held: at zero where its limits have it, else in their middle; a mimic joint where its leader has it. */
function restOf({ limits }: UrdfJoint, leader?: Leader): number {
  if (leader) return leader.multiplier * restOf(leader.joint) + leader.offset;
  return limits && (limits.low > 0 || limits.high < 0) ? (limits.low + limits.high) / 2 : 0;
}

function motionOf({ kind, axis }: UrdfJoint, value: number): Frame {
  if (kind !== 'prismatic') return { position: [0, 0, 0], rotation: aboutAxis(axis, value) };
  return { position: [axis[0] * value, axis[1] * value, axis[2] * value], rotation: identity };
}
