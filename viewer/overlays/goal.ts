import { Group, Mesh, MeshBasicMaterial, SphereGeometry, TorusGeometry } from 'three';
import type { RecordingHeader } from '../../envs/recording/types.ts';
import { glassMaterial } from './glass.ts';
import type { Overlay, OverlayEntry } from './types.ts';

/** A glass sphere of the radius that counts, around a core. When reached it closes: a belt of rings and a larger core. */
export const goal: OverlayEntry = {
  name: 'goal',
  title: 'Goal',
  description: 'where the end effector is to be; rings close around it when it is',
  create,
};

function create({ scene }: RecordingHeader): Overlay {
  const radius = scene.goalRadius || 0.02;
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
    show({ episode, reached }) {
      object.position.fromArray(episode.goal);
      object.visible = episode.goal.every(Number.isFinite);
      belt.visible = reached;
      core.scale.setScalar(reached ? 1.9 : 1);
      glass.uniforms.density.value = reached ? 0.62 : 0.4;
    },
    paint({ accent }) {
      glass.uniforms.color.value.setHex(accent);
      solid.color.setHex(accent);
    },
    dispose() {
      for (const part of [shell.geometry, core.geometry, ring, glass, solid]) part.dispose();
    },
  };
}
