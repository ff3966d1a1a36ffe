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
import type { Vec3 } from '../../envs/math/rotation.ts';
import type { Mesh as MeshVisual, Shape, ShapePart, Visual } from '../../envs/model/types.ts';
import type { PartMaterials } from './materials.ts';

/** How round solids are drawn: sides of a round solid, and steps of a rounded edge. */
export interface Tessellation {
  readonly sides: number;
  readonly steps: number;
}

export const smooth: Tessellation = { sides: 32, steps: 3 };
/** A quarter of the triangles; a silhouette is off by a fiftieth of the radius at most. */
export const coarse: Tessellation = { sides: 16, steps: 2 };

/** The axis of three.js's own solids. */
const yAxis = new Vector3(0, 1, 0);

/** A visual of a body, in the body's frame. The edges of solids are rounded, for nothing real has sharp edges. */
export class PartMesh extends Mesh {
  readonly part: ShapePart;
  readonly #make: (tessellation: Tessellation) => BufferGeometry;
  /** Each made when it is first drawn. */
  readonly #geometries = new Map<Tessellation, BufferGeometry>();

  /** @param meshGeometry of a mesh in the mesh's own frame */
  constructor(
    shape: Visual,
    materials: PartMaterials,
    tessellation: Tessellation,
    meshGeometry: (mesh: MeshVisual) => BufferGeometry,
  ) {
    super(undefined, materials[shape.part]);
    this.part = shape.part;
    this.#make = (tessellation) => (shape.kind === 'mesh' ? meshGeometry(shape) : geometry(shape, tessellation));
    this.tessellation = tessellation;
    this.castShadow = true;
    this.receiveShadow = true;
    if (shape.kind === 'mesh') {
      this.position.fromArray([...shape.frame.position]);
      this.quaternion.fromArray([...shape.frame.rotation]);
    } else if ('from' in shape) {
      const { middle, rotation } = between(shape.from, shape.to, yAxis);
      this.position.copy(middle);
      this.quaternion.copy(rotation);
    } else {
      this.position.fromArray([...shape.center]);
      if (shape.kind === 'box' && shape.rotation) this.quaternion.fromArray([...shape.rotation]);
    }
  }

  set tessellation(tessellation: Tessellation) {
    const found = this.#geometries.get(tessellation) ?? this.#make(tessellation);
    this.#geometries.set(tessellation, found);
    this.geometry = found;
  }

  override dispose(): void {
    super.dispose();
    for (const made of this.#geometries.values()) made.dispose();
  }
}

function geometry(shape: Shape, { sides, steps }: Tessellation): BufferGeometry {
  switch (shape.kind) {
    case 'capsule':
      return new CapsuleGeometry(shape.radius, between(shape.from, shape.to, yAxis).length, sides / 4, sides);
    case 'cylinder':
      return roundedCylinder(shape.radius, between(shape.from, shape.to, yAxis).length, { sides: 1.25 * sides, steps });
    case 'box':
      return new RoundedBoxGeometry(...shape.size, steps, Math.min(0.012, Math.min(...shape.size) * 0.3));
    case 'sphere':
      return new SphereGeometry(shape.radius, sides, 0.625 * sides);
  }
}

function roundedCylinder(radius: number, height: number, { sides, steps }: Tessellation): BufferGeometry {
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

/** Middle, direction and length of a solid from one point to another; `axis` is the solid's own axis. */
export function between(from: Vec3, to: Vec3, axis: Vector3) {
  const [start, end] = [new Vector3(...from), new Vector3(...to)];
  const direction = end.clone().sub(start);
  const length = direction.length();
  const rotation = new Quaternion().setFromUnitVectors(axis, length > 0 ? direction.normalize() : axis);
  return { middle: start.add(end).multiplyScalar(0.5), rotation, length };
}
