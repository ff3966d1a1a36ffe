import * as v from 'valibot';
import { UsageError } from '../../options.ts';
import { arm as armSchema, complaintOf } from '../../schema.ts';
import { homeAt, homeOf } from '../home.ts';
import { largestLoads, motorsOf, withMotors } from '../motors.ts';
import type { Arm, Inertial, Joint, Site } from '../types.ts';
import { sampledReach } from '../workspace.ts';
import { mergeLinks, type RigidBody } from './bodies.ts';
import { chooseChain, possibleTips } from './chain.ts';
import { drawingsOf, hullsOf, type MeshDrawings, meshesOf, type StandIn } from './drawing.ts';
import { farthestLimit, type UrdfJoint } from './joints.ts';
import { massesOf, noteWide } from './masses.ts';
import type { MeshSource, MeshUse } from './mesh.ts';
import { type Robot, readRobot } from './robot.ts';
import { tipOf } from './tip.ts';
import { quoted, short } from './words.ts';
import { fail, parseRobot } from './xml.ts';

export type { DrawnMesh, MeshDrawings, StandIn } from './drawing.ts';
export { type Place, UrdfError, type UrdfErrorKind } from './error.ts';
export type { MeshSource, MeshTriangles, MeshUse } from './mesh.ts';

export interface UrdfOptions {
  /** The link that reaches; what `UrdfReading.tips` lists can be named. */
  readonly tip?: string;
  /** Home posture by driven joint of the arm, rad or m. */
  readonly home?: readonly number[];
  /** Mends impossible inertias. Otherwise they are reported, and refused where a body has a moment of inertia below 0. */
  readonly mend?: boolean;
  /** Triangles of a mesh by the uri that the file gives, null where it is missing; a body without mass gets its volume. */
  readonly mesh?: MeshSource;
  /** What is drawn of the meshes; without, other shapes stand for them. @param reach of the arm, m */
  readonly drawMeshes?: (meshes: readonly MeshUse[], reach: number) => MeshDrawings;
}

/** As many as any arm's data may have. */
const mostJoints = 255;

/** An arm as a robot file gives it. */
export interface UrdfReading {
  /** The chain to the tip; what hangs beside the chain is held still and merged. */
  readonly arm: Arm;
  /** Every assumption as one line: what was merged, chosen, made up, ignored. */
  readonly notes: readonly string[];
  readonly meshes: readonly MeshUse[];
  /** Links that could be named as the tip. */
  readonly tips: readonly string[];
  /** Bodies of which something else is drawn than the file has: their collision shapes, or bones from joint to joint. */
  readonly standIns: readonly { readonly body: string; readonly by: StandIn }[];
}

/**
 * Reads a robot file in URDF: the chain of joints to the tip as an arm, with motors of gains from its own inertia, and a home.
 *
 * @param file what messages call the file
 * @throws UrdfError that names the file, the line, the element, what was expected and what was found; of kind `ambiguous` where
 * the tip has to be named
 * @throws UsageError for a home that does not fit the arm
 */
export function readUrdf(text: string, file: string, options: UrdfOptions = {}): UrdfReading {
  const notes: string[] = [];
  const robot = readRobot(parseRobot(text, file), file, notes);
  const chain = chooseChain(robot, options.tip, notes);
  const bodies = mergeLinks(robot, chain, notes);
  const found = bodies.length - 1;
  if (found < 1) fail(robot.element, 'expected joints that move on the way to the tip, found none');
  if (found > mostJoints)
    fail(robot.element, `expected at most ${mostJoints} joints on the way to the tip, found ${found}`);
  const masses = massesOf(bodies, { mend: options.mend ?? false, mesh: options.mesh }, notes);
  const tip = tipOf(robot, chain, bodies[bodies.length - 1], masses[bodies.length - 1] as Inertial, notes);
  const bare = bareArm(robot, bodies, masses, tip, notes);
  const reach = sampledReach(bare);
  if (!(reach > 0)) fail(robot.element, 'expected a tip that the joints move, found one that stays where it is');
  noteWide(bodies, masses, reach, notes);
  const placed = { ...bare, home: homeFor(bare, reach, options.home, notes) };
  const driven = motorised(placed, bodies, notes);
  const meshes = meshesOf(bodies);
  const drawings = drawingsOf(bodies, tip, reach, options.drawMeshes?.(meshes, reach));
  const { mesh } = options;
  const arm: Arm = {
    ...driven,
    bodies: driven.bodies.map((body, i) => {
      const { visuals, colliders } = drawings[i];
      const hulls = mesh ? hullsOf(bodies[i], mesh, notes) : [];
      return { ...body, visuals, colliders: [...colliders, ...hulls] };
    }),
  };
  checkArm(robot, arm);
  const standIns = bodies.flatMap(({ name: body }, i) => {
    const { standIn: by } = drawings[i];
    return by ? [{ body, by }] : [];
  });
  return { arm, notes, meshes, tips: possibleTips(robot), standIns };
}

/** The arm without motors, home or anything to see. */
function bareArm(
  robot: Robot,
  bodies: readonly RigidBody[],
  masses: readonly (Inertial | undefined)[],
  tip: Site,
  notes: string[],
): Arm {
  const joints = bodies.slice(1).map((body, i) => jointOf(body, bodies[i].name, notes));
  return {
    name: robot.name,
    description: `${robot.name}, ${joints.length} ${joints.length === 1 ? 'joint' : 'joints'} to ${tip.name}`,
    bodies: bodies.map(({ name }, i) => ({
      name,
      ...(masses[i] && { inertial: masses[i] }),
      colliders: [],
      visuals: [],
    })),
    joints,
    sites: [tip],
    home: [],
    tip: tip.name,
  };
}

function jointOf({ name: child, carrier }: RigidBody, parent: string, notes: string[]): Joint {
  const { joint, frame, follows } = carrier as NonNullable<RigidBody['carrier']>;
  const { name, axis, limits, damping, velocity } = joint;
  return {
    name,
    kind: kindOf(joint, notes),
    parent,
    child,
    frame,
    axis,
    ...(limits && { low: limits.low, high: limits.high }),
    ...(damping > 0 && { damping }),
    ...(velocity !== undefined && { maxVelocity: velocity }),
    ...(follows && {
      mimic: { joint: follows.joint.name, multiplier: follows.multiplier, offset: follows.offset },
    }),
  };
}

function kindOf(joint: UrdfJoint, notes: string[]): 'revolute' | 'continuous' | 'prismatic' {
  const { kind, limits, beyond, element, name } = joint;
  if (kind === 'fixed') throw new Error(`${name} does not move`);
  if (limits || kind === 'continuous') return kind;
  if (kind === 'prismatic') {
    if (!beyond) fail(element, 'expected <limit lower=".." upper="..">, found none: how far does it slide?');
    const expected = `expected lower and upper within ${farthestLimit} m`;
    fail(beyond.element, `${expected}, found ${beyond.low} and ${beyond.high}: how far does it slide?`);
  }
  notes.push(`line ${element.line}: ${element.element} has no bounds: it turns on and on`);
  return 'continuous';
}

function homeFor(arm: Arm, reach: number, asked: readonly number[] | undefined, notes: string[]): readonly number[] {
  if (!asked) {
    const { q, found } = homeOf(arm, reach);
    const how = {
      zero: 'zero',
      middle: 'the middle of the limits',
      searched: 'searched, for zero is a poor place to start',
    };
    notes.push(`home: ${how[found]}: ${q.map(short).join(', ')}`);
    return q;
  }
  return homeAt(arm, asked, (what) => {
    throw new UsageError(what);
  });
}

function motorised(arm: Arm, bodies: readonly RigidBody[], notes: string[]): Arm {
  const efforts = bodies.slice(1).map(({ carrier }) => carrier?.joint.effort);
  const loads = largestLoads(arm);
  const motors = motorsOf(arm, efforts, loads);
  const names = arm.joints.map(({ name }) => quoted(name));
  const missing = names.filter((_, i) => efforts[i] === undefined);
  if (missing.length)
    notes.push(`no effort limit: ${missing.join(', ')}; twice what is needed to hold and to turn the arm`);
  const unlimited = names.filter((_, i) => arm.joints[i].maxVelocity === undefined);
  if (unlimited.length)
    notes.push(`no velocity limit: ${unlimited.join(', ')}; taken as fast enough for every full action`);
  names.forEach((name, i) => {
    const { maxForce } = motors[i];
    if (maxForce >= loads[i]) return;
    notes.push(
      `${name}: its effort of ${short(maxForce)} is less than the arm's weight asks for, up to ${short(loads[i])}`,
    );
  });
  return withMotors(arm, motors);
}

/** What holds for every arm's data holds for one from a file. */
function checkArm(robot: Robot, arm: Arm): void {
  const { success, issues } = v.safeParse(armSchema, arm, { abortEarly: true, abortPipeEarly: true });
  if (!success) fail(robot.element, `expected an arm that can be simulated, found ${complaintOf(issues[0])}`);
}
