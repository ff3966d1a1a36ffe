import {
  type Box3,
  DirectionalLight,
  Group,
  HemisphereLight,
  PMREMGenerator,
  type Scene,
  type Texture,
  Vector3,
  type WebGLRenderer,
} from 'three';
import { RoomEnvironment } from 'three/addons/environments/RoomEnvironment.js';
import type { Palette } from './palette.ts';

/**
 * A key light that casts the shadow, a rim light from behind, and ambient light: a lit room to reflect, or a plain sky where
 * the processor draws, which would take seconds to filter the room.
 */
export class Lights {
  readonly object = new Group();
  readonly key = new DirectionalLight(0xfffaf2);
  readonly #rim = new DirectionalLight(0xe6f0ff);
  readonly #sky = new HemisphereLight(0xf6f8fb, 0xaeaba7);
  readonly #scene: Scene;
  readonly #renderer?: WebGLRenderer;
  readonly #software: boolean;
  #room?: Texture;
  #isFull?: boolean;
  #palette?: Palette;

  /** @param renderer undefined where nothing is drawn */
  constructor(renderer: WebGLRenderer | undefined, scene: Scene, software: boolean) {
    this.#scene = scene;
    this.#renderer = renderer;
    this.#software = software;
    // The room is built with y up; the world has z up.
    scene.environmentRotation.x = Math.PI / 2;
    this.#sky.position.set(0, 0, 1);
    this.full(false);
    const { shadow } = this.key;
    this.key.castShadow = true;
    shadow.bias = -0.0003;
    shadow.normalBias = 0.006;
    shadow.radius = 5;
    this.object.add(this.key, this.key.target, this.#rim, this.#rim.target, this.#sky);
  }

  /** Lights as well as can be, as pictures are wherever they are drawn; or, where the processor draws, with what it keeps pace with. */
  full(isFull: boolean): void {
    const isAll = isFull || !this.#software;
    if (isAll === this.#isFull) return;
    this.#isFull = isAll;
    if (isAll && this.#renderer) this.#room ??= room(this.#renderer);
    this.#scene.environment = isAll ? (this.#room ?? null) : null;
    const { shadow } = this.key;
    const size = isAll ? 2048 : 1024;
    if (shadow.mapSize.x !== size) {
      shadow.mapSize.setScalar(size);
      shadow.map?.dispose();
      shadow.map = null;
    }
    if (this.#palette) this.paint(this.#palette);
  }

  /** Aims at a box and fits the shadow's camera to it. */
  aim(box: Box3): void {
    const center = box.getCenter(new Vector3());
    const radius = box.getSize(new Vector3()).length() / 2;
    this.key.target.position.copy(center);
    this.key.position
      .set(-0.5, -0.75, 1.5)
      .normalize()
      .multiplyScalar(radius * 3)
      .add(center);
    this.#rim.target.position.copy(center);
    this.#rim.position.set(-0.6, 1, 0.7).add(center);
    const { camera } = this.key.shadow;
    camera.left = camera.bottom = -radius * 1.15;
    camera.right = camera.top = radius * 1.15;
    camera.near = radius;
    camera.far = radius * 6;
    camera.updateProjectionMatrix();
  }

  paint(palette: Palette): void {
    const { fill, key, rim } = palette;
    this.#palette = palette;
    this.#scene.environmentIntensity = fill.room;
    this.#sky.intensity = this.#scene.environment ? fill.skyWithRoom : fill.sky;
    this.key.intensity = key;
    this.#rim.intensity = rim;
  }
}

function room(renderer: WebGLRenderer): Texture {
  const generator = new PMREMGenerator(renderer);
  const environment = new RoomEnvironment();
  const { texture } = generator.fromScene(environment, 0.04);
  environment.dispose();
  generator.dispose();
  return texture;
}
