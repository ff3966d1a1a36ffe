import { norm, subtract, type Vec3 } from '../../math/rotation.ts';
import type { Shape, ShapePart, Site, Visual } from '../types.ts';
import { compose, type RigidBody } from './bodies.ts';
import type { MeshUse } from './mesh.ts';
import { shapeOf } from './solids.ts';

/** What is drawn of the bodies, and what of them could be touched. */
export interface Drawing {
  readonly visuals: readonly Visual[];
  readonly colliders: readonly Shape[];
  /** Whether the visuals stand for meshes, or for nothing that the file has. */
  readonly isStandIn: boolean;
}

/** A body's own solids; else its collision shapes; else a bone from its joint to what it carries. */
export function drawingsOf(bodies: readonly RigidBody[], tip: Site, reach: number): Drawing[] {
  return bodies.map((body, i) => {
    const part = i ? 'link' : 'base';
    const colliders = solidsOf(body, 'collisions', part);
    const own = solidsOf(body, 'visuals', part);
    const solids = own.length ? own : colliders;
    const end = bodies[i + 1]?.carrier?.frame.position ?? tip.frame.position;
    const visuals = solids.length ? solids : boneOf(body, end, i === bodies.length - 1, reach);
    const isStandIn = own.length === 0;
    return { visuals, colliders: colliders.map(({ part: _, ...shape }) => shape as Shape), isStandIn };
  });
}

function solidsOf({ parts }: RigidBody, use: 'visuals' | 'collisions', part: ShapePart) {
  return parts.flatMap(({ link, frame, isHand }) =>
    link[use].flatMap((geometry): (Shape & { part: ShapePart })[] => {
      if (geometry.kind === 'mesh') return [];
      return [{ ...shapeOf(geometry, compose(frame, geometry.frame)), part: isHand ? 'hand' : part }];
    }),
  );
}

/** Thickness of a bone in parts of the reach. */
const thickness = 0.03;

/** A capsule from the body's joint to the next one, and a hub around the joint's axis. */
function boneOf({ carrier }: RigidBody, end: Vec3, isLast: boolean, reach: number): Visual[] {
  const radius = Math.min(Math.max(thickness * reach, 1e-3), 10);
  const part = !carrier ? 'base' : isLast ? 'hand' : 'link';
  const visuals: Visual[] = [];
  if (norm(end) > radius) visuals.push({ kind: 'capsule', from: [0, 0, 0], to: end, radius, part });
  if (!carrier) return [...visuals, { kind: 'sphere', center: [0, 0, 0], radius: 1.6 * radius, part }];
  const { axis } = carrier.joint;
  const half = (length: number): Vec3 => [axis[0] * length, axis[1] * length, axis[2] * length];
  const side = half(1.4 * radius);
  const from = subtract([0, 0, 0], side);
  visuals.push({ kind: 'cylinder', from, to: side, radius: 1.3 * radius, part: 'joint' });
  return visuals;
}

/** The meshes that the file refers to, where they are in the bodies. */
export function meshesOf(bodies: readonly RigidBody[]): MeshUse[] {
  return bodies.flatMap(({ name, parts }) =>
    parts.flatMap(({ link, frame }) =>
      (['visual', 'collision'] as const).flatMap((use) =>
        link[`${use}s`].flatMap((geometry): MeshUse[] => {
          if (geometry.kind !== 'mesh') return [];
          const { uri, scale, element } = geometry;
          return [{ uri, body: name, frame: compose(frame, geometry.frame), scale, use, line: element.line }];
        }),
      ),
    ),
  );
}
