import { createHash } from 'node:crypto';
import { identity } from '../../envs/math/rotation.ts';
import type { MeshData, Visual } from '../../envs/model/types.ts';
import type { Recording } from '../../envs/recording/header.ts';
import { meshContent, meshName } from '../../envs/recording/meshes.ts';
import { sampleRecording } from './sample.ts';

export const named = (data: MeshData) => meshName(createHash('sha256').update(meshContent(data)).digest('hex'));
const tetrahedron = (height: number): MeshData => ({
  vertices: Uint16Array.of(0, 0, 0, 65535, 0, 0, 0, 65535, 0, 0, 0, height),
  triangles: Uint16Array.of(0, 2, 1, 0, 1, 3, 1, 2, 3, 2, 0, 3),
});
export const [one, other] = [tetrahedron(65535), tetrahedron(30000)];

/** The sample with meshes on its last body. */
export function withMeshes(...all: readonly MeshData[]): Recording {
  const { header, episodes } = sampleRecording();
  const { model } = header.scene.arm;
  const visuals = all.map((data): Visual => {
    const box = { low: [0, 0, 0], high: [0.1, 0.1, -0.1] } as const;
    return {
      kind: 'mesh',
      tensor: named(data),
      frame: { position: [0, 0, 0], rotation: identity },
      ...box,
      part: 'link',
    };
  });
  const bodies = model.bodies.map((body, i) => (i === 2 ? { ...body, visuals } : body));
  const scene = { ...header.scene, arm: { ...header.scene.arm, model: { ...model, bodies } } };
  const meshes = Object.fromEntries(all.map((data) => [named(data), data]));
  return { header: { ...header, scene }, episodes, meshes };
}
