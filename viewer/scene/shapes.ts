import {
  type BufferGeometry,
  CapsuleGeometry,
  LatheGeometry,
  Mesh,
  Quaternion,
  SphereGeometry,
  Vector2,
  Vector3,
} from 'three';
import { RoundedBoxGeometry } from 'three/addons/geometries/RoundedBoxGeometry.js';
import type { ScenePart, Shape, Vec3 } from '../../envs/types.ts';
import type { PartMaterials } from './materials.ts';

/** A mesh for one solid of a body, in the body's frame; its edges are rounded, for nothing real has sharp ones. */
export function shapeMesh(part: ScenePart, materials: PartMaterials): Mesh {
  const mesh = new Mesh(geometry(part), materials[part.part]);
  mesh.userData.part = part.part;
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

function geometry(shape: Shape): BufferGeometry {
  switch (shape.kind) {
    case 'capsule':
      return new CapsuleGeometry(shape.radius, distance(shape.from, shape.to), 8, 32);
    case 'cylinder':
      return roundedCylinder(shape.radius, distance(shape.from, shape.to));
    case 'box':
      return new RoundedBoxGeometry(...shape.size, 3, Math.min(0.012, Math.min(...shape.size) * 0.3));
    case 'sphere':
      return new SphereGeometry(shape.radius, 32, 20);
  }
}

/** Along y and centred, like three's own solids. */
function roundedCylinder(radius: number, height: number): BufferGeometry {
  const bevel = Math.min(0.006, radius * 0.25, height * 0.3);
  const half = height / 2;
  const profile = [new Vector2(0, -half)];
  const corner = (x: number, y: number, start: number) => {
    for (let i = 0; i <= 3; i++) {
      const angle = start + (i / 3) * (Math.PI / 2);
      profile.push(new Vector2(x + bevel * Math.cos(angle), y + bevel * Math.sin(angle)));
    }
  };
  corner(radius - bevel, bevel - half, -Math.PI / 2);
  corner(radius - bevel, half - bevel, 0);
  profile.push(new Vector2(0, half));
  return new LatheGeometry(profile, 40);
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
