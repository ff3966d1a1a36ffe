import { createHash } from 'node:crypto';
import { copyFileSync, linkSync, readSync, rmSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, Failure, systemFailure } from '../run/failure.ts';
import { foldersIn, isFolder, makeFolder, namesIn, withFile } from '../run/files.ts';
import { names } from '../run/folder.ts';
import { bytesIn, chunkBytes, isJobFile, type Manifest, mostRunBytes, type PackedFile } from './manifest.ts';

/**
 * Digests of files that were read before: of a run that goes on, most files are those of the snapshot before.
 * Names of what a file is (its place on the disk, its size and its time) to digests.
 */
export type KnownDigests = Map<string, string>;

/** So often a snapshot is tried of a folder that is written to meanwhile. */
const attempts = 20;

/**
 * Puts the files of a run, as they are at one moment, into a folder of their own, while the run goes on. A run's policy is written after
 * all else that goes with it: what was seen between two of them is what a run that was killed there would have left.
 * @param to a folder on the same disk, which is emptied before
 * @returns false where the folder changed every time
 */
export function snapshot(run: string, to: string): boolean {
  for (let attempt = 0; attempt < attempts; attempt++) {
    rmSync(to, { recursive: true, force: true });
    const before = identityOf(join(run, names.policy));
    const isWhole = runFilesIn(run).every((path) => take(join(run, path), join(to, path), path === names.metrics));
    if (isWhole && identityOf(join(run, names.policy)) === before) return true;
  }
  return false;
}

/** Whether a file could be taken, which may be gone by now. All but the table is replaced when it is written, and can be linked. */
function take(from: string, to: string, isAppended: boolean): boolean {
  makeFolder(join(to, '..'));
  try {
    if (isAppended) copyFileSync(from, to);
    else linkOrCopy(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw systemFailure(`write ${to}`, error);
  }
}

function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') throw error;
    copyFileSync(from, to);
  }
}

/** Names a file by its place on the disk, its size and its time: another in its place has another name. */
function identityOf(path: string): string {
  const found: Stats | undefined = statSync(path, { throwIfNoEntry: false });
  return found ? `${found.ino} ${found.size} ${found.mtimeMs}` : '';
}

/** The files of a run in a folder, the table of metrics last: it may be ahead of the policy, but not behind. */
function runFilesIn(folder: string): string[] {
  const inner = foldersIn(folder).flatMap((name) => namesIn(join(folder, name)).map((file) => `${name}/${file}`));
  const all = [...(isFolder(folder) ? namesIn(folder) : []), ...inner].filter(isJobFile);
  return [...all.filter((path) => path !== names.metrics), ...all.filter((path) => path === names.metrics)];
}

/**
 * What a folder holds of a run that nothing writes to.
 * @throws Failure where that is more than can travel
 */
export function manifestOf(folder: string, known: KnownDigests = new Map()): Manifest {
  const files = runFilesIn(folder).map((path): PackedFile => {
    const file = join(folder, path);
    const identity = identityOf(file);
    const digest = known.get(identity) ?? digestOfFile(file);
    known.set(identity, digest);
    return { path, size: statSync(file).size, digest };
  });
  const bytes = bytesIn(files);
  if (bytes > mostRunBytes)
    throw new Failure(`a run of ${bytes} bytes is too large to travel: at most ${mostRunBytes}`);
  return files;
}

function digestOfFile(path: string): string {
  const hash = createHash('sha256');
  const { size } = statSync(path);
  for (let i = 0; i * chunkBytes < size; i++) hash.update(readChunk(path, i));
  return hash.digest('hex');
}

/** A file's bytes from a chunk's beginning to its end. */
export function readChunk(path: string, chunk: number): Buffer {
  const buffer = Buffer.allocUnsafe(chunkBytes);
  const length = withFile(path, 'r', (file) => readSync(file, buffer, 0, chunkBytes, chunk * chunkBytes));
  return buffer.subarray(0, length);
}
