import { Box3, Line3, PerspectiveCamera, Raycaster, Scene, Vector2, Vector3 } from 'three';
import type { Recording } from '../../envs/recording/header.ts';
import { AllEpisodes } from '../instances/all-episodes.ts';
import type { OverlayEntry } from '../overlays/overlay.ts';
import { ArmView } from '../scene/arm.ts';
import { AxisLabels } from '../scene/axis-labels.ts';
import { FixedView } from '../scene/fixed.ts';
import { Floor } from '../scene/floor.ts';
import { Ghosts } from '../scene/ghosts.ts';
import { Lights } from '../scene/lights.ts';
import { ArmMaterials, disposeTree } from '../scene/materials.ts';
import { palettes, type Theme } from '../scene/palette.ts';
import { coarse, smooth, type Tessellation } from '../scene/shapes.ts';
import { union, type Workspace, workspace } from '../scene/workspace.ts';
import type { Moment } from '../state/state.ts';
import { fitView } from './framing.ts';
import { Layers } from './layers.ts';
import { Orbit } from './orbit.ts';
import { type Level, levels } from './quality.ts';
import { Renderer } from './renderer.ts';

/** In view before anything is open. */
const emptyWorkspace: Workspace = { points: [-0.4, -0.4, 0, 0.4, 0.4, 0.6], margin: 0.1 };

/** The three.js scene and its camera: shows a moment, and draws on request. */
export class Stage {
  readonly orbit: Orbit;
  readonly scene = new Scene();
  readonly camera = new PerspectiveCamera(32, 1, 0.01, 100);
  readonly canvas: HTMLCanvasElement;
  readonly layers: Layers;
  arm?: ArmView;
  #fixed?: FixedView;
  readonly #renderer: Renderer;
  readonly #lights: Lights;
  readonly #floor = new Floor();
  readonly #axisLabels = new AxisLabels();
  readonly #allEpisodes: AllEpisodes;
  readonly #materials = new ArmMaterials();
  readonly ghosts = new Ghosts(this.#materials.fine);
  #recording?: Recording;
  /** What is in view. */
  #moment?: Moment;
  /** Of a single arm. */
  #workspace = emptyWorkspace;
  #theme: Theme = 'light';
  #takesPictures = false;

  constructor(canvas: HTMLCanvasElement, host: HTMLElement, overlays: readonly OverlayEntry[]) {
    this.canvas = canvas;
    this.layers = new Layers(overlays);
    this.#renderer = new Renderer(canvas, host, this.camera);
    const { webgl, software } = this.#renderer;
    this.#lights = new Lights(webgl, this.scene, software);
    this.#allEpisodes = new AllEpisodes(software);
    for (const part of [this.#lights, this.#floor, this.#axisLabels, this.ghosts, this.#allEpisodes, this.layers])
      this.scene.add(part.object);
    this.orbit = new Orbit(this.camera, canvas, emptyWorkspace);
    this.#fitSurroundings();
    this.resize();
  }

  /** How far off the camera must be for many arms in rows to be in view, m. */
  readonly #distanceOf = (all: Workspace) => fitView(all, this.camera, 'rows').distance;

  /** Whether the browser can draw. Where it cannot, all but the picture is as it would be. */
  get canDraw(): boolean {
    return this.#renderer.webgl !== undefined;
  }

  /** Whether it is the processor that draws, which then has less time for all else. */
  get drawsInSoftware(): boolean {
    return this.#renderer.software;
  }

  /** Builds the arm and overlays of a recording when it is new, then poses them. */
  show(moment: Moment): void {
    const { recording, state, ghosts } = moment;
    this.#moment = moment;
    // From one time of a training to another the reader's view of the same arms stays.
    const isStep = recording !== this.#recording && this.#build(recording, state.isLive === true);
    this.arm?.show(moment.episode, moment.position);
    this.layers.show(moment);
    this.ghosts.show(moment);
    this.#showAllEpisodes(moment, isStep);
    this.orbit.follow(state.follow && !state.swarm ? moment.tip : undefined);
    const panes = state.arrange === 'split' && !state.swarm ? ghosts.length + 1 : 1;
    if (panes !== this.#renderer.panes && this.#renderer.split(panes)) this.orbit.resized();
  }

  /**
   * Shows all episodes in place of the arm and its ghosts where that is chosen.
   * @param keepsView whether arms in other rows are to be seen from where the camera is, if they can be
   */
  #showAllEpisodes(moment: Moment, keepsView: boolean): void {
    const before = this.#allEpisodes.layout;
    this.#allEpisodes.show(moment, this.#workspace, this.#distanceOf);
    const { isOn, layout } = this.#allEpisodes;
    if (this.arm) this.arm.object.visible = !isOn;
    if (this.#fixed) this.#fixed.object.visible = !isOn;
    this.ghosts.object.visible = !isOn;
    if (layout === before) return;
    this.#allEpisodes.paint(palettes[this.#theme]);
    this.#fitSurroundings();
    const space = this.#allEpisodes.workspace(this.#workspace);
    if (keepsView && before && isOn) this.orbit.widen(space);
    else this.orbit.show(space, isOn ? 'rows' : 'home');
  }

  paint(theme: Theme): void {
    this.#theme = theme;
    const surroundings = [this.#lights, this.#floor, this.#axisLabels];
    for (const part of [this.#materials, ...surroundings, this.ghosts, this.#allEpisodes, this.layers])
      part.paint(palettes[theme]);
  }

  resize(): void {
    if (this.#takesPictures || !this.#renderer.resize()) return;
    if (this.#moment && this.#allEpisodes.isOn) {
      this.#allEpisodes.refit(this.#workspace, this.#distanceOf);
      this.#showAllEpisodes(this.#moment, true);
    }
    this.orbit.resized();
  }

  /** The point of the arm at client coordinates, in the world; undefined beside the arm. */
  pick(clientX: number, clientY: number): Vector3 | undefined {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const across = (((clientX - left) / width) * this.#renderer.panes) % 1;
    const ray = new Raycaster();
    ray.setFromCamera(new Vector2(across * 2 - 1, 1 - ((clientY - top) / height) * 2), this.camera);
    return this.arm?.object.visible ? ray.intersectObject(this.arm.object, true)[0]?.point : undefined;
  }

  /** The episode whose arm is at client coordinates, where all are shown at once. */
  pickEpisode(clientX: number, clientY: number): number | undefined {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const pointer = new Vector3(clientX, clientY);
    const line = new Line3();
    const nearest = new Vector3();
    const onPage = ({ x, y }: Vector3, into: Vector3) =>
      into.set(left + ((x + 1) / 2) * width, top + ((1 - y) / 2) * height, 0);
    return this.#allEpisodes.pick(this.camera, (a, b) => {
      onPage(a, line.start);
      onPage(b, line.end);
      return line.closestPointToPoint(pointer, true, nearest).distanceTo(pointer);
    });
  }

  /**
   * A frame in motion is drawn as well as the machine keeps pace with, a still frame as well as can be; not that of an empty scene.
   * @param seconds since the last frame, in continuous motion
   */
  draw(moving: boolean, seconds?: number): void {
    if (this.#takesPictures || (!this.#moment && (!moving || this.#renderer.software))) return;
    if (!moving) this.layers.more(Infinity);
    this.#light(this.#renderer.prepare(moving, seconds));
    this.#render();
    // An arm that is about to move does that first.
    if (this.#moment?.position) this.layers.more();
  }

  /**
   * Draws the moment at a size in pixels, or a multiple of it, as well as can be. The canvas keeps the picture until `endPictures`:
   * `draw` does nothing until then.
   */
  picture(width: number, height: number): HTMLCanvasElement {
    const { orbit } = this;
    this.#takesPictures = true;
    this.layers.more(Infinity);
    this.#lights.full(true);
    this.#renderer.setPictureSize(width, height, !orbit.isHome);
    if (orbit.isHome) orbit.preset('home');
    this.#light(levels[0]);
    this.#render();
    return this.canvas;
  }

  /** Goes back to the page's own size and quality. */
  endPictures(): void {
    this.#takesPictures = false;
    this.#lights.full(false);
    this.resize();
  }

  #light(level: Level): void {
    const { shadows, fine } = level;
    const tessellation = tessellationOf(level);
    this.#lights.key.castShadow = this.#floor.shadows = shadows !== 'none';
    const materials = fine ? this.#materials.fine : this.#materials.plain;
    for (const arm of [...(this.arm ? [this.arm] : []), ...this.ghosts.solidArms]) {
      arm.materials = materials;
      arm.receiveShadow = shadows === 'all';
      arm.tessellation = tessellation;
    }
    if (this.#fixed) this.#fixed.materials = materials;
  }

  /** Frees all that the graphics card holds for it; nothing can be drawn any more. */
  close(): void {
    this.orbit.controls.dispose();
    disposeTree(this.scene);
    this.#renderer.close();
  }

  #render(): void {
    const isSplit = this.#renderer.panes > 1;
    // They hold for one arm only, not for arms in rows.
    this.#axisLabels.object.visible = this.arm !== undefined && !this.#allEpisodes.isOn && this.layers.isComplete;
    this.#renderer.render(this.scene, (pane) => this.#showPane(isSplit ? pane : undefined));
    this.#showPane(undefined);
  }

  /** Leaves one arm in the scene: that of the episode that plays in pane 0, a ghost's in others; all where i is undefined. */
  #showPane(i: number | undefined): void {
    if (this.arm) {
      for (const body of this.arm.bodies) body.visible = !i;
    }
    this.layers.showPane(i);
    for (let g = 0; g < this.#renderer.panes - 1; g++) {
      const ghost = this.ghosts.arm(g);
      if (ghost) ghost.object.visible = i === undefined || i === g + 1;
    }
  }

  /** Has the camera take in what happens in other recordings of the same world. */
  takeIn(recordings: readonly Recording[]): void {
    this.#workspace = union([this.#workspace, ...recordings.map(workspace)]);
    this.#fitSurroundings();
    this.orbit.widen(this.#allEpisodes.workspace(this.#workspace));
  }

  /**
   * @param isLive whether it goes on by itself, and should soon
   * @returns whether the recording before was of the same world
   */
  #build(recording: Recording, isLive: boolean): boolean {
    this.arm?.dispose();
    this.#fixed?.dispose();
    const isSameWorld = this.#recording !== undefined && sameWorld(this.#recording, recording);
    this.#recording = recording;
    const { scene } = recording.header;
    this.arm = new ArmView(recording, this.#materials.fine, tessellationOf(this.#renderer.level));
    this.#fixed = new FixedView(scene, this.#materials.fine);
    this.layers.open(recording, isLive && this.#renderer.software);
    this.scene.add(this.arm.object, this.#fixed.object);
    this.paint(this.#theme);
    if (isSameWorld) {
      this.takeIn([recording]);
      return true;
    }
    this.#workspace = workspace(recording);
    this.#fitSurroundings();
    this.orbit.show(this.#workspace);
    return false;
  }

  /** Fits floor, numbers and lights to the workspace. */
  #fitSurroundings(): void {
    const { points, margin } = this.#allEpisodes.workspace(this.#workspace);
    const box = new Box3().setFromArray([...points]).expandByScalar(margin);
    const radius = box.getSize(new Vector3()).length() / 2;
    const base = this.arm ? new Box3().setFromObject(this.arm.base) : new Box3();
    const height = Math.min(0, base.isEmpty() ? 0 : base.min.z);
    this.#floor.fit(box.getCenter(new Vector3()), height, radius);
    if (this.arm && !this.#allEpisodes.isOn) this.#axisLabels.arrange(this.#workspace, height);
    this.#lights.aim(box);
  }
}

function tessellationOf({ round }: Level): Tessellation {
  return round ? smooth : coarse;
}

/** Whether two recordings are of the same things: a camera that shows the one then shows the other. */
function sameWorld({ header: a }: Recording, { header: b }: Recording): boolean {
  return JSON.stringify([a.scene, a.spec.name]) === JSON.stringify([b.scene, b.spec.name]);
}
