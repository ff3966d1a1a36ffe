import { Group, type Material, Mesh } from 'three';
import type { Quat, Scene, ScenePart, Trajectory } from '../../envs/types.ts';
import { poseAt } from '../derive/pose.ts';
import type { PartMaterials } from './materials.ts';
import { type Roundness, shapeMesh, smooth, solidOf } from './shapes.ts';

/** The arm of a scene: a base that stands still and one group for each body, posed straight from the recording. */
export class ArmView {
  readonly object = new Group();
  readonly base = new Group();
  readonly bodies: readonly Group[];
  readonly #pose: number[] = [];
  #shaded = true;
  #roundness: Roundness;

  constructor(scene: Scene, materials: PartMaterials, roundness = smooth) {
    this.#roundness = roundness;
    this.base.position.fromArray([...scene.base.position]);
    this.base.quaternion.fromArray([...scene.base.rotation]);
    fill(this.base, scene.base.shapes, materials, roundness);
    this.bodies = scene.bodies.map((body) => fill(new Group(), body.shapes, materials, roundness));
    this.object.add(this.base, ...this.bodies);
  }

  show(episode: Trajectory, position: number): void {
    for (const [i, body] of this.bodies.entries()) {
      poseAt(episode.pose, this.bodies.length, i, position, this.#pose);
      body.position.fromArray(this.#pose);
      body.quaternion.fromArray(this.#pose as unknown as Quat, 3);
    }
  }

  /** Whether it casts shadows, and they fall on it. */
  set shadows(cast: boolean) {
    this.object.traverse((child) => {
      child.castShadow = cast;
    });
    this.shaded = cast;
  }

  /** Whether shadows fall on it. */
  set shaded(shown: boolean) {
    if (shown === this.#shaded) return;
    this.#shaded = shown;
    this.object.traverse((child) => {
      child.receiveShadow = shown;
    });
  }

  set roundness(roundness: Roundness) {
    if (roundness === this.#roundness) return;
    this.#roundness = roundness;
    this.object.traverse((child) => {
      const solid = solidOf(child);
      if (solid) (child as Mesh).geometry = solid.geometry(roundness);
    });
  }

  /** Draws as one see-through body, in its turn among others such: first where its front is, then its colour. */
  see(through: Material, turn: number): void {
    const meshes: Mesh[] = [];
    this.object.traverse((child) => {
      if (solidOf(child)) meshes.push(child as Mesh);
    });
    for (const mesh of meshes) {
      const front = new Mesh(mesh.geometry, through);
      front.renderOrder = turn;
      mesh.renderOrder = turn + 0.005;
      mesh.add(front);
    }
  }

  /** Changes what all parts are made of. */
  use(materials: PartMaterials): void {
    this.object.traverse((child) => {
      const solid = solidOf(child);
      if (solid) (child as Mesh).material = materials[solid.part];
    });
  }

  dispose(): void {
    this.object.removeFromParent();
    this.object.traverse((child) => solidOf(child)?.dispose());
  }
}

function fill(group: Group, shapes: readonly ScenePart[], materials: PartMaterials, roundness: Roundness): Group {
  for (const shape of shapes) group.add(shapeMesh(shape, materials, roundness));
  return group;
}
