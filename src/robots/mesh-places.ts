import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { UsageError } from '../../envs/options.ts';
import { Failure } from '../run/failure.ts';
import { exists, isFolder, isWithin, quietly, sizeOf } from '../run/files.ts';

/** Where the meshes of a robot file may lie. What is compared are real paths: no link leads out. */
export interface MeshPlaces {
  /** The folder of the robot file, which relative paths start from. */
  readonly folder: string;
  /** The nearest folder above the robot file with a package.xml, else the robot file's own: no file outside of it is opened. */
  readonly root: string;
  /** What `package://` may call the root. */
  readonly names: readonly string[];
  /** Folders that the user opens beside it. */
  readonly allowed: readonly string[];
}

/** Where a mesh is, or where it was looked for. */
export type MeshPlace = { readonly path: string } | { readonly lookedAt: readonly string[] };

/** @throws UsageError for an allowed folder that is not there */
export function meshPlacesOf(robotFile: string, allow: readonly string[]): MeshPlaces {
  const folder = dirname(realpathSync(robotFile));
  const root = packageAbove(folder) ?? folder;
  const allowed = allow.map((path) => {
    if (!isFolder(path)) throw new UsageError(`--allow-path: expected a folder, found ${path}`);
    return realpathSync(path);
  });
  return { folder, root, names: [basename(root), ...packageName(root)], allowed };
}

function packageAbove(folder: string): string | undefined {
  if (exists(join(folder, 'package.xml'))) return folder;
  return folder === dirname(folder) ? undefined : packageAbove(dirname(folder));
}

/** Of a description of a package that is longer than any is, nothing is read. */
function packageName(root: string): string[] {
  const file = join(root, 'package.xml');
  const isShort = sizeOf(file) >= 0 && sizeOf(file) < 1e6;
  const text = isShort ? (quietly(() => readFileSync(file, 'utf8')) ?? '') : '';
  const name = /<name>\s*([^<\s]+)\s*<\/name>/.exec(text)?.[1];
  return name === undefined ? [] : [name];
}

/**
 * Looks for a mesh. Absolute paths and `file:` are under the same rule as others.
 * @param uri as the robot file has it
 * @param place the robot file's line, for messages
 * @throws Failure for a mesh outside of where meshes may lie, and for an address that is no file's
 */
export function placeOfMesh(uri: string, places: MeshPlaces, place: string): MeshPlace {
  const { root, allowed } = places;
  const candidates = [...new Set(candidatesOf(uri, places, place))];
  for (const candidate of candidates) {
    const path = quietly(() => realpathSync(candidate));
    if (path === undefined || !quietly(() => statSync(path).isFile())) continue;
    if ([root, ...allowed].some((folder) => isWithin(folder, path))) return { path };
    const remedy = `--allow-path ${dirname(path)} opens it, ${without}`;
    throw new Failure(`${place}: the mesh ${uri} lies outside of ${root}, and is not opened: ${remedy}`);
  }
  return { lookedAt: candidates };
}

export const without = '--no-meshes reads the robot without its meshes';

function candidatesOf(uri: string, places: MeshPlaces, place: string): string[] {
  const { folder, root } = places;
  const [, scheme = '', rest = uri] = /^([a-z][a-z0-9+.-]+):(?:\/\/)?(.*)$/is.exec(uri) ?? [];
  const path = (scheme ? decoded(rest) : rest).replaceAll('\\', '/');
  if (path.includes('\0')) throw new Failure(`${place}: the mesh ${uri}: expected a path, found one with a NUL in it`);
  switch (scheme.toLowerCase()) {
    case 'package':
    case 'model':
      return inPackage(path, places);
    case 'file':
      // The name of a host may stand before the path.
      return [path.startsWith('/') || /^[a-z]:/i.test(path) ? path : path.replace(/^[^/]*/, '')];
    case '':
      return isAbsolute(path) ? [path] : [join(folder, path), join(root, path)];
  }
  throw new Failure(`${place}: the mesh ${uri}: expected a file, found an address, which is not fetched; ${without}`);
}

/** What follows the package's name, from wherever that may be; last from the root, as of files that were copied out of a package. */
function inPackage(path: string, { root, names, allowed }: MeshPlaces): string[] {
  const parts = path.split('/');
  const after = (i: number) => parts.slice(i + 1).join('/');
  return [
    ...parts.flatMap((part, i) => (names.includes(part) ? [join(root, after(i))] : [])),
    join(root, path),
    ...allowed.flatMap((folder) => [
      ...parts.flatMap((part, i) => (part === basename(folder) ? [join(folder, after(i))] : [])),
      join(folder, path),
    ]),
    join(root, after(0)),
  ];
}

/** Percent signs that encode nothing stay. */
function decoded(text: string): string {
  return quietly(() => decodeURIComponent(text)) ?? text;
}
