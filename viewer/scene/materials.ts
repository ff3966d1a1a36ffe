import { type Material, MeshBasicMaterial, MeshLambertMaterial, MeshStandardMaterial } from 'three';
import type { ShapePart } from '../../envs/types.ts';
import type { Palette } from './palette.ts';

export type PartMaterials = Readonly<Record<ShapePart, Material>>;

const parts: readonly ShapePart[] = ['base', 'link', 'joint', 'hand'];

function each<M>(make: () => M): Readonly<Record<ShapePart, M>> {
  return { base: make(), link: make(), joint: make(), hand: make() };
}

/** The arm's looks: as good as can be, and cheap where the machine cannot keep pace. */
export class ArmMaterials {
  readonly fine = each(() => new MeshStandardMaterial());
  readonly plain = each(() => new MeshLambertMaterial());

  paint(palette: Palette): void {
    for (const part of parts) {
      const { color, roughness } = palette.parts[part];
      this.fine[part].color.setHex(color);
      this.fine[part].roughness = roughness;
      this.plain[part].color.setHex(color);
    }
  }
}

/** Where a ghost and the arm coincide, the arm is seen. */
const offset = { polygonOffset: true, polygonOffsetFactor: 2, polygonOffsetUnits: 8 };
const behind = { transparent: true, ...offset };

/** One see-through colour for a whole arm. */
export class GhostMaterials {
  readonly parts: PartMaterials;
  readonly #material = new MeshLambertMaterial(behind);
  readonly #dark = new MeshLambertMaterial(behind);

  constructor() {
    this.parts = { base: this.#material, link: this.#material, joint: this.#dark, hand: this.#dark };
  }

  paint(color: number, opacity: number): void {
    for (const [material, shade] of [
      [this.#material, 1],
      [this.#dark, 0.55],
    ] as const) {
      material.color.setHex(color).multiplyScalar(shade);
      material.opacity = opacity;
    }
  }

  /** Hides what lies behind the front of an arm, so that its inner parts do not shine through. */
  readonly front = new MeshBasicMaterial({ colorWrite: false, transparent: true, ...offset });

  dispose(): void {
    this.front.dispose();
    this.#material.dispose();
    this.#dark.dispose();
  }
}
