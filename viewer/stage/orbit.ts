import { type PerspectiveCamera, Spherical, Vector3 } from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import type { Workspace } from '../scene/workspace.ts';
import type { CameraPose } from '../state/state.ts';
import { fitView, type ViewPreset } from './framing.ts';

/** Moves the camera: orbits about a point with z up, presets, focus, and following the tip. */
export class Orbit {
  readonly controls: OrbitControls;
  readonly #camera: PerspectiveCamera;
  #workspace: Workspace;
  #followed?: Vector3;
  #home: ViewPreset = 'home';
  /** Whether the user chose the view; a resized window then leaves it alone. */
  #isChosen = false;

  constructor(camera: PerspectiveCamera, canvas: HTMLElement, workspace: Workspace) {
    this.#camera = camera;
    this.#workspace = workspace;
    camera.up.set(0, 0, 1);
    this.controls = new OrbitControls(camera, canvas);
    this.controls.enableDamping = true;
    this.controls.dampingFactor = 0.12;
    this.controls.maxPolarAngle = Math.PI * 0.52;
    this.controls.addEventListener('start', () => {
      this.#isChosen = true;
    });
  }

  /** Brings another workspace into view. @param home what the home view of it is */
  show(workspace: Workspace, home: ViewPreset = 'home'): void {
    this.#workspace = workspace;
    this.#home = home;
    this.preset('home');
  }

  /** Takes in a workspace like the one before; the camera moves only where the home view would not show all of it. */
  widen(workspace: Workspace): void {
    this.#workspace = workspace;
    if (!this.isHome) return;
    const { distance } = fitView(workspace, this.#camera, this.#home);
    const now = this.#camera.position.distanceTo(this.controls.target);
    if (distance > now * 1.005) this.preset('home');
  }

  /** Whether the view is the home view, which fits whatever shape the picture has; it is not while the camera follows a point. */
  get isHome(): boolean {
    return !this.#isChosen && !this.#followed;
  }

  resized(): void {
    if (this.isHome) this.preset('home');
  }

  /** A view of the whole workspace. */
  preset(name: ViewPreset): void {
    this.#isChosen = name !== 'home';
    const { position, target, distance } = fitView(this.#workspace, this.#camera, name === 'home' ? this.#home : name);
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
    this.#isChosen = true;
    const { position } = this.#camera;
    const away = position.clone().sub(this.controls.target);
    const near = Math.max(this.controls.minDistance * 5, Math.min(away.length(), this.controls.maxDistance * 0.11));
    this.controls.target.copy(point);
    position.copy(point).add(away.setLength(near));
    this.controls.update();
  }

  /** Turns by angles, rad, and zooms by a factor of the distance. */
  turn(azimuth: number, tilt: number, zoom = 1): void {
    this.#isChosen = true;
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

  /** Moves the camera along with a point; undefined ends that. */
  follow(point: readonly number[] | undefined): void {
    const next = point && new Vector3().fromArray([...point]);
    if (next && this.#followed) {
      const moved = next.clone().sub(this.#followed);
      this.controls.target.add(moved);
      this.#camera.position.add(moved);
    }
    this.#followed = next;
  }

  /** Undefined while the view is the home view. */
  get pose(): CameraPose | undefined {
    if (!this.#isChosen) return undefined;
    return [...this.#camera.position.toArray(), ...this.controls.target.toArray()] as unknown as CameraPose;
  }

  set pose(pose: CameraPose) {
    this.#isChosen = true;
    this.#camera.position.fromArray([...pose]);
    this.controls.target.fromArray([...pose], 3);
    this.controls.update();
  }
}
