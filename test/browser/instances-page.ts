/** What the page of the test of instanced arms offers to the test. */
import { type InstancedMesh, Matrix4, PerspectiveCamera, Scene, WebGLRenderer } from 'three';
import type { Recording } from '../../envs/recording/header.ts';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { gridLayout } from '../../viewer/instances/grid-layout.ts';
import { coarse, fine, InstancedArms } from '../../viewer/instances/instanced-arms.ts';
import { palettes } from '../../viewer/scene/palette.ts';
import { workspace } from '../../viewer/scene/workspace.ts';

/** Draws the arms of a file at 640 x 400 and measures the time, in ms. */
async function measure(detail: 'fine' | 'coarse') {
  const recording = await load();
  const arms = armsOf(recording, detail === 'fine' ? fine : coarse);
  arms.paint(palettes.light);
  const renderer = new WebGLRenderer({ antialias: false });
  renderer.setSize(640, 400);
  renderer.setClearColor(0xeeeeee);
  const scene = new Scene().add(arms.object);
  const camera = new PerspectiveCamera(32, 1.6, 0.1, 200);
  const reach = Math.sqrt(recording.episodes.length) * Math.max(...arms.layout.spacing);
  camera.up.set(0, 0, 1);
  camera.position.set(reach * 1.1, -reach * 0.5, reach * 0.9);
  camera.lookAt(0, 0, 0);
  const updates: number[] = [];
  const frames: number[] = [];
  for (let k = 0; k < 40; k++) {
    const begun = performance.now();
    arms.show(k * 1.37);
    updates.push(performance.now() - begun);
    renderer.render(scene, camera);
    renderer.getContext().readPixels(0, 0, 1, 1, 6408, 5121, new Uint8Array(4));
    frames.push(performance.now() - begun);
  }
  const { calls, triangles } = renderer.info.render;
  return { calls, triangles, updates, frames };
}

/** World matrix of a body of an arm, and of its place in the grid, at a time in control steps. */
async function matrixOf(body: number, arm: number, position: number) {
  const recording = await load();
  const arms = armsOf(recording, coarse);
  arms.show(position);
  const matrix = new Matrix4();
  // The first child is the base.
  (arms.object.children[body + 1] as InstancedMesh).getMatrixAt(arm, matrix);
  const { offsets, spacing } = arms.layout;
  return { matrix: matrix.toArray(), offset: [offsets[2 * arm], offsets[2 * arm + 1]], spacing };
}

/** About a square of arms. */
function armsOf(recording: Recording, detail: typeof fine) {
  const { episodes } = recording;
  const single = workspace(recording);
  const layout = gridLayout(episodes.length, single, Math.ceil(Math.sqrt(episodes.length)));
  return new InstancedArms(recording, episodes, single, detail, layout);
}

async function load() {
  const bytes = new Uint8Array(await (await fetch('arms.safetensors')).arrayBuffer());
  return decodeRecording(bytes, 'arms');
}

export const instances = { measure, matrixOf };
export type Instances = typeof instances;
Object.assign(globalThis, { instances });
