import type { Vec3 } from '../../math/rotation.ts';
import { boneOf } from '../bones.ts';
import type { Collider, Hull, Shape, ShapePart, Site, Visual } from '../types.ts';
import { compose, type Part, type RigidBody } from './bodies.ts';
import { hullOf } from './hull.ts';
import type { MeshSource, MeshUse } from './mesh.ts';
import { shapeOf } from './solids.ts';

/** What is drawn of the bodies, and what of them could be touched. */
export interface Drawing {
  readonly visuals: readonly Visual[];
  readonly colliders: readonly Collider[];
  /** What stands for meshes that are not there, or for a body that has nothing to be seen; null where all is as the file has it. */
  readonly standIn: StandIn | null;
}

export type StandIn = 'collision shapes' | 'a bone';

/** A mesh as it is drawn: its name among the tensors, and the corners of its box in the mesh's own units. */
export interface DrawnMesh {
  readonly tensor: string;
  readonly low: Vec3;
  readonly high: Vec3;
}

/** Gives what is drawn of a mesh by its uri in the file, and in which scale; null where that is nothing. */
export type MeshDrawings = (uri: string, scale: Vec3) => DrawnMesh | null;

/** A body's own solids and meshes, with a link's collision shapes for meshes that are not there; else a bone to what it carries. */
export function drawingsOf(
  bodies: readonly RigidBody[],
  tip: Site,
  reach: number,
  drawn: MeshDrawings = () => null,
): Drawing[] {
  return bodies.map((body, i) => {
    const part = i ? 'link' : 'base';
    const colliders = solidsOf(body, 'collisions', part);
    const own = body.parts.map((each) => linkDrawing(body, each, part, drawn));
    const isLast = i === bodies.length - 1;
    const end = bodies[i + 1]?.carrier?.frame.position ?? tip.frame.position;
    const bone = () => boneOf({ axis: body.carrier?.joint.axis, end, isLast, reach });
    const found = own.flatMap(({ visuals, instead = [] }) => [...visuals, ...instead]);
    const isMissing = own.some(({ instead }) => instead);
    // What stands in the place of meshes: none of the links may have a shape to touch.
    const isBare = isMissing ? !own.some(({ instead }) => instead?.length) : !colliders.length;
    const instead = isBare ? bone() : isMissing ? [] : colliders;
    return {
      visuals: isMissing || !found.length ? [...found, ...instead] : found,
      colliders: colliders.map(({ part: _, ...shape }) => shape as Shape),
      standIn: isMissing || !found.length ? (isBare ? 'a bone' : 'collision shapes') : null,
    };
  });
}

interface LinkDrawing {
  readonly visuals: readonly Visual[];
  /** For meshes that are not there; absent where all are. */
  readonly instead?: readonly Visual[];
}

/** What the file has to be seen of a link. */
function linkDrawing(body: RigidBody, own: Part, part: ShapePart, drawn: MeshDrawings): LinkDrawing {
  const meshes = own.link.visuals.filter((geometry) => geometry.kind === 'mesh');
  const found = meshes.flatMap(({ uri, scale, frame, isDark }): Visual[] => {
    const mesh = drawn(uri, scale);
    if (!mesh) return [];
    const box = { low: times(mesh.low, scale), high: times(mesh.high, scale) };
    const at = compose(own.frame, frame);
    return [
      { kind: 'mesh', tensor: mesh.tensor, frame: at, ...box, part: isDark ? 'joint' : own.isHand ? 'hand' : part },
    ];
  });
  const only = { ...body, parts: [own] };
  const visuals = [...solidsOf(only, 'visuals', part), ...found];
  return found.length < meshes.length ? { visuals, instead: solidsOf(only, 'collisions', part) } : { visuals };
}

function times([x, y, z]: Vec3, [a, b, c]: Vec3): Vec3 {
  return [x * a, y * b, z * c];
}

function solidsOf({ parts }: RigidBody, use: 'visuals' | 'collisions', part: ShapePart) {
  return parts.flatMap(({ link, frame, isHand }) =>
    link[use].flatMap((geometry): (Shape & { part: ShapePart })[] => {
      if (geometry.kind === 'mesh') return [];
      return [{ ...shapeOf(geometry, compose(frame, geometry.frame)), part: isHand ? 'hand' : part }];
    }),
  );
}

/**
 * Convex hulls of the meshes that a body touches with.
 * @param notes told of those that enclose nothing
 */
export function hullsOf({ name, parts }: RigidBody, mesh: MeshSource, notes: string[]): Hull[] {
  return parts.flatMap(({ link, frame }) =>
    link.collisions.flatMap((geometry): Hull[] => {
      if (geometry.kind !== 'mesh') return [];
      const triangles = mesh(geometry.uri, geometry.element.line);
      if (!triangles) return [];
      const hull = hullOf(triangles, geometry.scale, compose(frame, geometry.frame));
      if (!hull) notes.push(`line ${geometry.element.line}: ${geometry.uri} is flat: "${name}" does not touch with it`);
      return hull ? [hull] : [];
    }),
  );
}

/** The meshes that the file refers to, where they are in the bodies. */
export function meshesOf(bodies: readonly RigidBody[]): MeshUse[] {
  return bodies.flatMap(({ name, parts }) =>
    parts.flatMap(({ link, frame }) =>
      (['visual', 'collision'] as const).flatMap((use) =>
        link[`${use}s`].flatMap((geometry): MeshUse[] => {
          if (geometry.kind !== 'mesh') return [];
          const { uri, scale, element } = geometry;
          return [
            { uri, body: name, link: link.name, frame: compose(frame, geometry.frame), scale, use, line: element.line },
          ];
        }),
      ),
    ),
  );
}
