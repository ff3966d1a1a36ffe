import { Box3, PerspectiveCamera, Raycaster, Scene, Vector2, Vector3 } from 'three';
import type { Recording } from '../../envs/recording/header.ts';
import { AllEpisodes } from '../instances/all-episodes.ts';
import type { Key, Legend, Overlay, OverlayEntry } from '../overlays/overlay.ts';
import { ArmView } from '../scene/arm.ts';
import { AxisLabels } from '../scene/axis-labels.ts';
import { FixedView } from '../scene/fixed.ts';
import { Floor } from '../scene/floor.ts';
import { Ghosts } from '../scene/ghosts.ts';
import { Lights } from '../scene/lights.ts';
import { ArmMaterials, disposeTree } from '../scene/materials.ts';
import { palettes, type Theme } from '../scene/palette.ts';
import { coarse, smooth } from '../scene/shapes.ts';
import { type Workspace, workspace } from '../scene/workspace.ts';
import type { Moment } from '../state/state.ts';
import { Orbit } from './orbit.ts';
import { Renderer } from './renderer.ts';

/** What explains the overlays. */
export interface Annotations {
  readonly legends: readonly Legend[];
  readonly keys: readonly Key[];
  readonly notes: readonly string[];
}

/** In view before anything is open. */
const emptyWorkspace: Workspace = { points: [-0.4, -0.4, 0, 0.4, 0.4, 0.6], margin: 0.1 };

/** The three.js scene and its camera: shows a moment, and draws on request. */
export class Stage {
  readonly orbit: Orbit;
  readonly scene = new Scene();
  readonly camera = new PerspectiveCamera(32, 1, 0.01, 100);
  readonly canvas: HTMLCanvasElement;
  readonly ghosts = new Ghosts();
  arm?: ArmView;
  #fixed?: FixedView;
  readonly #entries: readonly OverlayEntry[];
  readonly #renderer: Renderer;
  readonly #lights: Lights;
  readonly #floor = new Floor();
  readonly #axisLabels = new AxisLabels();
  readonly #allEpisodes: AllEpisodes;
  readonly #materials = new ArmMaterials();
  #overlays: { readonly name: string; readonly overlay: Overlay }[] = [];
  #shownOverlays: ReadonlySet<string> = new Set();
  #recording?: Recording;
  /** Of a single arm. */
  #workspace = emptyWorkspace;
  #theme: Theme = 'light';

  constructor(canvas: HTMLCanvasElement, host: HTMLElement, overlays: readonly OverlayEntry[]) {
    this.canvas = canvas;
    this.#entries = overlays;
    this.#renderer = new Renderer(canvas, host, this.camera);
    const { webgl, software } = this.#renderer;
    this.#lights = new Lights(webgl, this.scene, software);
    this.#allEpisodes = new AllEpisodes(software);
    for (const part of [this.#lights, this.#floor, this.#axisLabels, this.ghosts, this.#allEpisodes])
      this.scene.add(part.object);
    this.orbit = new Orbit(this.camera, canvas, emptyWorkspace);
    this.#fitSurroundings();
    this.resize();
  }

  /** Whether the browser can draw. Where it cannot, all but the picture is as it would be. */
  get canDraw(): boolean {
    return this.#renderer.webgl !== undefined;
  }

  /** Builds the arm and overlays of a recording when it is new, then poses them. */
  show(moment: Moment): void {
    const { recording, state, ghosts } = moment;
    if (recording !== this.#recording) this.#build(recording);
    this.arm?.show(moment.episode, moment.position);
    const isShown = (name: string) => !state.swarm && !state.hidden.includes(name);
    for (const { name, overlay } of this.#overlays) {
      if (isShown(name)) overlay.show(moment);
    }
    this.#shownOverlays = new Set(this.#entries.map(({ name }) => name).filter(isShown));
    this.ghosts.show(moment);
    this.#showAllEpisodes(moment);
    this.orbit.follow(state.follow && !state.swarm ? moment.tip : undefined);
    const panes = state.arrange === 'split' && !state.swarm ? ghosts.length + 1 : 1;
    if (panes !== this.#renderer.panes && this.#renderer.split(panes)) this.orbit.resized();
  }

  /** Shows all episodes in place of the arm and its ghosts where that is chosen. */
  #showAllEpisodes(moment: Moment): void {
    const { isOn: before } = this.#allEpisodes;
    this.#allEpisodes.show(moment, this.#workspace);
    const { isOn } = this.#allEpisodes;
    if (this.arm) this.arm.object.visible = !isOn;
    if (this.#fixed) this.#fixed.object.visible = !isOn;
    this.ghosts.object.visible = !isOn;
    if (isOn === before) return;
    this.#fitSurroundings();
    this.orbit.workspace = this.#allEpisodes.workspace(this.#workspace);
  }

  paint(theme: Theme): void {
    this.#theme = theme;
    const surroundings = [this.#lights, this.#floor, this.#axisLabels];
    const overlaid = this.#overlays.map(({ overlay }) => overlay);
    for (const part of [this.#materials, ...surroundings, this.ghosts, this.#allEpisodes, ...overlaid])
      part.paint(palettes[theme]);
  }

  /** Legends, keys and notes of the overlays that are not hidden. */
  annotations(hidden: readonly string[]): Annotations {
    const shown = this.#overlays.filter(({ name }) => !hidden.includes(name)).map(({ overlay }) => overlay);
    return {
      legends: shown.map((overlay) => overlay.legend?.()).filter((legend) => legend !== undefined),
      keys: shown.flatMap(({ keys = [] }) => keys),
      notes: shown.map(({ note }) => note).filter((note) => note !== undefined),
    };
  }

  resize(): void {
    if (this.#renderer.resize()) this.orbit.resized();
  }

  /** The point of the arm at client coordinates, in the world; undefined beside the arm. */
  pick(clientX: number, clientY: number): Vector3 | undefined {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const across = (((clientX - left) / width) * this.#renderer.panes) % 1;
    const ray = new Raycaster();
    ray.setFromCamera(new Vector2(across * 2 - 1, 1 - ((clientY - top) / height) * 2), this.camera);
    return this.arm?.object.visible ? ray.intersectObject(this.arm.object, true)[0]?.point : undefined;
  }

  /**
   * A frame in motion is drawn as well as the machine keeps pace with, a still frame as well as can be.
   * @param seconds since the last frame, in continuous motion
   */
  draw(moving: boolean, seconds?: number): void {
    if (this.#renderer.hasPictureSize) this.resize();
    const { shadows, fine, round } = this.#renderer.prepare(moving, seconds);
    this.#lights.key.castShadow = this.#floor.shadows = shadows !== 'none';
    if (this.arm) {
      this.arm.materials = fine ? this.#materials.fine : this.#materials.plain;
      this.arm.receiveShadow = shadows === 'all';
      this.arm.tessellation = round ? smooth : coarse;
    }
    if (this.#fixed) this.#fixed.materials = fine ? this.#materials.fine : this.#materials.plain;
    this.#render();
  }

  /** Draws the moment at a size in pixels. The canvas keeps the picture until the next `draw`, which restores the page's size. */
  picture(width: number, height: number): HTMLCanvasElement {
    this.#renderer.setPictureSize(width, height);
    this.#render();
    return this.canvas;
  }

  /** Frees all that the graphics card holds for it; nothing can be drawn any more. */
  close(): void {
    this.orbit.controls.dispose();
    disposeTree(this.scene);
    this.#renderer.close();
  }

  #render(): void {
    const isSplit = this.#renderer.panes > 1;
    this.#renderer.render(this.scene, (pane) => this.#showPane(isSplit ? pane : undefined));
    this.#showPane(undefined);
  }

  /** Leaves one arm in the scene: that of the episode that plays in pane 0, a ghost's in others; all where i is undefined. */
  #showPane(i: number | undefined): void {
    if (this.arm) {
      for (const body of this.arm.bodies) body.visible = !i;
    }
    for (const { name, overlay } of this.#overlays) {
      overlay.object.visible = this.#shownOverlays.has(name) && (!i || name === 'frame');
    }
    for (let g = 0; g < this.#renderer.panes - 1; g++) {
      const ghost = this.ghosts.arm(g);
      if (ghost) ghost.object.visible = i === undefined || i === g + 1;
    }
  }

  #build(recording: Recording): void {
    this.arm?.dispose();
    this.#fixed?.dispose();
    for (const { overlay } of this.#overlays) disposeTree(overlay.object);
    this.#recording = recording;
    const { scene } = recording.header;
    this.arm = new ArmView(recording, this.#materials.fine);
    this.#fixed = new FixedView(scene, this.#materials.fine);
    const entries = this.#entries.filter(({ isOf }) => !isOf || isOf(recording.header));
    this.#overlays = entries.map(({ name, create }) => ({ name, overlay: create(recording.header) }));
    this.scene.add(this.arm.object, this.#fixed.object, ...this.#overlays.map(({ overlay }) => overlay.object));
    this.#workspace = workspace(recording);
    this.#fitSurroundings();
    this.paint(this.#theme);
    this.orbit.workspace = this.#workspace;
  }

  /** Fits floor, numbers and lights to the workspace. */
  #fitSurroundings(): void {
    const { points, margin } = this.#allEpisodes.workspace(this.#workspace);
    const box = new Box3().setFromArray([...points]).expandByScalar(margin);
    const radius = box.getSize(new Vector3()).length() / 2;
    const base = this.arm ? new Box3().setFromObject(this.arm.base) : new Box3();
    const height = Math.min(0, base.isEmpty() ? 0 : base.min.z);
    this.#floor.fit(box.getCenter(new Vector3()), height, radius);
    // The numbers hold for one arm only, not for arms in rows.
    this.#axisLabels.object.visible = this.arm !== undefined && !this.#allEpisodes.isOn;
    if (this.#axisLabels.object.visible) this.#axisLabels.arrange(this.#workspace, height);
    this.#lights.aim(box);
  }
}
