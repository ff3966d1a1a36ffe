import { join } from 'node:path';
import { isUnfinished, makeEmptyFolder, makeNewFolder, namesIn, sweep } from './files.ts';
import { isLock, type Lock, lockFolder } from './lock.ts';

/** A folder under runs/ that was not there before. */
export function makeFreshFolder(name: string): string {
  for (let n = 1; ; n++) {
    const folder = join('runs', n === 1 ? name : `${name}-${n}`);
    if (makeNewFolder(folder)) return folder;
  }
}

/**
 * Makes a run's folder and locks it.
 * @throws Failure where it holds something, or cannot be made
 */
export async function lockNewFolder(folder: string): Promise<Lock> {
  makeEmptyFolder(folder, isResidue);
  const lock = await lockFolder(folder);
  try {
    // Another process may have been here until the lock was free.
    makeEmptyFolder(folder, isResidue);
    sweep(folder);
    return lock;
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Whether a folder holds nothing but what a process that was killed at the very beginning left in it. */
export function isEmpty(folder: string): boolean {
  return namesIn(folder).every(isResidue);
}

function isResidue(name: string): boolean {
  return isLock(name) || isUnfinished(name);
}
