import { join } from 'node:path';
import { Failure } from './failure.ts';
import { isUnfinished, makeFolder, makeNewFolder, namesIn, sweep } from './files.ts';
import { isLock, type Lock, lockFolder } from './lock.ts';

/** A folder under runs/ that was not there before. */
export function freshFolder(name: string): string {
  for (let n = 1; ; n++) {
    const folder = join('runs', n === 1 ? name : `${name}-${n}`);
    if (makeNewFolder(folder)) return folder;
  }
}

/** Takes a folder that holds nothing for this process alone. */
export function claim(folder: string): Lock {
  makeFolder(folder);
  const isTaken = () => namesIn(folder).some((name) => !isLock(name) && !isUnfinished(name));
  const taken = new Failure(`the folder ${folder} is not empty: choose another with --out, or remove it`);
  if (isTaken()) throw taken;
  const lock = lockFolder(folder);
  if (isTaken()) {
    lock.release();
    throw taken;
  }
  sweep(folder);
  return lock;
}
