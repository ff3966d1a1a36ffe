import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { codeOf, Failure, systemFailure } from './failure.ts';

/** Tells the unfinished files of processes apart, of which several can have the same number in containers of their own. */
const ownNumber = Math.floor(Math.random() * 2 ** 40);

/**
 * Writes a file whole or not at all, and for good: to a neighbour first, flushed, renamed over it, and the folder flushed.
 * @param isMeant asked once all is on the disk, which takes a while: whether the file is still to be there
 * @returns whether it is there
 */
export function writeWhole(path: string, content: Uint8Array | string, isMeant = () => true): boolean {
  const neighbour = neighbourOf(path);
  try {
    makeFolder(dirname(path), `write ${path}`);
    withFile(neighbour, 'w', (file) => {
      writeAll(file, bytesOf(content));
      fsyncSync(file);
    });
    if (!isMeant()) {
      rmSync(neighbour, { force: true });
      return false;
    }
    renameSync(neighbour, path);
    flushFolder(dirname(path));
    return true;
  } catch (error) {
    quietly(() => rmSync(neighbour, { force: true }));
    throw systemFailure(`write ${path}`, error);
  }
}

/** Its name is short, whatever that of the file is. */
export function neighbourOf(path: string): string {
  return join(dirname(path), `unfinished.${ownNumber}.tmp`);
}

/**
 * Makes sure, before the work, that its result can be written to a new file, or in the place of an old one.
 * @param isReplaced whether a file that is there may be replaced; nothing else ever is
 * @throws Failure where it cannot
 */
export function checkOutput(path: string, isReplaced = false): void {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found && !found.isFile()) throw new Failure(`cannot write ${path}: expected a file, found ${kindOf(found)}`);
    if (found && !isReplaced) {
      throw new Failure(`${path} exists already: choose another --out, or replace it with --force`);
    }
    checkFolder(dirname(path));
  } catch (error) {
    throw systemFailure(`write ${path}`, error);
  }
}

export function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  return found.isSymbolicLink() ? 'a link' : 'a device or a pipe';
}

/** Makes a folder that is not there, and sees whether files can be made in it. */
export function checkFolder(folder: string): void {
  const isNew = !exists(folder);
  makeFolder(folder);
  const probe = neighbourOf(join(folder, 'any'));
  try {
    withFile(probe, 'w', () => {});
    rmSync(probe);
  } catch (error) {
    if (isNew) quietly(() => rmdirSync(folder));
    throw systemFailure(`write in the folder ${folder}`, error);
  }
}

const bytesOf = (content: Uint8Array | string) =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

/** Adds to a file, all of it or nothing. */
export function append(path: string, content: Uint8Array | string): void {
  try {
    withFile(path, 'a', (file) => {
      const { size } = fstatSync(file);
      try {
        writeAll(file, bytesOf(content));
      } catch (error) {
        ftruncateSync(file, size);
        throw error;
      }
    });
  } catch (error) {
    throw systemFailure(`write ${path}`, error);
  }
}

/** Gives a file another name in its folder, in the place of whatever has that. */
export function rename(path: string, name: string): void {
  try {
    renameSync(path, join(dirname(path), name));
  } catch (error) {
    throw systemFailure(`rename ${path}`, error);
  }
}

/** Puts a folder in the place of another, or where there is none. */
export function moveInPlace(from: string, to: string): void {
  const old = `${neighbourOf(to)}.old`;
  try {
    makeFolder(dirname(to));
    if (exists(to)) renameSync(to, old);
    renameSync(from, to);
    flushFolder(dirname(to));
    removeAll(old);
  } catch (error) {
    quietly(() => {
      if (!exists(to)) renameSync(old, to);
    });
    throw systemFailure(`write ${to}`, error);
  }
}

/** Waits until what was written to a file is on the disk. */
export function flush(path: string): void {
  try {
    withFile(path, 'r+', fsyncSync);
  } catch (error) {
    throw systemFailure(`write ${path}`, error);
  }
}

export async function read(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const found = look(path);
  if (found && !found.isFile() && !found.isDirectory()) {
    throw new Failure(`cannot read ${path}: expected a file, found a device or a pipe`);
  }
  try {
    const { buffer, byteOffset, length } = await readFile(path);
    return new Uint8Array(buffer as ArrayBuffer, byteOffset, length);
  } catch (error) {
    throw systemFailure(`read ${path}`, error);
  }
}

export function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch (error) {
    throw systemFailure(`remove ${path}`, error);
  }
}

/** Removes a file, or a folder with all that is in it. */
export function removeAll(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch (error) {
    throw systemFailure(`remove ${path}`, error);
  }
}

/**
 * Makes a folder and those above it, where they are not there.
 * @param action what cannot be done without it, for messages
 */
export function makeFolder(path: string, action = `create the folder ${path}`): void {
  const missing: string[] = [];
  for (let at = resolve(path); !exists(at) && at !== dirname(at); at = dirname(at)) missing.unshift(at);
  // One by one: mkdir's own recursion never ends in Node 20 where a parent cannot be made, as in /proc.
  for (const folder of missing) {
    try {
      mkdirSync(folder);
    } catch (error) {
      if (!isFolder(folder)) throw systemFailure(action, error);
    }
  }
  if (!isFolder(path)) throw systemFailure(action, Object.assign(new Error(), { code: 'EEXIST' }));
}

/**
 * Makes a folder that holds nothing yet; one that is there will do if it is empty, but for names that do not count.
 * @param remedy for a folder that is not, for the message
 */
export function makeEmptyFolder(
  path: string,
  isIgnored: (name: string) => boolean = () => false,
  remedy = 'choose another with --out',
): void {
  makeFolder(path);
  if (namesIn(path).every(isIgnored)) return;
  throw new Failure(`the folder ${path} is not empty: ${remedy}, or remove it`);
}

/** Makes a folder that is not there yet; false where there is something. */
export function makeNewFolder(path: string): boolean {
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
    return true;
  } catch (error) {
    if (exists(path)) return false;
    throw systemFailure(`create the folder ${path}`, error);
  }
}

/** Whether a file or a folder is what writing, or taking in a run, left unfinished when it was killed. */
export function isUnfinished(name: string): boolean {
  return /^unfinished\.\d+\.tmp(\.old)?$|-s\d+\.unfinished$|\.(safetensors|json|csv)\.\d+\.tmp$/.test(name);
}

/** Removes what is unfinished. */
export function sweep(folder: string): void {
  for (const name of isFolder(folder) ? namesIn(folder) : []) if (isUnfinished(name)) removeAll(join(folder, name));
}

/** Whether a path is a folder, or lies below it; links are followed by whoever asks. */
export function isWithin(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return !isAbsolute(way) && way.split(sep)[0] !== '..';
}

/** A path from the working directory, with slashes. */
export function fromHere(path: string): string {
  return withSlashes(relative('', path));
}

export function withSlashes(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}

export function isFolder(path: string): boolean {
  return look(path)?.isDirectory() ?? false;
}

export function exists(path: string): boolean {
  return look(path) !== undefined;
}

/** Of a file, in bytes; -1 where there is none. */
export function sizeOf(path: string): number {
  return look(path)?.size ?? -1;
}

/** Everything in a folder, by name. */
export function namesIn(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    throw systemFailure(`read the folder ${path}`, error);
  }
}

/** The folders in a folder, by name; none where it is not there. */
export function foldersIn(path: string): string[] {
  return isFolder(path) ? namesIn(path).filter((name) => isFolder(join(path, name))) : [];
}

/** What is at the path, if that can be seen; why not is said when it is opened. */
function look(path: string): Stats | undefined {
  return quietly(() => statSync(path, { throwIfNoEntry: false }));
}

export function writeAll(file: number, bytes: Uint8Array): void {
  // The system takes no more than 2 GiB at once.
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at, Math.min(bytes.length - at, 2 ** 30));
}

/** A rename is lasting once the folder is on the disk. Windows opens no folders, and needs it not. */
export function flushFolder(path: string): void {
  if (process.platform === 'win32') return;
  withFile(path, 'r', (folder) => {
    try {
      fsyncSync(folder);
    } catch (error) {
      // Some network file systems do not flush folders; the file itself is whole all the same.
      if (!['EINVAL', 'EPERM', 'ENOTSUP'].includes(codeOf(error))) throw error;
    }
  });
}

/** What is done with a file while it is open. */
export function withFile<T>(path: string, flags: string, use: (file: number) => T): T {
  const file = openSync(path, flags);
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

/** Does what need not succeed: on a disk that turned read-only, say, another error says more. Undefined where it fails. */
export function quietly<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
