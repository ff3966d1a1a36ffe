import { BufferAttribute, BufferGeometry, Group, Line, LineDashedMaterial, Mesh, SphereGeometry } from 'three';
import type { Derived } from '../derive/episode.ts';
import { goalAt, goalRadiusOf } from '../derive/scene.ts';
import { secondOf } from '../state/compare.ts';
import type { EpisodeView, Moment } from '../state/state.ts';
import { ArmView } from './arm.ts';
import { disposeTree, GhostMaterials, glassMaterial, type PartMaterials } from './materials.ts';
import type { Palette } from './palette.ts';
import { coarse, smooth } from './shapes.ts';

interface Ghost {
  readonly recording: unknown;
  /** Whether it is drawn as the arm itself is, in a pane of its own. */
  readonly isSolid: boolean;
  readonly arm: ArmView;
  /** Where it is not solid. */
  readonly materials?: GhostMaterials;
  readonly path?: GhostPath;
}

/**
 * The arms of compared episodes, each in its own colour, and a faint arm at the time under the pointer. Where a second policy has a
 * pane of its own, its arm is drawn as the first one's is.
 */
export class Ghosts {
  readonly object = new Group();
  readonly #solid: PartMaterials;
  #ghosts: Ghost[] = [];
  #preview?: Ghost;
  #palette?: Palette;

  /** @param solid what an arm is drawn with in a pane of its own */
  constructor(solid: PartMaterials) {
    this.#solid = solid;
  }

  /** Those that are drawn as the arm itself is. */
  get solidArms(): readonly ArmView[] {
    return this.#ghosts.filter(({ isSolid }) => isSolid).map(({ arm }) => arm);
  }

  arm(i: number): ArmView | undefined {
    return this.#ghosts[i]?.arm;
  }

  show(moment: Moment): void {
    const { ghosts, state, ...main } = moment;
    const second = secondOf(moment);
    const isSolid = (view: EpisodeView) => view === second && state.arrange === 'split';
    const isBuilt = (view: EpisodeView, i: number) =>
      view.recording === this.#ghosts[i].recording && isSolid(view) === this.#ghosts[i].isSolid;
    if (ghosts.length !== this.#ghosts.length || !ghosts.every(isBuilt)) this.#build(ghosts, isSolid);
    if (second && !isSolid(second)) this.#ghosts[0].arm.castShadow = true;
    for (const [i, { episode, position }] of ghosts.entries()) {
      this.#ghosts[i].arm.show(episode, position);
      this.#ghosts[i].path?.show(ghosts[i]);
    }
    this.#showPreview(main, state.hover);
  }

  #build(views: readonly EpisodeView[], isSolid: (view: EpisodeView) => boolean): void {
    for (const ghost of this.#ghosts) {
      // The materials of a solid arm are those of the arm itself.
      if (ghost.isSolid) ghost.arm.dispose();
      else disposeTree(ghost.arm.object);
    }
    this.#ghosts = views.map((view, i) => (isSolid(view) ? this.#addSolid(view) : this.#add(view, i)));
    if (this.#palette) this.paint(this.#palette);
  }

  #addSolid({ recording }: Pick<EpisodeView, 'recording'>): Ghost {
    const arm = new ArmView(recording, this.#solid, smooth);
    arm.base.visible = false;
    this.object.add(arm.object);
    return { recording, isSolid: true, arm };
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
    return { recording, isSolid: false, arm, materials, path };
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
      if (this.#preview.path) this.#preview.path.object.visible = false;
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
      materials?.paint(color, 0.5);
      path?.paint(color);
    }
    this.#preview?.materials?.paint(palette.ink, 0.16);
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
