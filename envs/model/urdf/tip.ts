import { add, identity, norm, rotate, type Vec3 } from '../../math/rotation.ts';
import type { Frame, Inertial, Site } from '../types.ts';
import type { Part, RigidBody } from './bodies.ts';
import type { Chain } from './chain.ts';
import type { UrdfJoint } from './joints.ts';
import type { Robot } from './robot.ts';
import { isInstrument, toolRank } from './tool-frames.ts';

/**
 * The point that reaches: the link that was asked for; else a frame of the last body that is named like a tool's, the point between two
 * fingers, or the farthest of the frames there and twice the centre of mass.
 */
export function tipOf(robot: Robot, chain: Chain, body: RigidBody, inertial: Inertial, notes: string[]): Site {
  const site = (name: string, frame: Frame): Site => ({ name, body: body.name, frame });
  const asked = body.parts.find(({ link }) => link.name === chain.tip);
  if (asked) return site(asked.link.name, asked.frame);
  const fingers = body.parts.filter(({ link }) => chain.fingers.has(robot.above.get(link.name) as UrdfJoint));
  const holders = new Set(fingers.flatMap(({ link }) => above(robot, link.name)));
  const frames = body.parts.filter(({ isHand, link }) => !isHand && !isInstrument(link.name));
  // The last link may be called a tool and have its point farther out.
  const least = (part: Part) => (part === body.parts[0] ? 4 : 1);
  const tools = frames.filter((part) => toolRank(part.link.name) >= least(part) && !holders.has(part.link.name));
  if (tools.length) {
    const best = tools.reduce((a, b) => (toolRank(b.link.name) > toolRank(a.link.name) ? b : a));
    notes.push(`tip: "${best.link.name}", by its name`);
    return site(best.link.name, best.frame);
  }
  if (fingers.length > 1) {
    notes.push(`tip: between the fingers ${fingers.map(({ link }) => `"${link.name}"`).join(', ')}`);
    return site('tip', betweenFingers(robot, fingers, body));
  }
  return farthest(frames, body, inertial, notes);
}

function farthest(frames: readonly Part[], body: RigidBody, { center }: Inertial, notes: string[]): Site {
  const far = frames.reduce((a, b) => (norm(b.frame.position) > norm(a.frame.position) ? b : a));
  const twice: Vec3 = [2 * center[0], 2 * center[1], 2 * center[2]];
  if (norm(far.frame.position) >= norm(twice)) {
    const what =
      far.link.name === body.name ? 'the last link, of which nothing more is known' : 'the farthest frame there';
    notes.push(`tip: "${far.link.name}", ${what}`);
    return { name: far.link.name, body: body.name, frame: far.frame };
  }
  notes.push(`tip: made up, at twice the centre of mass of "${body.name}": no frame there is named like a tool's`);
  return { name: 'tip', body: body.name, frame: { position: twice, rotation: identity } };
}

/** The middle of the fingers' own ends, turned like the link that holds them. */
function betweenFingers(robot: Robot, fingers: readonly Part[], body: RigidBody): Frame {
  const ends = fingers.map(({ link, frame }): Vec3 => {
    const center = link.inertial?.center ?? [0, 0, 0];
    return add(frame.position, rotate(frame.rotation, center));
  });
  const sum = ends.reduce((a, b) => add(a, b));
  const holder = body.parts.find(({ link }) => link.name === robot.above.get(fingers[0].link.name)?.parent);
  const position: Vec3 = [sum[0] / ends.length, sum[1] / ends.length, sum[2] / ends.length];
  return { position, rotation: holder?.frame.rotation ?? identity };
}

/** Links between the root and a link. */
function above(robot: Robot, link: string): string[] {
  const names: string[] = [];
  for (let joint = robot.above.get(link); joint; joint = robot.above.get(joint.parent)) names.push(joint.parent);
  return names;
}
