import { add, conjugate, cross, dot, identity, norm, rotate, subtract, type Vec3 } from '../math/rotation.ts';
import { DefinitionError } from './definition-error.ts';
import { rodOf } from './free-body.ts';
import type { Arm, Body, Shape } from './types.ts';
import { reachOf } from './workspace.ts';

/** How far a solid may stick out of the others of its body that is left out, over the arm's reach. */
const tolerance = 0.01;

/**
 * An arm that can touch: by its own colliders, as a robot file gives them, or, where no body has any, by the solids that it is
 * drawn by, so that what is seen is what touches, but for solids that all but lie in others.
 * @throws DefinitionError for an arm that has neither
 */
export function withColliders(arm: Arm): Arm {
  if (canTouch(arm)) return arm;
  const drawn = withLimbColliders(arm);
  if (canTouch(drawn)) return drawn;
  throw new DefinitionError(
    `arm ${arm.name}: contacts need shapes to touch with, and no body of it has collision shapes, or solids to be seen`,
  );
}

/** An arm of which every body can touch: by its own colliders, or, where a body has none, by the solids that it is drawn by. */
export function withLimbColliders(arm: Arm): Arm {
  const most = tolerance * reachOf(arm);
  const bodies = arm.bodies.map(
    (body): Body => (body.colliders.length ? body : { ...body, colliders: withoutHidden(solidsOf(body), most) }),
  );
  return { ...arm, bodies };
}

function canTouch({ bodies }: Arm): boolean {
  return bodies.some(({ colliders }) => colliders.length);
}

function solidsOf({ visuals }: Body): Shape[] {
  return visuals.flatMap((visual): Shape[] => {
    if (visual.kind === 'mesh') return [];
    const { part: _, ...shape } = visual;
    return [shape];
  });
}

/** Bodies of an arm that nothing touches, for they have no shape to touch with. */
export function bodiesWithoutColliders({ bodies }: Arm): string[] {
  return bodies.filter(({ colliders }) => !colliders.length).map(({ name }) => name);
}

/** The shapes without those that stick out of the others by no more than so much, m, the smallest left out first. */
function withoutHidden(shapes: readonly Shape[], most: number): Shape[] {
  const kept = [...shapes];
  for (const shape of shapes.toSorted((a, b) => sizeOf(a) - sizeOf(b))) {
    const others = kept.filter((other) => other !== shape);
    const isHidden = pointsOn(shape).every((point) => others.some((other) => distanceTo(other, point) <= most));
    if (isHidden) kept.splice(kept.indexOf(shape), 1);
  }
  return kept;
}

/** The longer, and thicker, the larger. */
function sizeOf(shape: Shape): number {
  if (shape.kind === 'box') return shape.size[0] * shape.size[1] * shape.size[2];
  const { radius } = shape;
  if (shape.kind === 'sphere') return 4 * radius * radius * radius;
  return 3 * radius * radius * (rodOf(shape).length + (shape.kind === 'capsule' ? radius : 0));
}

const diagonal = Math.SQRT1_2;
/** Eight directions around an axis. */
const around = [
  [1, 0],
  [diagonal, diagonal],
  [0, 1],
  [-diagonal, diagonal],
  [-1, 0],
  [-diagonal, -diagonal],
  [0, -1],
  [diagonal, -diagonal],
] as const;

/** Points all over a solid's surface, in its body. */
export function pointsOn(shape: Shape): Vec3[] {
  if (shape.kind === 'box') {
    const { center, size, rotation = identity } = shape;
    const sides = [-0.5, 0, 0.5];
    const corners = sides.flatMap((x) => sides.flatMap((y) => sides.map((z): Vec3 => [x, y, z])));
    return corners.map(([x, y, z]) => add(center, rotate(rotation, [x * size[0], y * size[1], z * size[2]])));
  }
  const { radius } = shape;
  const { from, to } = shape.kind === 'sphere' ? { from: shape.center, to: shape.center } : shape;
  const { along } = rodOf({ from, to });
  const side = unit(cross(along, Math.abs(along[2]) < 0.9 ? [0, 0, 1] : [1, 0, 0]));
  const other = cross(along, side);
  const rings = [0, 0.25, 0.5, 0.75, 1].flatMap((share) =>
    around.map(([a, b]) => add(between(from, to, share), add(scaled(side, a * radius), scaled(other, b * radius)))),
  );
  const cap = shape.kind === 'cylinder' ? 0 : radius;
  return [...rings, subtract(from, scaled(along, cap)), add(to, scaled(along, cap))];
}

/** How far a point is outside of a solid, m; no more than 0 in it. */
export function distanceTo(shape: Shape, point: Vec3): number {
  if (shape.kind === 'sphere') return norm(subtract(point, shape.center)) - shape.radius;
  if (shape.kind === 'box') {
    const { center, size, rotation = identity } = shape;
    const local = rotate(conjugate(rotation), subtract(point, center));
    return outside(...(local.map((x, i) => Math.abs(x) - size[i] / 2) as [number, number, number]));
  }
  const { from, radius } = shape;
  const { along, length } = rodOf(shape);
  const way = subtract(point, from);
  const at = dot(way, along);
  const off = norm(subtract(way, scaled(along, at)));
  const beyond = Math.max(-at, at - length);
  if (shape.kind === 'cylinder') return outside(off - radius, beyond, Number.NEGATIVE_INFINITY);
  const past = Math.max(beyond, 0);
  return Math.sqrt(off * off + past * past) - radius;
}

/** Distance by how far a point is beyond each pair of sides. */
function outside(a: number, b: number, c: number): number {
  const [x, y, z] = [Math.max(a, 0), Math.max(b, 0), Math.max(c, 0)];
  return Math.sqrt(x * x + y * y + z * z);
}

function scaled([x, y, z]: Vec3, by: number): Vec3 {
  return [x * by, y * by, z * by];
}

function unit(v: Vec3): Vec3 {
  return scaled(v, 1 / norm(v));
}

function between(from: Vec3, to: Vec3, share: number): Vec3 {
  return add(from, scaled(subtract(to, from), share));
}
