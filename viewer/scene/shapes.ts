import {
  type BufferGeometry,
  CapsuleGeometry,
  LatheGeometry,
  Mesh,
  type Object3D,
  Quaternion,
  SphereGeometry,
  Vector2,
  Vector3,
} from 'three';
import { RoundedBoxGeometry } from 'three/addons/geometries/RoundedBoxGeometry.js';
import type { ScenePart, Shape, ShapePart, Vec3 } from '../../envs/types.ts';
import type { PartMaterials } from './materials.ts';

/** How round solids are: sides of a round one, and steps of a rounded edge. */
export interface Roundness {
  readonly sides: number;
  readonly steps: number;
}

export const smooth: Roundness = { sides: 32, steps: 3 };
/** A quarter of the triangles; a silhouette is off by a fiftieth of the radius at most. */
export const coarse: Roundness = { sides: 16, steps: 2 };

/** What a mesh of an arm is: of which part, and its geometries, each made when it is first drawn. */
export interface Solid {
  readonly part: ShapePart;
  geometry(roundness: Roundness): BufferGeometry;
  dispose(): void;
}

export function solidOf({ userData }: Object3D): Solid | undefined {
  return userData.solid;
}

function solid(part: ScenePart): Solid {
  const made = new Map<Roundness, BufferGeometry>();
  return {
    part: part.part,
    geometry(roundness) {
      const found = made.get(roundness) ?? geometry(part, roundness);
      made.set(roundness, found);
      return found;
    },
    dispose() {
      for (const each of made.values()) each.dispose();
    },
  };
}

/** A mesh for one solid of a body, in the body's frame; its edges are rounded, for nothing real has sharp ones. */
export function shapeMesh(part: ScenePart, materials: PartMaterials, roundness: Roundness): Mesh {
  const own = solid(part);
  const mesh = new Mesh(own.geometry(roundness), materials[part.part]);
  mesh.userData.solid = own;
  mesh.castShadow = true;
  mesh.receiveShadow = true;
  if ('from' in part) {
    mesh.position.fromArray(midpoint(part.from, part.to));
    mesh.quaternion.copy(alongY(part.from, part.to));
  } else {
    mesh.position.fromArray([...part.center]);
  }
  return mesh;
}

function geometry(shape: Shape, { sides, steps }: Roundness): BufferGeometry {
  switch (shape.kind) {
    case 'capsule':
      return new CapsuleGeometry(shape.radius, distance(shape.from, shape.to), sides / 4, sides);
    case 'cylinder':
      return roundedCylinder(shape.radius, distance(shape.from, shape.to), { sides: 1.25 * sides, steps });
    case 'box':
      return new RoundedBoxGeometry(...shape.size, steps, Math.min(0.012, Math.min(...shape.size) * 0.3));
    case 'sphere':
      return new SphereGeometry(shape.radius, sides, 0.625 * sides);
  }
}

/** Along y and centred, like three's own solids. */
function roundedCylinder(radius: number, height: number, { sides, steps }: Roundness): BufferGeometry {
  const bevel = Math.min(0.006, radius * 0.25, height * 0.3);
  const half = height / 2;
  const profile = [new Vector2(0, -half)];
  const corner = (x: number, y: number, start: number) => {
    for (let i = 0; i <= steps; i++) {
      const angle = start + (i / steps) * (Math.PI / 2);
      profile.push(new Vector2(x + bevel * Math.cos(angle), y + bevel * Math.sin(angle)));
    }
  };
  corner(radius - bevel, bevel - half, -Math.PI / 2);
  corner(radius - bevel, half - bevel, 0);
  profile.push(new Vector2(0, half));
  return new LatheGeometry(profile, sides);
}

function alongY(from: Vec3, to: Vec3): Quaternion {
  const direction = new Vector3(...to).sub(new Vector3(...from));
  const none = direction.lengthSq() === 0;
  return new Quaternion().setFromUnitVectors(new Vector3(0, 1, 0), none ? new Vector3(0, 1, 0) : direction.normalize());
}

function midpoint(a: Vec3, b: Vec3): [number, number, number] {
  return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2, (a[2] + b[2]) / 2];
}

function distance(a: Vec3, b: Vec3): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
}
