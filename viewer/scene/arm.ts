import { Group, type Material, Mesh } from 'three';
import type { Quat } from '../../envs/math/rotation.ts';
import { freeBodiesOf } from '../../envs/model/free-body.ts';
import { treeOf } from '../../envs/model/tree.ts';
import type { Body } from '../../envs/model/types.ts';
import type { Recording, RecordingHeader } from '../../envs/recording/header.ts';
import type { Trajectory } from '../../envs/trajectory.ts';
import { poseAt } from '../derive/pose.ts';
import { looks } from './looks.ts';
import type { PartMaterials } from './materials.ts';
import { meshGeometries } from './mesh-geometry.ts';
import { PartMesh, type Tessellation } from './shapes.ts';

/** What of a recording its arm is drawn from. */
export type ArmSource = Pick<Recording, 'meshes'> & { readonly header: Pick<RecordingHeader, 'scene'> };

/** What moves in a scene: a base that stands still and one group for each body, free ones too, posed straight from the recording. */
export class ArmView {
  readonly object = new Group();
  readonly base = new Group();
  readonly bodies: readonly Group[];
  readonly #meshes: PartMesh[] = [];
  readonly #pose: number[] = [];

  constructor({ header, meshes }: ArmSource, materials: PartMaterials, tessellation: Tessellation) {
    const { scene } = header;
    const { model, frame } = scene.arm;
    const geometryOf = meshGeometries(model, meshes);
    const fill = (group: Group, body: Body) => {
      for (const visual of looks(body.visuals)) {
        const mesh = new PartMesh(visual, materials, tessellation, geometryOf);
        this.#meshes.push(mesh);
        group.add(mesh);
      }
      return group;
    };
    this.base.position.fromArray([...frame.position]);
    this.base.quaternion.fromArray([...frame.rotation]);
    fill(this.base, model.bodies[0]);
    const free = freeBodiesOf(scene).map(({ body }) => body);
    this.bodies = [...treeOf(model).bodies, ...free].map((body) => fill(new Group(), body));
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
