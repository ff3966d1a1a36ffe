import { type PerspectiveCamera, Spherical, Vector3 } from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import type { Workspace } from './bounds.ts';
import { frame, type Preset } from './framing.ts';

/** Where the eye is and what it looks at: x y z twice, m. */
export type CameraPlace = readonly [number, number, number, number, number, number];

/** Orbits about a point with z up; everything that moves the camera is here. */
export class Orbit {
  readonly controls: OrbitControls;
  readonly #camera: PerspectiveCamera;
  #workspace: Workspace;
  #followed?: Vector3;
  /** Whether the user chose this view, so that a resized window must not frame anew. */
  #own = false;

  constructor(camera: PerspectiveCamera, canvas: HTMLElement, workspace: Workspace) {
    this.#camera = camera;
    this.#workspace = workspace;
    camera.up.set(0, 0, 1);
    this.controls = new OrbitControls(camera, canvas);
    this.controls.enableDamping = true;
    this.controls.dampingFactor = 0.12;
    this.controls.maxPolarAngle = Math.PI * 0.52;
    this.controls.addEventListener('start', () => {
      this.#own = true;
    });
  }

  /** Frames another workspace. */
  set workspace(workspace: Workspace) {
    this.#workspace = workspace;
    this.preset('home');
  }

  resized(): void {
    if (!this.#own) this.preset('home');
  }

  /** A view of the whole workspace. */
  preset(name: Preset): void {
    this.#own = name !== 'home';
    const { position, target, distance } = frame(this.#workspace, this.#camera, name);
    this.#camera.position.copy(position);
    this.#camera.near = distance / 100;
    this.#camera.far = distance * 20;
    this.#camera.updateProjectionMatrix();
    this.controls.target.copy(target);
    this.controls.minDistance = distance * 0.06;
    this.controls.maxDistance = distance * 4;
    this.controls.update();
  }

  /** Looks at a point from near by, from the same side. */
  focus(point: Vector3): void {
    this.#own = true;
    const { position } = this.#camera;
    const away = position.clone().sub(this.controls.target);
    const near = Math.max(this.controls.minDistance * 5, Math.min(away.length(), this.controls.maxDistance * 0.11));
    this.controls.target.copy(point);
    position.copy(point).add(away.setLength(near));
    this.controls.update();
  }

  /** Turns by angles, rad, and zooms by a factor of the distance. */
  turn(azimuth: number, tilt: number, zoom = 1): void {
    this.#own = true;
    const { position } = this.#camera;
    const away = position.clone().sub(this.controls.target);
    const yUp = new Spherical().setFromVector3(new Vector3(away.x, away.z, -away.y));
    yUp.theta += azimuth;
    yUp.phi = Math.min(Math.max(yUp.phi + tilt, 0.001), this.controls.maxPolarAngle);
    yUp.radius *= zoom;
    const { x, y, z } = new Vector3().setFromSpherical(yUp);
    position.set(x, -z, y).add(this.controls.target);
    this.controls.update();
  }

  /** Moves along with a point; without one it stays. */
  follow(point: readonly number[] | undefined): void {
    const next = point && new Vector3().fromArray([...point]);
    if (next && this.#followed) {
      const moved = next.clone().sub(this.#followed);
      this.controls.target.add(moved);
      this.#camera.position.add(moved);
    }
    this.#followed = next;
  }

  /** Undefined while the view is the usual one. */
  get place(): CameraPlace | undefined {
    if (!this.#own) return undefined;
    return [...this.#camera.position.toArray(), ...this.controls.target.toArray()] as unknown as CameraPlace;
  }

  set place(place: CameraPlace) {
    this.#own = true;
    this.#camera.position.fromArray([...place]);
    this.controls.target.fromArray([...place], 3);
    this.controls.update();
  }
}
