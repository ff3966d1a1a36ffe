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

  /** @param renderer undefined where nothing is drawn */
  constructor(renderer: WebGLRenderer | undefined, scene: Scene, software: boolean) {
    this.#scene = scene;
    if (renderer && !software) scene.environment = room(renderer);
    // The room is built with y up; the world has z up.
    scene.environmentRotation.x = Math.PI / 2;
    this.#sky.position.set(0, 0, 1);
    const { shadow } = this.key;
    this.key.castShadow = true;
    shadow.mapSize.setScalar(software ? 1024 : 2048);
    shadow.bias = -0.0003;
    shadow.normalBias = 0.006;
    shadow.radius = 5;
    this.object.add(this.key, this.key.target, this.#rim, this.#rim.target, this.#sky);
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

  paint({ fill, key, rim }: Palette): void {
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
