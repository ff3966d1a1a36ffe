import { Group, type Material, Mesh } from 'three';
import type { Quat } from '../../envs/math/rotation.ts';
import { treeOf } from '../../envs/model/tree.ts';
import type { Body, Scene } from '../../envs/model/types.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { poseAt } from '../derive/pose.ts';
import { solidsOf } from '../derive/scene.ts';
import type { PartMaterials } from './materials.ts';
import { PartMesh, smooth, type Tessellation } from './shapes.ts';

/** The arm of a scene: a base that stands still and one group for each body, posed straight from the recording. */
export class ArmView {
  readonly object = new Group();
  readonly base = new Group();
  readonly bodies: readonly Group[];
  readonly #meshes: PartMesh[] = [];
  readonly #pose: number[] = [];

  constructor({ arm }: Scene, materials: PartMaterials, tessellation = smooth) {
    const { model, frame } = arm;
    const fill = (group: Group, body: Body) => {
      for (const shape of solidsOf(body)) {
        const mesh = new PartMesh(shape, materials, tessellation);
        this.#meshes.push(mesh);
        group.add(mesh);
      }
      return group;
    };
    this.base.position.fromArray([...frame.position]);
    this.base.quaternion.fromArray([...frame.rotation]);
    fill(this.base, model.bodies[0]);
    this.bodies = treeOf(model).bodies.map((body) => fill(new Group(), body));
    this.object.add(this.base, ...this.bodies);
  }

  /** @param position in control steps */
  show(episode: Trajectory, position: number): void {
    for (const [i, body] of this.bodies.entries()) {
      poseAt(episode.pose, this.bodies.length, i, position, this.#pose);
      body.position.fromArray(this.#pose);
      body.quaternion.fromArray(this.#pose as unknown as Quat, 3);
    }
  }

  set castShadow(cast: boolean) {
    for (const mesh of this.#meshes) mesh.castShadow = cast;
  }

  set receiveShadow(received: boolean) {
    for (const mesh of this.#meshes) mesh.receiveShadow = received;
  }

  set tessellation(tessellation: Tessellation) {
    for (const mesh of this.#meshes) mesh.tessellation = tessellation;
  }

  set materials(materials: PartMaterials) {
    for (const mesh of this.#meshes) mesh.material = materials[mesh.part];
  }

  /**
   * Draws the arm as one translucent body: its front first into the depth buffer alone, then its colour.
   * @param depth material that writes depth and no colour
   * @param order among the translucent arms
   */
  makeTranslucent(depth: Material, order: number): void {
    for (const mesh of this.#meshes) {
      const front = new Mesh(mesh.geometry, depth);
      front.renderOrder = order;
      mesh.renderOrder = order + 0.005;
      mesh.add(front);
    }
  }

  dispose(): void {
    this.object.removeFromParent();
    for (const mesh of this.#meshes) mesh.dispose();
  }
}
