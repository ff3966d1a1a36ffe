import { Group, Mesh, MeshBasicMaterial, SphereGeometry, TorusGeometry } from 'three';
import type { RecordingHeader } from '../../envs/recording/header.ts';
import { goalAt, goalRadiusOf } from '../derive/scene.ts';
import { glassMaterial } from '../scene/materials.ts';
import type { Overlay, OverlayEntry } from './overlay.ts';

/** A glass sphere of the goal's radius around a core. A reached goal has rings around it and a larger core. */
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
  const object = new Group().add(shell, core, belt);
  return {
    object,
    show({ episode, recording, step, reached }) {
      const place = goalAt(episode, recording.header, step);
      object.position.fromArray(place);
      object.visible = place.every(Number.isFinite);
      belt.visible = reached;
      core.scale.setScalar(reached ? 1.9 : 1);
      glass.uniforms.density.value = reached ? 0.62 : 0.4;
    },
    paint({ accent }) {
      glass.uniforms.color.value.setHex(accent);
      solid.color.setHex(accent);
    },
  };
}
