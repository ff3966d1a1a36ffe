import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { arms } from '../../envs/arms/index.ts';
import type { Arm } from '../../envs/model/types.ts';
import { type MeshUse, readUrdf, type UrdfReading } from '../../envs/model/urdf/index.ts';
import { Failure, systemFailure } from '../run/failure.ts';
import { exists, fromHere, isFolder, sizeOf } from '../run/files.ts';
import { checkMeshSize, readMesh } from './mesh-file.ts';
import { type MeshPlaces, meshPlacesOf, placeOfMesh } from './mesh-places.ts';

/** A robot file, read once: what comes of it is data, and needs the file no longer. */

export interface LoadRobotOptions {
  /** The link that reaches; needed where several chains of joints could be the arm. */
  readonly tip?: string;
  /** Home posture by joint of the arm, rad or m. */
  readonly home?: readonly number[];
  /** Mends impossible inertias, which are only reported otherwise. */
  readonly mend?: boolean;
  /** Folders where meshes may lie, beside the nearest one above the file with a package.xml, or else the file's own. */
  readonly allowPaths?: readonly string[];
  /** Whether meshes are looked for; true if not given. */
  readonly meshes?: boolean;
}

/** A mesh that is not there. */
export interface MissingMesh extends Pick<MeshUse, 'uri' | 'line'> {
  /** Absolute paths. */
  readonly lookedAt: readonly string[];
}

export interface RobotReading extends UrdfReading {
  /** Meshes that are not there, each once. */
  readonly missing: readonly MissingMesh[];
}

/** Bytes of a robot file. */
const longestFile = 10_000_000;

/**
 * Reads a robot file in URDF, and of its meshes those that it needs.
 * @throws Failure for a file that cannot be read, a mesh outside of where meshes may lie, or one of more than 50 MB
 * @throws UrdfError that names file, line and element, for what is wrong in it, or ambiguous
 */
export function loadRobot(path: string | URL, options: LoadRobotOptions = {}): RobotReading {
  const file = path instanceof URL ? fileURLToPath(path) : path;
  const { allowPaths = [], meshes = true, tip, home, mend } = options;
  const text = textOf(file);
  const shown = fromHere(file);
  const places = meshPlacesOf(file, allowPaths);
  const unread = new Set<string>();
  const mesh = (uri: string) => {
    const found = placeOfMesh(uri, places, shown);
    if (!('path' in found)) return null;
    const triangles = readMesh(found.path, shown);
    if (!triangles) unread.add(uri);
    return triangles;
  };
  const reading = readUrdf(text, shown, { tip, home, mend, ...(meshes && { mesh }) });
  const missing = meshes ? missingOf(reading.meshes, places, shown) : [];
  const formats = [...unread].map((uri) => `the mesh ${uri} is not read for masses: STL and OBJ are`);
  return { ...withFreeName({ ...reading, notes: [...reading.notes, ...formats] }), missing };
}

function textOf(file: string): string {
  if (!exists(file)) throw new Failure(`cannot read the robot file ${file}: there is no such file or folder`);
  if (isFolder(file)) throw new Failure(`cannot read the robot file ${file}: expected a file, found a folder`);
  if (!statSync(file).isFile())
    throw new Failure(`cannot read the robot file ${file}: expected a file, found a device or a pipe`);
  const size = sizeOf(file);
  if (size > longestFile) {
    const found = `found one of ${(size / 1e6).toFixed(1)} MB`;
    throw new Failure(
      `cannot read the robot file ${file}: expected a file of at most ${longestFile / 1e6} MB, ${found}`,
    );
  }
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw systemFailure(`read the robot file ${file}`, error);
  }
}

/** Looks at every mesh, also where none of it is needed: what a file may not open is said at once. */
function missingOf(meshes: readonly MeshUse[], places: MeshPlaces, file: string): MissingMesh[] {
  const known = new Map<string, MissingMesh | null>();
  for (const { uri, line } of meshes) {
    if (known.has(uri)) continue;
    const place = `${file}:${line}`;
    const found = placeOfMesh(uri, places, place);
    if ('path' in found) checkMeshSize(found.path, place);
    known.set(uri, 'path' in found ? null : { uri, line, lookedAt: found.lookedAt });
  }
  return [...known.values()].filter((mesh) => mesh !== null);
}

/** Names stand in commands and beside those of the arms that ship. */
function withFreeName(reading: UrdfReading): UrdfReading {
  const { arm } = reading;
  const plain = arm.name.replace(/[^\w-]+/g, '-').replace(/^[^A-Za-z]+|-+$/g, '');
  const short = plain.slice(0, 55) || 'robot';
  const name = Object.hasOwn(arms, short) ? `${short}-urdf` : short;
  if (name === arm.name) return reading;
  const why = Object.hasOwn(arms, short) ? 'an arm that ships has its name' : 'names have letters, digits, - and _';
  const renamed: Arm = { ...arm, name };
  return { ...reading, arm: renamed, notes: [...reading.notes, `robot "${arm.name}" is called ${name}: ${why}`] };
}
