import { freeBodiesOf, rodOf } from '../model/free-body.ts';
import type { Collider, Scene } from '../model/types.ts';

/**
 * The speeds up to which a world step of h seconds carries no free body to the other side of the thinnest thing that stands, m/s
 * [F]: half of it and half of the body in a step. Infinite where nothing stands.
 */
export function safeSpeedsOf(scene: Scene, h: number): number[] {
  const standing = [...scene.fixed, scene.arm].flatMap(({ model }) => model.bodies[0].colliders);
  const thinnest = thicknessOf(standing);
  return freeBodiesOf(scene).map(({ body }) => (thicknessOf(body.colliders) + thinnest) / 2 / h);
}

/** The least that any of the colliders measures, along the axes of its own, m. */
function thicknessOf(colliders: readonly Collider[]): number {
  return Math.min(...colliders.flatMap(measuresOf));
}

function measuresOf(shape: Collider): readonly number[] {
  switch (shape.kind) {
    case 'box':
      return shape.size;
    case 'sphere':
      return [2 * shape.radius];
    case 'cylinder':
      return [2 * shape.radius, rodOf(shape).length];
    case 'capsule':
      return [2 * shape.radius];
    case 'hull':
      return [0, 1, 2].map((k) => {
        const along = shape.points.map((point) => point[k]);
        return Math.max(...along) - Math.min(...along);
      });
  }
}
