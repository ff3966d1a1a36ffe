import { BufferAttribute, BufferGeometry, Group, Line, LineDashedMaterial, Mesh, SphereGeometry } from 'three';
import type { Derived } from '../derive/derive.ts';
import { glassMaterial } from '../overlays/glass.ts';
import type { Subject } from '../state/types.ts';

/** Where a ghost has been and where it wants to go: a dashed path and a small goal in its colour. */
export class Errand {
  readonly object = new Group();
  readonly #glass = glassMaterial(0.3);
  readonly #stroke = new LineDashedMaterial({ dashSize: 0.008, gapSize: 0.005 });
  readonly #goal: Mesh;
  #path = new Line(new BufferGeometry(), this.#stroke);
  #shown?: Derived;

  /** @param radius of the goal, m */
  constructor(radius: number) {
    this.#goal = new Mesh(new SphereGeometry(radius || 0.02, 28, 18), this.#glass);
    this.#path.frustumCulled = false;
    this.object.add(this.#goal, this.#path);
  }

  show({ episode, derived, step }: Subject): void {
    if (derived !== this.#shown) {
      this.#shown = derived;
      this.#goal.position.fromArray(episode.goal);
      this.#goal.visible = episode.goal.every(Number.isFinite);
      this.#path.geometry.dispose();
      this.#path.geometry = new BufferGeometry().setAttribute(
        'position',
        new BufferAttribute(Float32Array.from(derived.tips), 3),
      );
      this.#path.computeLineDistances();
    }
    this.#path.geometry.setDrawRange(0, step + 1);
  }

  paint(color: number): void {
    this.#glass.uniforms.color.value.setHex(color);
    this.#stroke.color.setHex(color);
  }

  dispose(): void {
    for (const part of [this.#goal.geometry, this.#path.geometry, this.#glass, this.#stroke]) part.dispose();
  }
}
