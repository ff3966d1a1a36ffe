import { readFileSync, readlinkSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Failure, systemFailure } from './failure.ts';
import { exists, namesIn } from './files.ts';

/**
 * A folder for one process alone. Every process that wants it puts a file of its own there, named after itself, and only
 * then looks for others: of two that come at once, at least one sees the other and gives way. What a dead process left
 * is removed; since no two processes share a name, that can take nothing from a living one.
 */
export interface Lock {
  /** Whether it still stands: the folder may have been removed or replaced. */
  held(): boolean;
  /** Shows that this process is alive to those that cannot see it, on other machines and in other containers. */
  refresh(): void;
  release(): void;
}

const prefix = 'lock-';

/** Silence after which a process that cannot be seen from here counts as dead, ms. */
const patience = 10 * 60_000;
const refreshEvery = 10_000;

const unknown = 'unknown';

export function isLock(name: string): boolean {
  return /^lock-.+-\d+-\w+$/.test(name);
}

/** @throws Failure where another process that lives has the folder */
export function lockFolder(folder: string): Lock {
  const own = join(folder, `${prefix}${place()}-${process.pid}-${startOf(process.pid)}`);
  try {
    writeFileSync(own, '', { flag: 'wx' });
  } catch (error) {
    if (exists(own)) throw inUse(folder, own);
    throw systemFailure(`write in the folder ${folder}`, error);
  }
  const release = () => quietly(() => rmSync(own, { force: true }));
  process.once('exit', release);
  for (const name of namesIn(folder).filter(isLock)) {
    const other = join(folder, name);
    if (other === own) continue;
    if (!isAlive(name, other)) quietly(() => rmSync(other, { force: true }));
    else {
      release();
      throw inUse(folder, other);
    }
  }
  let refreshed = Date.now();
  return {
    held: () => exists(own),
    refresh() {
      if (Date.now() - refreshed < refreshEvery) return;
      refreshed = Date.now();
      quietly(() => utimesSync(own, new Date(), new Date()));
    },
    release() {
      process.removeListener('exit', release);
      release();
    },
  };
}

/** On a disk that turned read-only, say: what is left behind is swept when this process is dead. */
function quietly(action: () => void): void {
  try {
    action();
  } catch {}
}

function inUse(folder: string, file: string): Failure {
  const pid = file.split('-').at(-2);
  return new Failure(`${folder} is in use by process ${pid}: wait for it, or stop it (its mark is ${file})`);
}

function isAlive(name: string, file: string): boolean {
  const [start, pid, ...rest] = name.slice(prefix.length).split('-').reverse();
  if (rest.reverse().join('-') === place()) {
    const found = startOf(Number(pid));
    if (found !== unknown) return found === start;
  }
  const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return Date.now() - written < patience;
}

/** Where process numbers mean the same: the machine, and within it the container. */
function place(): string {
  return `${hostname()
    .replace(/[^\w.-]/g, '')
    .slice(0, 64)}-${container()}`;
}

function container(): string {
  try {
    return readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  } catch {
    return '';
  }
}

/** When a process started, as numbers are given out again; `unknown` where it cannot be told, null where it is dead. */
function startOf(pid: number): string | null {
  if (!isThere(pid)) return null;
  try {
    // The name of the program, in brackets, may hold anything; state and start follow it (man 5 proc).
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return fields[0] === 'Z' || fields[0] === 'X' ? null : fields[19];
  } catch {
    return unknown;
  }
}

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
