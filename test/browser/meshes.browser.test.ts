import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Recording } from '../../envs/recording/header.ts';
import { encodeRecording } from '../../envs/recording/recording.ts';
import { one, withMeshes } from '../recording/mesh-sample.ts';
import type { MeshesPage } from './meshes-page.ts';
import { openModule } from './module-page.ts';

declare global {
  var meshes: MeshesPage;
}

/** One mesh alone, or nothing at all, for everything that the arm has. */
function only(isDrawn: boolean): Recording {
  const { header, ...rest } = withMeshes(one);
  const { model } = header.scene.arm;
  const bodies = model.bodies.map((body, i) => (i === 2 && isDrawn ? body : { ...body, visuals: [] }));
  const scene = { ...header.scene, arm: { ...header.scene.arm, model: { ...model, bodies } } };
  return { ...rest, header: { ...header, scene } };
}

let opened: Awaited<ReturnType<typeof openModule>>;
beforeAll(async () => {
  const [mesh, nothing] = await Promise.all([only(true), only(false)].map((recording) => encodeRecording(recording)));
  opened = await openModule('meshes-page.ts', { 'mesh.safetensors': mesh, 'nothing.safetensors': nothing });
});
afterAll(() => opened?.close());

const drawn = (file: string, what: 'arm' | 'instances') =>
  opened.page.evaluate(([file, what]) => globalThis.meshes.draw(file, what as 'arm'), [file, what]);

it('a mesh is drawn where its body is, as large as it is', async () => {
  const [mesh, nothing] = [await drawn('mesh.safetensors', 'arm'), await drawn('nothing.safetensors', 'arm')];
  expect(nothing).toEqual({ triangles: 0, covered: 0 });
  expect(mesh.triangles).toBe(4);
  // From above a triangle with two sides of 0.1 m, of which each has 20 pixels.
  expect(Math.abs(mesh.covered - 200)).toBeLessThan(30);
});

it('and among all episodes at once', async () => {
  const [mesh, nothing] = [
    await drawn('mesh.safetensors', 'instances'),
    await drawn('nothing.safetensors', 'instances'),
  ];
  expect(mesh.triangles - nothing.triangles).toBe(4 * withMeshes(one).episodes.length);
  expect(mesh.covered).toBeGreaterThan(nothing.covered + 100);
});
