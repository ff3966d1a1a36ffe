import { Group } from 'three';
import type { Moment, Subject } from '../state/types.ts';
import { ArmView } from './arm.ts';
import { Errand } from './errand.ts';
import { GhostMaterials } from './materials.ts';
import type { Palette } from './palette.ts';
import { coarse } from './shapes.ts';

interface Ghost {
  readonly recording: unknown;
  readonly arm: ArmView;
  readonly materials: GhostMaterials;
  readonly errand: Errand;
}

/** The arms of compared episodes, each in its own colour, and a faint one at the time that the pointer marks. */
export class Ghosts {
  readonly object = new Group();
  #ghosts: Ghost[] = [];
  #preview?: Ghost;
  #palette?: Palette;

  arm(i: number): ArmView | undefined {
    return this.#ghosts[i]?.arm;
  }

  show({ ghosts, state, ...main }: Moment): void {
    const fit =
      ghosts.length === this.#ghosts.length && ghosts.every((g, i) => g.recording === this.#ghosts[i].recording);
    if (!fit) this.#build(ghosts);
    for (const [i, { episode, position }] of ghosts.entries()) {
      this.#ghosts[i].arm.show(episode, position);
      this.#ghosts[i].errand.show(ghosts[i]);
    }
    this.#showPreview(main, state.hover);
  }

  #build(subjects: readonly Subject[]): void {
    for (const ghost of this.#ghosts) remove(ghost);
    this.#ghosts = subjects.map((subject, i) => this.#add(subject, i));
    if (this.#palette) this.paint(this.#palette);
  }

  #add({ recording }: Pick<Subject, 'recording'>, turn: number): Ghost {
    const materials = new GhostMaterials();
    const arm = new ArmView(recording.header.scene, materials.parts, coarse);
    arm.shadows = false;
    arm.see(materials.front, 2 + 0.01 * turn);
    arm.base.visible = false;
    const errand = new Errand(recording.header.scene.goalRadius);
    arm.object.add(errand.object);
    this.object.add(arm.object);
    return { recording, arm, materials, errand };
  }

  #showPreview({ recording, episode, step }: Pick<Subject, 'recording' | 'episode' | 'step'>, hover?: number): void {
    const wanted = hover !== undefined && hover !== step && hover >= 0 && hover <= episode.steps;
    if (this.#preview && this.#preview.recording !== recording) {
      remove(this.#preview);
      this.#preview = undefined;
    }
    if (wanted && !this.#preview) {
      this.#preview = this.#add({ recording }, 9);
      this.#preview.errand.object.visible = false;
      if (this.#palette) this.paint(this.#palette);
    }
    if (!this.#preview) return;
    this.#preview.arm.object.visible = wanted;
    if (wanted) this.#preview.arm.show(episode, hover);
  }

  paint(palette: Palette): void {
    this.#palette = palette;
    for (const [i, { materials, errand }] of this.#ghosts.entries()) {
      const color = palette.ghosts[i % palette.ghosts.length];
      materials.paint(color, 0.5);
      errand.paint(color);
    }
    this.#preview?.materials.paint(palette.ink, 0.16);
  }
}

function remove({ arm, materials, errand }: Ghost): void {
  errand.dispose();
  arm.dispose();
  materials.dispose();
}
