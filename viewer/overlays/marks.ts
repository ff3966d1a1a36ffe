import { ConeGeometry, Group, Mesh, MeshBasicMaterial, Quaternion, type SphereGeometry, Vector3 } from 'three';
import { LineMaterial } from 'three/addons/lines/LineMaterial.js';
import { LineSegments2 } from 'three/addons/lines/LineSegments2.js';
import { LineSegmentsGeometry } from 'three/addons/lines/LineSegmentsGeometry.js';

/** Marks that overlays draw: they show through the arm. */

/** A solid that is drawn through what is in front of it. */
export function marker(geometry: SphereGeometry, opacity = 1): Mesh<SphereGeometry, MeshBasicMaterial> {
  const material = new MeshBasicMaterial({ toneMapped: false, depthTest: false, transparent: true, opacity });
  const mesh = new Mesh(geometry, material);
  mesh.renderOrder = 5;
  return mesh;
}

/** A line along points, drawn through what is in front of it. */
export class Line {
  readonly object: LineSegments2;

  constructor(line: ConstructorParameters<typeof LineMaterial>[0]) {
    const material = new LineMaterial({ ...line, transparent: true, depthTest: false });
    this.object = new LineSegments2(new LineSegmentsGeometry(), material);
    this.object.frustumCulled = false;
    this.object.renderOrder = 4;
  }

  /** Draws the line from point to point. */
  show(...points: readonly (readonly number[])[]): void {
    this.object.geometry.setPositions(points.slice(1).flatMap((to, i) => [...points[i], ...to]));
    this.object.computeLineDistances();
  }

  paint(color: number): void {
    this.object.material.color.setHex(color);
  }
}

/** An arrow that ends where a displacement from the tip does. */
export class Arrow {
  /** Its origin is the arrow's end. */
  readonly object = new Group();
  readonly #line = new Line({ linewidth: 3 });
  readonly #head: Mesh<ConeGeometry, MeshBasicMaterial>;
  readonly #length: number;

  constructor(length: number) {
    this.#length = length;
    // It points along +y, and ends at its origin.
    const cone = new ConeGeometry(length * 0.3, length, 20).translate(0, -length / 2, 0);
    this.#head = new Mesh(cone, new MeshBasicMaterial({ toneMapped: false, depthTest: false, transparent: true }));
    this.#head.renderOrder = 5;
    this.object.add(this.#line.object, this.#head);
  }

  show(tip: readonly number[], displacement: readonly number[]): void {
    const way = new Vector3().fromArray([...displacement]);
    const length = way.length();
    this.object.position.fromArray([...tip]).add(way);
    // The head of a short arrow is no longer than half of that.
    const head = Math.min(this.#length, length / 2);
    this.#head.scale.setScalar(head / this.#length || 1e-6);
    if (length > 0) this.#head.quaternion.copy(new Quaternion().setFromUnitVectors(up, way.clone().normalize()));
    const neck = length > 0 ? way.clone().multiplyScalar(-head / length) : new Vector3();
    this.#line.show(way.negate().toArray(), neck.toArray());
  }

  paint(color: number): void {
    this.#line.paint(color);
    this.#head.material.color.setHex(color);
  }
}

const up = new Vector3(0, 1, 0);
