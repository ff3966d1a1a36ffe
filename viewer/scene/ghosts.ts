import { BufferAttribute, BufferGeometry, Group, Line, LineDashedMaterial, Mesh, SphereGeometry } from 'three';
import type { Derived } from '../derive/episode.ts';
import { goalAt, goalRadiusOf } from '../derive/scene.ts';
import type { EpisodeView, Moment } from '../state/state.ts';
import { ArmView } from './arm.ts';
import { disposeTree, GhostMaterials, glassMaterial } from './materials.ts';
import type { Palette } from './palette.ts';
import { coarse } from './shapes.ts';

interface Ghost {
  readonly recording: unknown;
  readonly arm: ArmView;
  readonly materials: GhostMaterials;
  readonly path: GhostPath;
}

/** The arms of compared episodes, each in its own colour, and a faint arm at the time under the pointer. */
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
      this.#ghosts[i].path.show(ghosts[i]);
    }
    this.#showPreview(main, state.hover);
  }

  #build(views: readonly EpisodeView[]): void {
    for (const { arm } of this.#ghosts) disposeTree(arm.object);
    this.#ghosts = views.map((view, i) => this.#add(view, i));
    if (this.#palette) this.paint(this.#palette);
  }

  #add({ recording }: Pick<EpisodeView, 'recording'>, order: number): Ghost {
    const materials = new GhostMaterials();
    const arm = new ArmView(recording, materials.parts, coarse);
    arm.castShadow = arm.receiveShadow = false;
    arm.makeTranslucent(materials.depth, 2 + 0.01 * order);
    arm.base.visible = false;
    const path = new GhostPath(goalRadiusOf(recording.header.spec));
    arm.object.add(path.object);
    this.object.add(arm.object);
    return { recording, arm, materials, path };
  }

  #showPreview(
    { recording, episode, step }: Pick<EpisodeView, 'recording' | 'episode' | 'step'>,
    hover?: number,
  ): void {
    const wanted = hover !== undefined && hover !== step && hover >= 0 && hover <= episode.steps;
    if (this.#preview && this.#preview.recording !== recording) {
      disposeTree(this.#preview.arm.object);
      this.#preview = undefined;
    }
    if (wanted && !this.#preview) {
      this.#preview = this.#add({ recording }, 9);
      this.#preview.path.object.visible = false;
      if (this.#palette) this.paint(this.#palette);
    }
    if (!this.#preview) return;
    this.#preview.arm.object.visible = wanted;
    if (wanted) this.#preview.arm.show(episode, hover);
  }

  paint(palette: Palette): void {
    this.#palette = palette;
    for (const [i, { materials, path }] of this.#ghosts.entries()) {
      const color = palette.ghosts[i % palette.ghosts.length];
      materials.paint(color, 0.5);
      path.paint(color);
    }
    this.#preview?.materials.paint(palette.ink, 0.16);
  }
}

/** The way of a ghost's tip so far as a dashed line, and its goal as a small sphere, both in its colour. */
class GhostPath {
  readonly object = new Group();
  readonly #glass = glassMaterial(0.3);
  readonly #stroke = new LineDashedMaterial({ dashSize: 0.008, gapSize: 0.005 });
  readonly #goal: Mesh;
  #line = new Line(new BufferGeometry(), this.#stroke);
  #shown?: Derived;

  /** @param radius of the goal, m */
  constructor(radius: number) {
    this.#goal = new Mesh(new SphereGeometry(radius || 0.02, 28, 18), this.#glass);
    this.#line.frustumCulled = false;
    this.object.add(this.#goal, this.#line);
  }

  show({ episode, recording, derived, step }: EpisodeView): void {
    const goal = goalAt(episode, recording.header, step);
    this.#goal.position.fromArray(goal);
    this.#goal.visible = goal.every(Number.isFinite);
    if (derived !== this.#shown) {
      this.#shown = derived;
      this.#line.geometry.dispose();
      this.#line.geometry = new BufferGeometry().setAttribute(
        'position',
        new BufferAttribute(Float32Array.from(derived.tips), 3),
      );
      this.#line.computeLineDistances();
    }
    this.#line.geometry.setDrawRange(0, step + 1);
  }

  paint(color: number): void {
    this.#glass.uniforms.color.value.setHex(color);
    this.#stroke.color.setHex(color);
  }
}
