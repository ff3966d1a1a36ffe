/** What the page of the test of meshes offers to the test. */
import { Color, type Object3D, OrthographicCamera, Scene, WebGLRenderer } from 'three';
import { decodeRecording } from '../../envs/recording/recording.ts';
import { gridLayout } from '../../viewer/instances/grid-layout.ts';
import { fine, InstancedArms } from '../../viewer/instances/instanced-arms.ts';
import { ArmView } from '../../viewer/scene/arm.ts';
import { ArmMaterials } from '../../viewer/scene/materials.ts';
import { palettes } from '../../viewer/scene/palette.ts';
import { smooth } from '../../viewer/scene/shapes.ts';
import { workspace } from '../../viewer/scene/workspace.ts';

const side = 200;

/** Draws a file's arm, or the arms of all its episodes, from above at its first state: 200 pixels to 1 m around the middle. */
async function draw(file: string, what: 'arm' | 'instances') {
  const recording = await decodeRecording(new Uint8Array(await (await fetch(file)).arrayBuffer()), file);
  const { object, middle } = what === 'arm' ? arm() : instances();
  const renderer = new WebGLRenderer({ antialias: false });
  renderer.setSize(side, side);
  renderer.setClearColor(0xff00ff);
  const scene = new Scene().add(object);
  scene.background = new Color(0xff00ff);
  const camera = new OrthographicCamera(-0.5, 0.5, 0.5, -0.5, 0.1, 20);
  camera.position.set(middle[0], middle[1], 10);
  renderer.render(scene, camera);
  const gl = renderer.getContext();
  const pixels = new Uint8Array(4 * side * side);
  gl.readPixels(0, 0, side, side, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  const covered = Array.from({ length: side * side }, (_, i) => i).filter(
    (i) => pixels[4 * i + 1] > 0 || pixels[4 * i] < 250,
  );
  const { triangles } = renderer.info.render;
  renderer.dispose();
  return { triangles, covered: covered.length };

  function arm(): { object: Object3D; middle: readonly number[] } {
    const materials = new ArmMaterials();
    materials.paint(palettes.light);
    const view = new ArmView(recording, materials.fine, smooth);
    view.show(recording.episodes[0], 0);
    return { object: view.object, middle: [0, 0] };
  }

  function instances() {
    const single = workspace(recording);
    const layout = gridLayout(recording.episodes.length, single, 1);
    const arms = new InstancedArms(recording, recording.episodes, single, fine, layout);
    arms.paint(palettes.light);
    arms.show(0);
    return { object: arms.object, middle: arms.layout.offsets };
  }
}

export const meshes = { draw };
export type MeshesPage = typeof meshes;
Object.assign(globalThis, { meshes });
