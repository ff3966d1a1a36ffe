import type { Mesh, Model, Scene, Visual } from './types.ts';

/** Bytes that the meshes of a scene may have together: what is drawn travels in every recording. */
export const mostMeshBytes = 400_000;

/** Corners of a mesh: a triangle names them in 16 bits. */
export const mostCorners = 65_536;

export function isMesh<V extends Visual>(visual: V): visual is V & Mesh {
  return visual.kind === 'mesh';
}

/** The meshes of a model, where they stand. */
export function meshesOf({ bodies }: Pick<Model, 'bodies'>): Mesh[] {
  return bodies.flatMap(({ visuals }) => visuals.filter(isMesh));
}

/** Names of the meshes in a scene, each once. */
export function meshesIn({ arm, objects, fixed }: Scene): string[] {
  const meshes = [arm, ...objects, ...fixed].flatMap(({ model }) => meshesOf(model));
  return [...new Set(meshes.map(({ tensor }) => tensor))];
}
