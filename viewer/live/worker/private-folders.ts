/** The folders of runs in the origin's private file system, which outlasts the tab; in memory where there is none. */
import { type Folders, memoryFolder, type PageFolder } from './page-folder.ts';

export const privateFolders: Folders = { add: newFolder, kept: keptFolder };

async function newFolder(wanted: string): Promise<PageFolder> {
  const root = await rootFolder();
  if (!root) return memoryFolder(wanted);
  for (let n = 1; ; n++) {
    const name = n === 1 ? wanted : `${wanted}-${n}`;
    const release = await lock(name);
    if (!release) continue;
    if (!(await folderIn(root, name)))
      return lastingFolder(name, await root.getDirectoryHandle(name, { create: true }));
    release();
  }
}

async function keptFolder(name: string): Promise<PageFolder> {
  const root = await rootFolder();
  const folder = root && (await folderIn(root, name));
  if (!folder) throw new Error(`This browser keeps no run ${name} any more.`);
  if (!(await lock(name))) throw new Error(`${name} is being trained already, in this tab or another one.`);
  return lastingFolder(name, folder);
}

/** All runs that are kept, to be read. */
export async function keptFolders(): Promise<PageFolder[]> {
  const root = await rootFolder();
  const found: PageFolder[] = [];
  if (!root) return found;
  for await (const [name, handle] of root.entries()) {
    if (handle.kind === 'directory') found.push(lastingFolder(name, handle as FileSystemDirectoryHandle));
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** @throws Error where it is being trained */
export async function removeKept(name: string): Promise<void> {
  const release = await lock(name);
  if (!release) throw new Error(`${name} is being trained, in this tab or another one.`);
  await orNull(rootFolder().then((root) => root?.removeEntry(name, { recursive: true })));
  release();
}

function lastingFolder(name: string, own: FileSystemDirectoryHandle): PageFolder {
  return {
    name,
    isLasting: true,
    async read(path) {
      const file = await orNull(fileIn(own, path, false));
      return file && new Uint8Array(await (await file.getFile()).arrayBuffer());
    },
    async write(path, content) {
      const file = await fileIn(own, path, true);
      const writable = await file.createWritable();
      await writable.write(content as Uint8Array<ArrayBuffer>);
      // What was there stays until here.
      await writable.close();
    },
    async remove(path) {
      const [folder, last] = await wayTo(own, path, false);
      await orNull(folder.removeEntry(last));
    },
    async sizes() {
      return new Map(await sizesIn(own, ''));
    },
  };
}

/** Null where the browser has no such file system, or writes no files there whole. */
async function rootFolder(): Promise<FileSystemDirectoryHandle | null> {
  if (!('createWritable' in (self.FileSystemFileHandle?.prototype ?? {}))) return null;
  try {
    const origin = await navigator.storage.getDirectory();
    return await origin.getDirectoryHandle('runs', { create: true });
  } catch {
    // Some browsers have it, and refuse it to a private window.
    return null;
  }
}

/**
 * Makes the run this worker's, until it is released or the worker ends. A page that holds a lock is not frozen while it is hidden.
 * @returns what releases it; null where another worker has it
 */
function lock(name: string): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    void navigator.locks.request(`armature run ${name}`, { ifAvailable: true }, (held) => {
      if (!held) return resolve(null);
      return new Promise<void>((release) => resolve(release));
    });
  });
}

function folderIn(root: FileSystemDirectoryHandle, name: string): Promise<FileSystemDirectoryHandle | null> {
  return orNull(root.getDirectoryHandle(name));
}

async function fileIn(own: FileSystemDirectoryHandle, path: string, create: boolean): Promise<FileSystemFileHandle> {
  const [folder, last] = await wayTo(own, path, create);
  return folder.getFileHandle(last, { create });
}

/** The folder that a file is in, and the file's name there. */
async function wayTo(own: FileSystemDirectoryHandle, path: string, create: boolean) {
  const parts = path.split('/');
  let folder = own;
  for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part, { create });
  return [folder, parts[parts.length - 1]] as const;
}

async function sizesIn(folder: FileSystemDirectoryHandle, prefix: string): Promise<[string, number][]> {
  const found: [string, number][] = [];
  for await (const [name, handle] of folder.entries()) {
    if (handle.kind === 'directory') {
      found.push(...(await sizesIn(handle as FileSystemDirectoryHandle, `${prefix}${name}/`)));
    } else found.push([prefix + name, (await (handle as FileSystemFileHandle).getFile()).size]);
  }
  return found;
}

async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'NotFoundError') return null;
    throw error;
  }
}
