import { Group } from 'three';
import type { Scene } from '../../envs/model/types.ts';
import type { PartMaterials } from './materials.ts';
import { meshGeometries } from './mesh-geometry.ts';
import { PartMesh, smooth } from './shapes.ts';

/** What stands in a scene beside the arm: tables, obstacles. */
export class FixedView {
  readonly object = new Group();
  readonly #meshes: PartMesh[] = [];

  constructor({ fixed }: Scene, materials: PartMaterials) {
    for (const { model, frame } of fixed) {
      const group = new Group();
      group.position.fromArray([...frame.position]);
      group.quaternion.fromArray([...frame.rotation]);
      const geometryOf = meshGeometries(model);
      for (const visual of model.bodies[0].visuals) {
        const mesh = new PartMesh(visual, materials, smooth, geometryOf);
        // Shadows on a table are what makes things lie on it; its own would fall on the floor that its top is level with.
        mesh.castShadow = false;
        this.#meshes.push(mesh);
        group.add(mesh);
      }
      this.object.add(group);
    }
  }

  set materials(materials: PartMaterials) {
    for (const mesh of this.#meshes) mesh.material = materials[mesh.part];
  }

  dispose(): void {
    this.object.removeFromParent();
    for (const mesh of this.#meshes) mesh.dispose();
  }
}
