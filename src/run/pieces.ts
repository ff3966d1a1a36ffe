import { closeSync, fsyncSync, lstatSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Write } from '../export/parquet.ts';
import { codeOf, Failure, systemFailure } from './failure.ts';
import {
  checkFolder,
  exists,
  flushFolder,
  isWithin,
  kindOf,
  makeFolder,
  namesIn,
  neighbourOf,
  quietly,
  writeAll,
} from './files.ts';

/** Files and folders that come in pieces, and are there whole or not at all. */

/** Writes a file: to a neighbour first, renamed over it once everything is on the disk. */
export async function writePieces(path: string, make: (write: Write) => void | Promise<void>): Promise<void> {
  const neighbour = neighbourOf(path);
  let file: number | undefined;
  try {
    makeFolder(dirname(path), `write ${path}`);
    const own = openSync(neighbour, 'w');
    file = own;
    await make((piece) => writeAll(own, piece));
    fsyncSync(own);
    closeSync(own);
    file = undefined;
    renameSync(neighbour, path);
    flushFolder(dirname(path));
  } catch (error) {
    quietly(() => file !== undefined && closeSync(file));
    quietly(() => rmSync(neighbour, { force: true }));
    throw asFailure(path, error);
  }
}

/**
 * Writes a folder of files, in the place of one that is there.
 * @param make opens files, by their paths within the folder, and writes them by turns
 */
export function writeFolder(path: string, make: (open: (name: string) => Write) => void): void {
  const [neighbour, former] = [`${neighbourOf(path)}.folder`, `${neighbourOf(path)}.former`];
  const files: number[] = [];
  try {
    makeFolder(neighbour, `write ${path}`);
    make((name) => {
      makeFolder(dirname(join(neighbour, name)), `write ${path}`);
      const own = openSync(join(neighbour, name), 'w');
      files.push(own);
      return (piece) => writeAll(own, piece);
    });
    for (const file of files) fsyncSync(file);
    for (const file of files.splice(0)) closeSync(file);
    if (exists(path)) renameSync(path, former);
    renameSync(neighbour, path);
    rmSync(former, { recursive: true, force: true });
    flushFolder(dirname(resolve(path)));
  } catch (error) {
    for (const file of files) quietly(() => closeSync(file));
    quietly(() => rmSync(neighbour, { recursive: true, force: true }));
    if (!exists(path)) quietly(() => renameSync(former, path));
    throw asFailure(path, error);
  }
}

/** What the system says in words; anything else as it is. */
function asFailure(path: string, error: unknown): unknown {
  return codeOf(error) ? systemFailure(`write ${path}`, error) : error;
}

/**
 * Makes sure, before the work, that a folder can be made, or one of the same kind replaced.
 * @param isReplaced whether one that is there may be replaced
 * @param isOwn whether a folder of these names is of the kind that is to be written; no other ever is replaced
 * @throws Failure where it cannot
 */
export function checkOutputFolder(
  path: string,
  isReplaced: boolean,
  isOwn: (names: readonly string[]) => boolean,
): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found && !found.isDirectory()) {
    throw new Failure(`cannot write ${path}: expected a folder, found ${found.isFile() ? 'a file' : kindOf(found)}`);
  }
  if (found && isWithin(resolve(path), process.cwd())) {
    throw new Failure(
      `cannot write ${path}: it is, or holds, the folder that the command runs in; choose another --out`,
    );
  }
  const names = found ? namesIn(path) : [];
  if (names.length) {
    if (!isReplaced) throw new Failure(`${path} exists already: choose another --out, or replace it with --force`);
    if (!isOwn(names)) throw new Failure(`cannot replace ${path}: it holds something else; choose another --out`);
  }
  checkFolder(dirname(resolve(path)));
}
