import type { Vec3 } from '../../math/rotation.ts';
import type { Frame } from '../types.ts';

/** Triangles of a mesh: positions x y z, m in the mesh's own units [3 V], and indices of corners [3 F]. */
export interface MeshTriangles {
  readonly positions: Float32Array;
  readonly indices: Uint32Array;
}

/** Gives the triangles of a mesh by the uri in the file, and the line that names it; null where it is missing. */
export type MeshSource = (uri: string, line: number) => MeshTriangles | null;

/** A mesh that the file refers to, placed in a body of the arm. */
export interface MeshUse {
  readonly uri: string;
  /** Name of the arm's body. */
  readonly body: string;
  /** Name of the file's link, which may be one of several in the body. */
  readonly link: string;
  /** The mesh's frame in the body. */
  readonly frame: Frame;
  readonly scale: Vec3;
  readonly use: 'visual' | 'collision';
  /** Where the file refers to it. */
  readonly line: number;
}
