import { CylinderGeometry, Group, Mesh, MeshBasicMaterial, SphereGeometry, TorusGeometry } from 'three';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import { tipRotationAt } from '../derive/episode.ts';
import { goalAt, goalRadiusOf, goalRotationAt } from '../derive/scene.ts';
import { glassMaterial } from '../scene/materials.ts';
import type { Overlay, OverlayEntry } from './overlay.ts';

/**
 * A glass sphere of the goal's radius around a core. A reached goal has rings around it and a larger core. Of a goal with an
 * orientation the axes are drawn, and thinner ones at the end effector, which are to lie on them.
 */
export const goal: OverlayEntry = {
  name: 'goal',
  title: 'Goal',
  description: 'where the end effector is to be; rings close around it when it is',
  create,
};

function create({ spec }: RecordingHeader): Overlay {
  const radius = goalRadiusOf(spec) || 0.02;
  const glass = glassMaterial(0.4);
  const solid = new MeshBasicMaterial({ toneMapped: false });
  const shell = new Mesh(new SphereGeometry(radius, 40, 24), glass);
  const core = new Mesh(new SphereGeometry(radius * 0.13, 16, 12), solid);
  const belt = new Group();
  const ring = new TorusGeometry(radius * 1.015, radius * 0.022, 6, 56);
  for (const turn of [0, Math.PI / 2]) {
    const mesh = new Mesh(ring, solid);
    mesh.rotation.x = turn;
    belt.add(mesh);
  }
  shell.renderOrder = 3;
  // A dot of shadow on the floor tells how high the goal is.
  core.castShadow = true;
  const goalAxes = new Triad(radius * 3.2, radius * 0.13);
  const tipAxes = new Triad(radius * 4.2, radius * 0.06);
  goalAxes.object.visible = false;
  tipAxes.object.visible = false;
  const marker = new Group().add(shell, core, belt, goalAxes.object);
  const object = new Group().add(marker, tipAxes.object);
  return {
    object,
    show({ episode, recording, step, position, tip, reached }) {
      const place = goalAt(episode, recording.header, step);
      marker.position.fromArray(place);
      marker.visible = place.every(Number.isFinite);
      const rotation = goalRotationAt(episode, recording.header, step);
      if (rotation) {
        goalAxes.show([0, 0, 0], rotation);
        tipAxes.show(tip, tipRotationAt(episode, recording.header.scene, position));
      }
      belt.visible = reached;
      core.scale.setScalar(reached ? 1.9 : 1);
      glass.uniforms.density.value = reached ? 0.62 : 0.4;
    },
    paint({ accent, axes }) {
      for (const triad of [goalAxes, tipAxes]) triad.paint(axes);
      glass.uniforms.color.value.setHex(accent);
      solid.color.setHex(accent);
    },
  };
}

/** The x, y and z axis of a frame. */
class Triad {
  readonly object = new Group();
  readonly #axes: readonly Mesh<CylinderGeometry, MeshBasicMaterial>[];

  constructor(length: number, thickness: number) {
    const cylinder = new CylinderGeometry(thickness, thickness, length, 8).translate(0, length / 2, 0);
    this.#axes = [0, 1, 2].map(() => new Mesh(cylinder, new MeshBasicMaterial({ toneMapped: false })));
    const [x, , z] = this.#axes;
    x.rotation.z = -Math.PI / 2;
    z.rotation.x = Math.PI / 2;
    this.object.add(...this.#axes);
  }

  show(position: readonly number[], rotation: ArrayLike<number>): void {
    this.object.visible = true;
    this.object.position.fromArray([...position]);
    this.object.quaternion.fromArray(Array.from(rotation) as [number, number, number, number]);
  }

  paint(colors: readonly number[]): void {
    for (const [i, { material }] of this.#axes.entries()) material.color.setHex(colors[i]);
  }
}
