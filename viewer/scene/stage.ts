import { Box3, PCFShadowMap, PerspectiveCamera, Raycaster, Scene, Vector2, Vector3, WebGLRenderer } from 'three';
import type { Recording } from '../../envs/recording/types.ts';
import { overlays } from '../overlays/index.ts';
import type { Legend, Overlay } from '../overlays/types.ts';
import type { Moment } from '../state/types.ts';
import { Crowd } from '../swarm/crowd.ts';
import { ArmView } from './arm.ts';
import { type Workspace, workspace } from './bounds.ts';
import { Orbit } from './camera.ts';
import { Floor } from './floor.ts';
import { Gauge } from './gauge.ts';
import { Ghosts } from './ghosts.ts';
import { Lights } from './lights.ts';
import { ArmMaterials } from './materials.ts';
import { palettes, type Theme } from './palette.ts';
import { isSoftware } from './probe.ts';
import { judge, levels, type Quality } from './quality.ts';
import { coarse, smooth } from './shapes.ts';

/** What the camera sees before anything is open. */
const emptyStage: Workspace = { points: [-0.4, -0.4, 0, 0.4, 0.4, 0.6], margin: 0.1 };

/** Everything in three dimensions: shows a moment, and draws when it is told to. */
export class Stage {
  readonly orbit: Orbit;
  readonly scene = new Scene();
  readonly camera = new PerspectiveCamera(32, 1, 0.01, 100);
  readonly canvas: HTMLCanvasElement;
  readonly ghosts = new Ghosts();
  arm?: ArmView;
  readonly #renderer: WebGLRenderer;
  readonly #lights: Lights;
  readonly #floor = new Floor();
  readonly #gauge = new Gauge();
  readonly #crowd: Crowd;
  readonly #materials = new ArmMaterials();
  readonly #host: HTMLElement;
  readonly #stillPixels: number;
  #overlays: { readonly name: string; readonly overlay: Overlay }[] = [];
  #recording?: Recording;
  #workspace: Workspace = emptyStage;
  #theme: Theme = 'light';
  #quality: Quality = { level: 0, slow: 0 };
  #fine = true;
  #shownLayers: ReadonlySet<string> = new Set();
  /** Panes side by side; in each, one arm. */
  #panes = 1;
  #size = new Vector2(1, 1);
  /** Whether the canvas holds a picture of another size. */
  #pictured = false;

  constructor(canvas: HTMLCanvasElement, host: HTMLElement) {
    const software = isSoftware();
    if (software) this.#quality = { level: 3, slow: 0 };
    // Smoothing edges slows every frame there; a still one is drawn twice as large and scaled down instead.
    this.#stillPixels = software ? 2 : Math.min(window.devicePixelRatio, 2);
    this.canvas = canvas;
    this.#host = host;
    this.#renderer = new WebGLRenderer({ canvas, antialias: !software, alpha: true });
    // No tone mapping: the lights are set so that nothing clips, and dark parts keep their hue.
    // Asking after every shader would wait for each in turn.
    this.#renderer.debug.checkShaderErrors = false;
    this.#renderer.shadowMap.enabled = true;
    this.#renderer.shadowMap.type = PCFShadowMap;
    this.#lights = new Lights(this.#renderer, this.scene, software);
    this.#crowd = new Crowd(software);
    this.scene.add(this.#lights.object, this.#floor.object, this.#gauge.object, this.ghosts.object, this.#crowd.object);
    this.orbit = new Orbit(this.camera, canvas, emptyStage);
    this.#arrange();
    this.resize();
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
    this.#shownLayers = new Set(overlays.map(({ name }) => name).filter(isShown));
    this.ghosts.show(moment);
    this.#gather(moment);
    this.orbit.follow(state.follow && !state.swarm ? moment.tip : undefined);
    const panes = state.arrange === 'split' && !state.swarm ? ghosts.length + 1 : 1;
    if (panes !== this.#panes) {
      this.#panes = panes;
      this.resize();
    }
  }

  /** Makes room for a swarm in place of the arm and what belongs to it, or takes it away again. */
  #gather(moment: Moment): void {
    const { isOn: before } = this.#crowd;
    this.#crowd.show(moment, this.#workspace);
    const { isOn } = this.#crowd;
    if (this.arm) this.arm.object.visible = !isOn;
    this.ghosts.object.visible = !isOn;
    if (isOn === before) return;
    this.#arrange();
    this.orbit.workspace = this.#space();
  }

  /** What is to be in view. */
  #space(): Workspace {
    return this.#crowd.isOn ? this.#crowd.workspace(this.#workspace) : this.#workspace;
  }

  paint(theme: Theme): void {
    this.#theme = theme;
    const palette = palettes[theme];
    for (const part of [this.#materials, this.#lights, this.#floor, this.#gauge, this.ghosts, this.#crowd])
      part.paint(palette);
    for (const { overlay } of this.#overlays) overlay.paint(palette);
  }

  /** What the layers in view say of themselves. */
  said(hidden: readonly string[]): { readonly legends: readonly Legend[]; readonly notes: readonly string[] } {
    const shown = this.#overlays.filter(({ name }) => !hidden.includes(name)).map(({ overlay }) => overlay);
    return {
      legends: shown.map((overlay) => overlay.legend?.()).filter((legend) => legend !== undefined),
      notes: shown.map(({ note }) => note).filter((note) => note !== undefined),
    };
  }

  resize(): void {
    const { clientWidth: width, clientHeight: height } = this.#host;
    if (width === 0 || height === 0) return;
    this.#pictured = false;
    this.#size.set(width, height);
    this.#renderer.setSize(width, height, false);
    const before = this.camera.aspect;
    this.#fit();
    if (before !== this.camera.aspect) this.orbit.resized();
  }

  /** The point of the arm under a place of the page, in the world; undefined off the arm. */
  pick(clientX: number, clientY: number): Vector3 | undefined {
    const { left, top, width, height } = this.canvas.getBoundingClientRect();
    const across = (((clientX - left) / width) * this.#panes) % 1;
    const ray = new Raycaster();
    ray.setFromCamera(new Vector2(across * 2 - 1, 1 - ((clientY - top) / height) * 2), this.camera);
    return this.arm?.object.visible ? ray.intersectObject(this.arm.object, true)[0]?.point : undefined;
  }

  /**
   * Draws. A frame in motion makes do with what the machine manages; a still one is drawn as well as can be.
   * @param seconds since the last frame, where this is one in a row
   */
  draw(moving: boolean, seconds?: number): void {
    if (this.#pictured) this.resize();
    if (moving && seconds !== undefined) this.#quality = judge(this.#quality, seconds);
    const { pixels, shadows, fine, round } = levels[moving ? this.#quality.level : 0];
    const ratio = moving ? Math.min(window.devicePixelRatio, pixels) : this.#stillPixels;
    if (this.#renderer.getPixelRatio() !== ratio) this.#renderer.setPixelRatio(ratio);
    if (fine !== this.#fine) this.arm?.use(fine ? this.#materials.fine : this.#materials.plain);
    this.#fine = fine;
    this.#lights.key.castShadow = this.#floor.shadows = shadows !== 'none';
    if (this.arm) {
      this.arm.shaded = shadows === 'all';
      this.arm.roundness = round ? smooth : coarse;
    }
    this.#render();
  }

  /** Draws this moment at once at a size in pixels; the canvas keeps it until the next `draw`, which brings the page's size back. */
  picture(width: number, height: number): HTMLCanvasElement {
    this.#size.set(width, height);
    this.#renderer.setPixelRatio(1);
    this.#renderer.setSize(width, height, false);
    this.#fit();
    this.#render();
    this.#pictured = true;
    return this.canvas;
  }

  #fit(): void {
    this.camera.aspect = this.#size.x / this.#panes / this.#size.y;
    this.camera.updateProjectionMatrix();
  }

  #render(): void {
    const { x: width, y: height } = this.#size;
    const pane = width / this.#panes;
    this.#renderer.setScissorTest(this.#panes > 1);
    for (let i = 0; i < this.#panes; i++) {
      this.#renderer.setViewport(i * pane, 0, pane, height);
      this.#renderer.setScissor(i * pane, 0, pane, height);
      this.#only(this.#panes > 1 ? i : undefined);
      this.#renderer.render(this.scene, this.camera);
    }
    this.#only(undefined);
  }

  /** Leaves one arm in the scene: that of pane i, the first being the one that plays. All without i. */
  #only(i: number | undefined): void {
    if (this.arm) {
      for (const body of this.arm.bodies) body.visible = !i;
    }
    for (const { name, overlay } of this.#overlays) {
      overlay.object.visible = this.#shownLayers.has(name) && (!i || name === 'frame');
    }
    for (let g = 0; g < this.#panes - 1; g++) {
      const ghost = this.ghosts.arm(g);
      if (ghost) ghost.object.visible = i === undefined || i === g + 1;
    }
  }

  #build(recording: Recording): void {
    this.arm?.dispose();
    for (const { overlay } of this.#overlays) {
      overlay.object.removeFromParent();
      overlay.dispose();
    }
    this.#recording = recording;
    this.arm = new ArmView(recording.header.scene, this.#fine ? this.#materials.fine : this.#materials.plain);
    this.#overlays = overlays.map(({ name, create }) => ({ name, overlay: create(recording.header) }));
    this.scene.add(this.arm.object, ...this.#overlays.map(({ overlay }) => overlay.object));
    this.#workspace = workspace(recording);
    this.#arrange();
    this.paint(this.#theme);
    this.orbit.workspace = this.#workspace;
  }

  /** Floor and light around the workspace. */
  #arrange(): void {
    const { points, margin } = this.#space();
    const box = new Box3().setFromArray([...points]).expandByScalar(margin);
    const radius = box.getSize(new Vector3()).length() / 2;
    const base = this.arm ? new Box3().setFromObject(this.arm.base) : new Box3();
    const height = Math.min(0, base.isEmpty() ? 0 : base.min.z);
    this.#floor.place(box.getCenter(new Vector3()), height, radius);
    // Arms in rows stand where their worlds do not.
    this.#gauge.object.visible = this.arm !== undefined && !this.#crowd.isOn;
    if (this.#gauge.object.visible) this.#gauge.place(this.#workspace, height);
    this.#lights.aim(box);
  }
}
