import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { arms } from '../../envs/arms/index.ts';
import type { Arm, Meshes } from '../../envs/model/types.ts';
import {
  type MeshSource,
  type MeshTriangles,
  type MeshUse,
  readUrdf,
  type StandIn,
  type UrdfReading,
} from '../../envs/model/urdf/index.ts';
import { Failure, systemFailure } from '../run/failure.ts';
import { exists, fromHere, isFolder, sizeOf } from '../run/files.ts';
import type { DrawnMeshes, MeshRow } from './drawn-meshes.ts';
import { checkMeshSize, meshFormats, readMesh } from './mesh-file.ts';
import { type MeshPlaces, meshPlacesOf, placeOfMesh } from './mesh-places.ts';

/** A robot file, read once: what comes of it is data, and needs the file no longer. */

export interface LoadRobotOptions {
  /** The link that reaches; needed where several chains of joints could be the arm. */
  readonly tip?: string;
  /** Home posture by joint of the arm, rad or m. */
  readonly home?: readonly number[];
  /** Mends impossible inertias. Otherwise they are reported, and refused where a body has a moment of inertia below 0. */
  readonly mend?: boolean;
  /** Folders where meshes may lie, beside the nearest one above the file with a package.xml, or else the file's own. */
  readonly allowPaths?: readonly string[];
  /** Whether meshes are looked for; true if not given. */
  readonly meshes?: boolean;
}

/** A mesh that is not there. */
export interface MissingMesh extends Pick<MeshUse, 'link' | 'uri' | 'line'> {
  /** Absolute paths. */
  readonly lookedAt: readonly string[];
  /** What is drawn in its place; null for one that would not be seen. */
  readonly instead: StandIn | null;
}

export interface RobotReading extends Omit<UrdfReading, 'meshes'> {
  /** What the arm's meshes are made of, by their names in it: at most 400 kB, which travel with all that is recorded. */
  readonly meshes: Meshes;
  /** The meshes that are drawn, by link. */
  readonly drawn: readonly MeshRow[];
  /** Meshes that are not there, each once. */
  readonly missing: readonly MissingMesh[];
}

/** Bytes of a robot file. */
const longestFile = 10_000_000;

/**
 * Reads a robot file in URDF with its meshes, which are simplified: those that are seen for drawing, others where masses are to
 * come from them.
 * @throws Failure for a file that cannot be read, a mesh outside of where meshes may lie, or one of more than 50 MB
 * @throws UrdfError that names file, line and element, for what is wrong in it, or ambiguous
 */
export async function loadRobot(path: string | URL, options: LoadRobotOptions = {}): Promise<RobotReading> {
  const file = path instanceof URL ? fileURLToPath(path) : path;
  const { allowPaths = [], meshes = true, tip, home, mend } = options;
  const text = textOf(file);
  const shown = fromHere(file);
  const places = meshPlacesOf(file, allowPaths);
  if (!meshes || !/<mesh\b/.test(text)) {
    return finished(readUrdf(text, shown, { tip, home, mend }), [], noMeshes);
  }
  const unread = new Set<string>();
  const mesh = meshReader(places, unread, shown);
  const { drawMeshes, ready } = await import('./drawn-meshes.ts');
  await ready;
  let drawn: DrawnMeshes = noMeshes;
  const reading = readUrdf(text, shown, {
    ...{ tip, home, mend, mesh },
    drawMeshes(uses, reach) {
      drawn = drawMeshes(uses, reach, mesh);
      return drawn.drawings;
    },
  });
  const formats = [...unread].map((uri) => `the mesh ${uri} is not read: ${meshFormats} are`);
  const notes = [...reading.notes, ...drawn.notes, ...formats];
  return finished({ ...reading, notes }, missingOf(reading, places, shown), drawn);
}

const noMeshes: DrawnMeshes = { meshes: {}, drawings: () => null, rows: [], notes: [] };

function finished(
  { meshes: _, ...reading }: UrdfReading,
  missing: readonly MissingMesh[],
  { meshes, rows: drawn }: DrawnMeshes,
): RobotReading {
  return { ...withFreeName(reading), meshes, drawn, missing };
}

/**
 * Reads every file once, whatever it is called.
 * @param unread takes in the meshes whose format is not read
 * @param file the robot file, for messages
 */
function meshReader(places: MeshPlaces, unread: Set<string>, file: string): MeshSource {
  const byPath = new Map<string, MeshTriangles | null>();
  return (uri, line) => {
    const place = `${file}:${line}`;
    const found = placeOfMesh(uri, places, place);
    if (!('path' in found)) return null;
    const { path } = found;
    const triangles = byPath.has(path) ? (byPath.get(path) ?? null) : readMesh(path, places, place);
    byPath.set(path, triangles);
    if (!triangles) unread.add(uri);
    return triangles;
  };
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
function missingOf({ meshes, standIns }: UrdfReading, places: MeshPlaces, file: string): MissingMesh[] {
  const known = new Map<string, MissingMesh | null>();
  for (const { uri, line, link, body, use } of meshes) {
    const before = known.get(uri);
    if (before === null || before?.instead) continue;
    const place = `${file}:${line}`;
    const found = placeOfMesh(uri, places, place);
    if ('path' in found) checkMeshSize(found.path, place);
    const by = standIns.find((standIn) => standIn.body === body)?.by ?? null;
    const instead = use === 'visual' ? by : null;
    known.set(
      uri,
      'path' in found ? null : { link, uri, line: before?.line ?? line, lookedAt: found.lookedAt, instead },
    );
  }
  return [...known.values()].filter((mesh) => mesh !== null);
}

/** Names stand in commands and beside those of the arms that ship. */
function withFreeName(reading: Omit<UrdfReading, 'meshes'>): Omit<UrdfReading, 'meshes'> {
  const { arm } = reading;
  const plain = arm.name.replace(/[^\w-]+/g, '-').replace(/^[^A-Za-z]+|-+$/g, '');
  const short = plain.slice(0, 55) || 'robot';
  const name = Object.hasOwn(arms, short) ? `${short}-urdf` : short;
  if (name === arm.name) return reading;
  const why = Object.hasOwn(arms, short) ? 'an arm that ships has its name' : 'names have letters, digits, - and _';
  const renamed: Arm = { ...arm, name };
  return { ...reading, arm: renamed, notes: [...reading.notes, `robot "${arm.name}" is called ${name}: ${why}`] };
}
