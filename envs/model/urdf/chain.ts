import type { UrdfJoint } from './joints.ts';
import { isMoving, type Robot } from './robot.ts';
import { toolPoint, toolRank } from './tool-frames.ts';
import { listed, quoted } from './words.ts';
import { fail } from './xml.ts';

/** The chain of joints that is the arm. */
export interface Chain {
  /** Joints that move, from the root outwards; among them those that follow another one of the chain. */
  readonly joints: readonly UrdfJoint[];
  /** Joints that open and close a gripper, or follow the chain beside it, and are held still; each with what shows it. */
  readonly fingers: ReadonlyMap<UrdfJoint, string>;
  /** The link that was asked for as the tip. */
  readonly tip?: string;
}

/** Links that a tip can be: those with a joint that moves before them, in the order of the tree. */
export function possibleTips(robot: Robot): string[] {
  return robot.joints.map(({ child }) => child).filter((link) => robot.carriers.has(link));
}

/**
 * The chain to the link that is asked for, or else the only one that there is besides a gripper.
 * @throws UrdfError of kind `ambiguous` for several, or for a tip that is none
 */
export function chooseChain(robot: Robot, tip: string | undefined, notes: string[]): Chain {
  const tips = possibleTips(robot);
  if (!tips.length) fail(robot.element, 'expected joints that move (revolute, continuous or prismatic), found none');
  const fingers = fingersOf(robot);
  if (tip !== undefined) {
    if (!tips.includes(tip)) refuseTip(robot, tip, tips);
    const joints = pathTo(robot, tip);
    return { joints, fingers: new Map([...fingers].filter(([finger]) => !joints.includes(finger))), tip };
  }
  const ends = endsOf(robot, fingers).sort((a, b) => pathTo(robot, b).length - pathTo(robot, a).length);
  if (ends.length > 1) {
    const candidates = ends.map((end) => bestName(robot, end));
    const found = ends.map((end, i) => `${quoted(candidates[i])} (${counted(pathTo(robot, end).length)})`);
    fail(
      robot.element,
      `expected the link that reaches to be named, found ${ends.length} that could: ${listed(found)}`,
      candidates,
    );
  }
  if (fingers.size) {
    const found = [...fingers].map(([{ name }, why]) => `${quoted(name)} (${why})`).reverse();
    notes.push(`not joints of the arm: ${listed(found)}`);
  }
  return { joints: pathTo(robot, ends[0]), fingers };
}

function refuseTip(robot: Robot, tip: string, tips: readonly string[]): never {
  const isLink = robot.links.has(tip);
  const found = isLink ? `${quoted(tip)}, which no joint moves` : `${quoted(tip)}, which is no link of the file`;
  const near = tips.filter((name) => name.toLowerCase().includes(tip.toLowerCase()));
  const candidates = near.length ? near : tips;
  return fail(
    robot.element,
    `expected a link that moves as the tip, one of ${listed(candidates.map(quoted))}; found ${found}`,
    candidates,
  );
}

const counted = (count: number) => `${count} ${count === 1 ? 'joint' : 'joints'}`;

/** The joints that move between the root and a link. */
export function pathTo(robot: Robot, link: string): UrdfJoint[] {
  const path: UrdfJoint[] = [];
  for (let joint = robot.carriers.get(link); joint; joint = robot.carriers.get(joint.parent)) path.push(joint);
  return path.reverse();
}

/** Children of the joints that move and have no such joint after them, fingers apart. */
function endsOf(robot: Robot, fingers: ReadonlyMap<UrdfJoint, string>): string[] {
  const arms = robot.joints.filter((joint) => isMoving(joint) && !fingers.has(joint));
  const inner = new Set(arms.flatMap(({ parent }) => pathTo(robot, parent)));
  return arms.filter((joint) => !inner.has(joint)).map(({ child }) => child);
}

/** The link of an end's body whose name a tip would have; the end itself if none does. */
function bestName(robot: Robot, end: string): string {
  const ranked = rigidWith(robot, end)
    .filter((name) => toolRank(name) > 0)
    .sort((a, b) => toolRank(b) - toolRank(a));
  return ranked[0] ?? end;
}

/** Links that fixed joints hold to one, itself first. */
export function rigidWith(robot: Robot, link: string): string[] {
  const found = [link];
  for (let i = 0; i < found.length; i++) {
    for (const joint of robot.below.get(found[i]) ?? []) if (!isMoving(joint)) found.push(joint.child);
  }
  return found;
}

const finger = /finger|jaw|knuckle|thumb|claw/i;
const gripper = /grip|clamp|pinch/i;
/** What turns a gripper, rather than opening it. */
const turning = /roll|rot|twist|swivel|yaw|pitch|wrist|flex|tilt/i;
const still = /fixed|static|base/i;

function isNamedFinger({ name, child }: UrdfJoint): boolean {
  if (finger.test(name)) return true;
  return !turning.test(name) && (gripper.test(name) || (finger.test(child) && !still.test(child)));
}

/**
 * The joints of grippers and linkages, with what shows it: nothing but such joints comes after them, and they have the name of one,
 * follow or lead a joint of another branch, slide beside another slide, or come after a frame that is named like the point of a
 * tool. None, if there is no other joint in the file.
 */
function fingersOf(robot: Robot): Map<UrdfJoint, string> {
  const moving = robot.joints.filter(isMoving);
  const paths = new Map(moving.map(({ name, child }) => [name, new Set(pathTo(robot, child).map((on) => on.name))]));
  // Of two joints of one branch either may follow the other: a linkage is driven from its far end as well.
  const followsApart = ({ name, mimic }: UrdfJoint) =>
    mimic !== undefined && !paths.get(name)?.has(mimic.joint) && !paths.get(mimic.joint)?.has(name);
  const leaders = new Set(moving.filter(followsApart).map(({ mimic }) => mimic?.joint));
  const pointed = new Set(
    [...robot.carriers]
      .filter(([link]) => toolRank(link) >= toolPoint)
      .map(([, carrier]): UrdfJoint | undefined => carrier),
  );
  const signs: readonly (readonly [(joint: UrdfJoint) => boolean, string])[] = [
    [isNamedFinger, 'by its name'],
    [followsApart, 'it follows a joint of another branch'],
    [({ name }) => leaders.has(name), 'joints of other branches follow it'],
    [(joint) => slidesInPair(robot, joint, moving), 'one of a pair of slides'],
    [({ parent }) => pointed.has(robot.carriers.get(parent)), 'the point of the tool is before it'],
  ];
  const fingers = new Map<UrdfJoint, string>();
  const before = new Set<string>();
  for (const joint of moving.toReversed()) {
    const sign = signs.find(([holds]) => holds(joint));
    if (sign && !before.has(joint.name)) fingers.set(joint, sign[1]);
    else for (const name of paths.get(joint.name) ?? []) before.add(name);
  }
  return fingers.size < moving.length ? fingers : new Map();
}

/** Whether a joint slides, is the last of its branch, and has a sibling like that on the body that carries it. */
function slidesInPair(robot: Robot, joint: UrdfJoint, moving: readonly UrdfJoint[]): boolean {
  if (joint.kind !== 'prismatic') return false;
  const carrier = robot.carriers.get(joint.parent);
  const slides = moving.filter(
    (other) =>
      other.kind === 'prismatic' &&
      robot.carriers.get(other.parent) === carrier &&
      !moving.some(({ parent }) => robot.carriers.get(parent) === other),
  );
  return slides.length > 1 && slides.includes(joint);
}
