import { fromXAxisTo, identity, multiply, type Quat, type Vec3 } from '../../envs/math/rotation.ts';
import { rodOf } from '../../envs/model/free-body.ts';
import { cornersOf } from '../../envs/model/mesh-surface.ts';
import { isMesh } from '../../envs/model/meshes.ts';
import type { Body, Collider, Mesh, Meshes, Scene, Shape, ShapePart } from '../../envs/model/types.ts';
import type { EnvSpec, Marker } from '../../envs/spec.ts';
import { offsetOf } from '../../envs/spec.ts';
import { distinct } from './elements.ts';

/** What is drawn of a scene, as entities of foxglove.SceneUpdate. */

interface Time {
  readonly sec: number;
  readonly nsec: number;
}

interface Entity {
  readonly id: string;
  readonly frame_id: string;
  readonly cubes: object[];
  readonly spheres: object[];
  readonly cylinders: object[];
  readonly triangles: object[];
}

type Color = readonly [number, number, number, number];

const colors: Readonly<Record<ShapePart, Color>> = {
  base: [0.85, 0.87, 0.9, 1],
  link: [0.85, 0.87, 0.9, 1],
  joint: [0.3, 0.33, 0.38, 1],
  hand: [0.3, 0.33, 0.38, 1],
  object: [0.95, 0.6, 0.2, 1],
  surface: [0.55, 0.58, 0.62, 1],
};
const markerColor: Color = [0.2, 0.8, 0.4, 0.5];
/** Of a marker that says of no radius, m. */
const pointRadius = 0.02;

/** The bodies' shapes, each in the frame of its body. */
export function bodyUpdate({ arm, objects, fixed }: Scene, meshes: Meshes | undefined, timestamp: Time): object {
  const bodies = [arm, ...objects, ...fixed].flatMap(({ model }) => model.bodies);
  const entities = bodies.map((body) => entityOf(body, meshes)).filter(isDrawn);
  return update(entities, timestamp);
}

/** The frame that everything is in: "world", unless a body has that name. */
export function worldOf({ arm, objects, fixed }: Scene): string {
  const bodies = [arm, ...objects, ...fixed].flatMap(({ model }) => model.bodies.map(({ name }) => name));
  return distinct([...new Set(bodies), 'world']).at(-1) as string;
}

/** Markers where an episode's parameters have them [G], in that frame. */
export function markerUpdate(
  { markers, params }: EnvSpec,
  values: Float32Array,
  { world, timestamp }: { readonly world: string; readonly timestamp: Time },
): object {
  const entities = markers.map((marker, i) =>
    markerEntity(marker, emptyEntity(`marker ${i + 1}`, world), params, values),
  );
  return update(entities, timestamp);
}

function update(entities: readonly Entity[], timestamp: Time): object {
  const still = { timestamp, lifetime: { sec: 0, nsec: 0 }, frame_locked: true };
  const none = { metadata: [], arrows: [], lines: [], texts: [], models: [] };
  return { deletions: [], entities: entities.map((entity) => ({ ...still, ...entity, ...none })) };
}

function emptyEntity(id: string, frame: string): Entity {
  return { id, frame_id: frame, cubes: [], spheres: [], cylinders: [], triangles: [] };
}

function isDrawn({ cubes, spheres, cylinders, triangles }: Entity): boolean {
  return [cubes, spheres, cylinders, triangles].some(({ length }) => length > 0);
}

function entityOf({ name, visuals, colliders }: Body, meshes: Meshes | undefined): Entity {
  const entity = emptyEntity(`shape of ${name}`, name);
  for (const visual of visuals) {
    if (!isMesh(visual)) draw(entity, visual, colors[visual.part]);
    else if (meshes && Object.hasOwn(meshes, visual.tensor)) drawMesh(entity, visual, meshes, colors[visual.part]);
  }
  if (!visuals.length) for (const solid of colliders) if (!isHull(solid)) draw(entity, solid, colors.object);
  return entity;
}

function isHull(shape: Collider): shape is Exclude<Collider, Shape> {
  return shape.kind === 'hull';
}

function markerEntity(
  { param, radius = pointRadius, rotation }: Marker,
  entity: Entity,
  params: EnvSpec['params'],
  values: Float32Array,
): Entity {
  const at = (name: string, size: number) => Array.from(values.subarray(offsetOf(params, name)).subarray(0, size));
  const [center, turned] = [at(param, 3), rotation === undefined ? identity : at(rotation, 4)];
  const size = vector([2 * radius, 2 * radius, 2 * radius]);
  const drawn = { pose: pose(center as unknown as Vec3, turned as unknown as Quat), size, color: rgba(markerColor) };
  // A cube shows how it is turned.
  (rotation === undefined ? entity.spheres : entity.cubes).push(drawn);
  return entity;
}

function draw({ cubes, spheres, cylinders }: Entity, shape: Shape, paint: Color): void {
  const color = rgba(paint);
  if (shape.kind === 'box') {
    cubes.push({ pose: pose(shape.center, shape.rotation), size: vector(shape.size), color });
    return;
  }
  const across = 2 * shape.radius;
  const ball = (center: Vec3) => spheres.push({ pose: pose(center), size: vector([across, across, across]), color });
  if (shape.kind === 'sphere') {
    ball(shape.center);
    return;
  }
  const { middle, length, along } = rodOf(shape);
  const size = vector([across, across, length]);
  cylinders.push({ pose: pose(middle, fromZAxisTo(along)), size, bottom_scale: 1, top_scale: 1, color });
  if (shape.kind === 'capsule') for (const end of [shape.from, shape.to]) ball(end);
}

const quarter = Math.SQRT1_2;

function fromZAxisTo(along: Vec3): Quat {
  return multiply(fromXAxisTo(along), [0, quarter, 0, quarter]);
}

function drawMesh({ triangles }: Entity, mesh: Mesh, meshes: Meshes, paint: Color): void {
  const data = meshes[mesh.tensor];
  const corners = cornersOf(mesh, data);
  const points = Array.from({ length: corners.length / 3 }, (_, i) =>
    vector([corners[3 * i], corners[3 * i + 1], corners[3 * i + 2]]),
  );
  const { position, rotation } = mesh.frame;
  const indices = Array.from(data.triangles);
  triangles.push({ pose: pose(position, rotation), points, color: rgba(paint), colors: [], indices });
}

export function pose([x, y, z]: ArrayLike<number> & Iterable<number>, rotation: Quat = identity): object {
  return { position: { x, y, z }, orientation: quaternion(rotation) };
}

export function vector([x, y, z]: Iterable<number>): object {
  return { x, y, z };
}

export function quaternion([x, y, z, w]: Iterable<number>): object {
  return { x, y, z, w };
}

function rgba([r, g, b, a]: Color): object {
  return { r, g, b, a };
}
