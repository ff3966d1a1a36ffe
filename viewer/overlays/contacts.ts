import {
  ConeGeometry,
  CylinderGeometry,
  Group,
  InstancedMesh,
  Matrix4,
  MeshBasicMaterial,
  Quaternion,
  SphereGeometry,
  Vector3,
} from 'three';
import { contactsAt, contactWidth, mostContacts } from '../../envs/trajectory.ts';
import type { Palette } from '../scene/palette.ts';
import type { Moment } from '../state/state.ts';
import type { Overlay, OverlayEntry } from './overlay.ts';

/** Where bodies touch, with an arrow along the force of each point. */
export const contacts: OverlayEntry = {
  name: 'contacts',
  title: 'Contacts',
  description: 'where bodies touch, and how hard: an arrow of 1 cm for 4 N',
  isOf: ({ spec }) => spec.hasContacts === true,
  create: () => new Contacts(),
};

/** m per N, and the longest arrow, m. */
const scale = 0.0025;
const longest = 0.15;
const [pointRadius, headLength] = [0.0035, 0.012];

// Scratch objects, written anew for every arrow.
const [matrix, at, turn, size, direction, up] = [
  new Matrix4(),
  new Vector3(),
  new Quaternion(),
  new Vector3(),
  new Vector3(),
  new Vector3(0, 1, 0),
];

class Contacts implements Overlay {
  readonly object = new Group();
  readonly #material = new MeshBasicMaterial({ toneMapped: false, depthTest: false, transparent: true });
  readonly #points = this.#instanced(new SphereGeometry(pointRadius, 10, 8));
  // Both point along +y, and begin at their origin.
  readonly #shafts = this.#instanced(new CylinderGeometry(0.0015, 0.0015, 1, 8).translate(0, 0.5, 0));
  readonly #heads = this.#instanced(new ConeGeometry(0.0045, headLength, 10).translate(0, headLength / 2, 0));

  #instanced(geometry: SphereGeometry | CylinderGeometry): InstancedMesh {
    const mesh = new InstancedMesh(geometry, this.#material, mostContacts);
    mesh.frustumCulled = false;
    mesh.renderOrder = 3;
    this.object.add(mesh);
    return mesh;
  }

  show({ episode, step }: Moment): void {
    const rows = contactsAt(episode, step);
    const count = rows.length / contactWidth;
    for (let i = 0; i < count; i++) this.#place(i, rows.subarray(i * contactWidth, (i + 1) * contactWidth));
    for (const mesh of [this.#points, this.#shafts, this.#heads]) {
      mesh.count = count;
      mesh.instanceMatrix.needsUpdate = true;
    }
  }

  #place(i: number, row: Float32Array): void {
    at.set(row[2], row[3], row[4]);
    direction.set(row[5], row[6], row[7]);
    const length = Math.min(longest, scale * direction.length());
    turn.setFromUnitVectors(up, direction.normalize());
    this.#points.setMatrixAt(i, matrix.compose(at, turn, size.set(1, 1, 1)));
    this.#shafts.setMatrixAt(i, matrix.compose(at, turn, size.set(1, length, 1)));
    this.#heads.setMatrixAt(i, matrix.compose(at.addScaledVector(direction, length), turn, size.set(1, 1, 1)));
  }

  paint(palette: Palette): void {
    this.#material.color.setHex(palette.axes[0]);
  }
}
