import { join } from 'node:path';
import { FileError } from '../../envs/recording/errors.ts';
import { exists, moveInPlace, removeAll } from '../run/files.ts';
import type { NamedJob } from '../sweep/executor.ts';
import { performedIn } from '../sweep/kept.ts';
import type { Performed } from '../sweep/result.ts';
import type { Manifest } from './manifest.ts';
import { manifestOf } from './snapshot.ts';
import type { SweepStore } from './store.ts';
import { download, upload } from './transfer.ts';

/** What cannot be had of a run that a worker delivered. */
export class Unfit extends Error {}

/**
 * Takes a run from the queue into its folder, whole: what is there of it already is replaced, or nothing.
 * @param digest the job's
 * @throws Unfit for files that are not there, not what their digests say, or not the job's
 * @throws Failure where they cannot be written
 */
export async function fetchRun(
  store: SweepStore,
  { name, job }: Pick<NamedJob, 'name' | 'job'>,
  digest: string,
  files: Manifest,
  folder: string,
): Promise<Performed> {
  const own = join(folder, name);
  const aside = `${own}.unfinished`;
  removeAll(aside);
  try {
    await download(store, digest, files, aside);
    const performed = await performedIn(aside, job);
    if (!performed) throw new Unfit('it holds no result of the job');
    moveInPlace(aside, own);
    return performed;
  } catch (error) {
    throw error instanceof FileError ? new Unfit(error.message) : error;
  } finally {
    removeAll(aside);
  }
}

/** Puts what there is of a run on the queue, for a worker to go on with. A checkpoint that is there is a worker's, and no older. */
export async function sendRun(store: SweepStore, { name }: NamedJob, digest: string, folder: string): Promise<void> {
  const own = join(folder, name);
  if (!exists(own) || (await store.hasCheckpoint(digest))) return;
  const files = manifestOf(own);
  if (!files.length) return;
  await upload(store, digest, own, files);
  await store.putCheckpoint(digest, files);
}
