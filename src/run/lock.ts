import { randomUUID } from 'node:crypto';
import { fstatSync, linkSync, lstatSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, Failure, systemFailure } from './failure.ts';
import { namesIn, quietly, remove, withFile } from './files.ts';
import { beatEvery, startHeartbeat } from './heartbeat.ts';

/**
 * A folder for one process alone: a file `lock` that holds a random token and is touched twice a second. Whether its owner lives
 * shows in whether the file changes, and in nothing else, so that it shows alike in every container and on every machine.
 */
export interface Lock {
  /**
   * Whether the folder is still this process's: it may have been removed or, while the process stood still, taken over.
   * @throws Failure where that cannot be read
   */
  held(): boolean;
  /** Whether it was taken over from a process that gave no sign of life. */
  readonly isTakenOver: boolean;
  release(): void;
}

/** A file that has not changed for so long is of a process that died, ms. */
const patience = 3000;
/** A file that is that old already is watched for two beats: the clock of another machine may be slow. */
const shortPatience = 2 * beatEvery;
const pollEvery = 100;
const attempts = 5;

const lockName = 'lock';

/** Whether a file is a lock, what was left of one, or one of earlier versions, which nothing heeds any more. */
export function isLock(name: string): boolean {
  return name === lockName || isLeftOver(name);
}

/** Whether the process that has a folder gives signs of life, by the clock of this machine: to be shown, and nothing to build on. */
export function isInUse(folder: string): boolean {
  const found = quietly(() => statSync(join(folder, lockName)));
  return found !== undefined && Math.abs(Date.now() - found.mtimeMs) < patience;
}

function isLeftOver(name: string): boolean {
  return /^lock(\.[\da-f-]+|-.+-\d+-\w+)$/.test(name);
}

/** @throws Failure where another process that lives has the folder */
export async function lockFolder(folder: string): Promise<Lock> {
  const path = join(folder, lockName);
  const token = randomUUID();
  let attempt = 1;
  for (; !create(folder, path, token); attempt++) {
    if (attempt > attempts || !(await removeStale(folder, path))) {
      throw new Failure(`${folder} is in use by a process that is still running: wait for it, or stop it`);
    }
  }
  const stopHeartbeat = startHeartbeat(path);
  const held = () => seen(folder, path)?.token === token;
  const release = () => {
    stopHeartbeat();
    quietly(() => {
      if (held()) rmSync(path);
    });
  };
  process.once('exit', release);
  quietly(() => {
    for (const name of namesIn(folder).filter(isLeftOver)) remove(join(folder, name));
  });
  return {
    held,
    isTakenOver: attempt > 1,
    release() {
      process.removeListener('exit', release);
      release();
    },
  };
}

/** Whether the lock could be made, which only one process can. */
function create(folder: string, path: string, token: string): boolean {
  try {
    writeFileSync(path, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw systemFailure(`write in the folder ${folder}`, error);
  }
}

interface LockState {
  readonly token: string;
  /** When it was last touched, by whatever clock, ms. */
  readonly touched: number;
}

/** The lock as it is; null where there is none. Opening the file makes a network file system ask for its present state. */
function seen(folder: string, path: string): LockState | null {
  try {
    return withFile(path, 'r', (file) => ({ token: readFileSync(file, 'utf8'), touched: fstatSync(file).mtimeMs }));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return null;
    throw systemFailure(`read the lock of the folder ${folder}`, error);
  }
}

/**
 * Removes a lock that stands unchanged for long enough by the clock of this process; false where it changes. Of several processes
 * that come to that at once one moves the file away; and one that is so late that another has locked the folder anew puts that
 * lock back.
 */
async function removeStale(folder: string, path: string): Promise<boolean> {
  const first = seen(folder, path);
  // A link that leads nowhere is in the way, and nobody's.
  if (!first && lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) remove(path);
  if (!first) return true;
  const isSame = (now: LockState | null) => now?.token === first.token && now.touched === first.touched;
  const isOld = first.touched < Date.now() - patience;
  const end = performance.now() + (isOld ? shortPatience : patience);
  while (performance.now() < end) {
    await sleep(pollEvery);
    const now = seen(folder, path);
    if (!now) return true;
    if (!isSame(now)) return false;
  }
  const away = `${path}.${randomUUID()}`;
  try {
    renameSync(path, away);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return true;
    throw systemFailure(`write in the folder ${folder}`, error);
  }
  const isStale = isSame(seen(folder, away));
  if (!isStale) quietly(() => linkSync(away, path));
  remove(away);
  return isStale;
}
