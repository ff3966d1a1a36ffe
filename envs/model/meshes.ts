import type { Mesh, Scene, Visual } from './types.ts';

/** Bytes that the meshes of a scene may have together: what is drawn travels in every recording. */
export const mostMeshBytes = 400_000;

/** Corners of a mesh: a triangle names them in 16 bits. */
export const mostCorners = 65_536;

export function isMesh<V extends Visual>(visual: V): visual is V & Mesh {
  return visual.kind === 'mesh';
}

/** Names of the meshes in a scene, each once. */
export function meshesIn({ arm, objects, fixed }: Scene): string[] {
  const models = [arm, ...objects, ...fixed].map(({ model }) => model);
  const visuals = models.flatMap(({ bodies }) => bodies.flatMap((body) => body.visuals));
  return [...new Set(visuals.filter(isMesh).map(({ tensor }) => tensor))];
}
