import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FileError } from '../../envs/recording/errors.ts';
import { systemFailure } from '../run/failure.ts';
import { makeFolder, writeAll } from '../run/files.ts';
import { chunkBytes, chunksOf, type Manifest, type PackedFile } from './manifest.ts';
import { readChunk } from './snapshot.ts';
import type { SweepStore } from './store.ts';

/** Puts the chunks of a run's files that are not there yet, one by one. */
export async function upload(store: SweepStore, job: string, folder: string, files: Manifest): Promise<void> {
  const there = new Set(await store.chunkNames(job));
  for (const file of files) {
    for (const [i, name] of chunksOf(file).entries()) {
      if (there.has(name)) continue;
      await store.putChunk(job, name, readChunk(join(folder, file.path), i));
      there.add(name);
    }
  }
}

/**
 * Writes the files of a run, as a manifest of the right shape has them, into a folder.
 * @throws FileError for chunks that are not there or not what the manifest says
 * @throws Failure where the folder cannot be written in
 */
export async function download(store: SweepStore, job: string, files: Manifest, folder: string): Promise<void> {
  for (const file of files) await fetchFile(store, job, file, join(folder, file.path));
}

async function fetchFile(store: SweepStore, job: string, file: PackedFile, path: string): Promise<void> {
  const hash = createHash('sha256');
  const wrong = (expected: string, found: string) =>
    new FileError('damaged', file.path, { place: `job ${job.slice(0, 12)} on the queue`, expected, found });
  makeFolder(dirname(path));
  const open = written(path, () => openSync(path, 'w'));
  try {
    for (const [i, name] of chunksOf(file).entries()) {
      const size = Math.min(chunkBytes, file.size - i * chunkBytes);
      const chunk = await store.chunk(job, name, chunkBytes);
      if (chunk?.length !== size) throw wrong(`chunk ${i} of ${size} bytes`, chunk ? `${chunk.length} bytes` : 'none');
      hash.update(chunk);
      written(path, () => writeAll(open, chunk));
    }
    written(path, () => fsyncSync(open));
  } finally {
    closeSync(open);
  }
  const digest = hash.digest('hex');
  if (digest !== file.digest) throw wrong(`the digest ${file.digest.slice(0, 12)}`, digest.slice(0, 12));
}

function written<T>(path: string, write: () => T): T {
  try {
    return write();
  } catch (error) {
    throw systemFailure(`write ${path}`, error);
  }
}
