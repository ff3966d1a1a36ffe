/** A run's folder by the handles that a browser has for it, in the origin's private file system or on the reader's disk. */
import type { PageFolder } from './page-folder.ts';

/** What of a `FileSystemDirectoryHandle` is used. */
export interface DirectoryHandle {
  readonly name: string;
  getDirectoryHandle(name: string, options?: { create?: boolean }): Promise<DirectoryHandle>;
  getFileHandle(name: string, options?: { create?: boolean }): Promise<FileHandle>;
  removeEntry(name: string, options?: { recursive?: boolean }): Promise<void>;
  entries(): AsyncIterable<[string, { readonly kind: 'directory' | 'file' }]>;
}

/** What of a `FileSystemFileHandle` is used. */
export interface FileHandle {
  getFile(): Promise<{ readonly size: number; arrayBuffer(): Promise<ArrayBuffer> }>;
  createWritable(): Promise<{ write(content: Uint8Array<ArrayBuffer>): Promise<void>; close(): Promise<void> }>;
}

export function handleFolder(name: string, own: DirectoryHandle): PageFolder {
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
      await orNull(wayTo(own, path, false).then(([folder, last]) => folder.removeEntry(last)));
    },
    async sizes() {
      return new Map(await sizesIn(own, ''));
    },
  };
}

/** The files and folders that lie in a folder. */
export async function entriesOf(folder: DirectoryHandle): Promise<{ name: string; isFolder: boolean }[]> {
  const found: { name: string; isFolder: boolean }[] = [];
  for await (const [name, { kind }] of folder.entries()) found.push({ name, isFolder: kind === 'directory' });
  return found;
}

/** Null where there is no such file or folder. */
export async function orNull<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFoundError') return null;
    throw error;
  }
}

async function fileIn(own: DirectoryHandle, path: string, create: boolean): Promise<FileHandle> {
  const [folder, last] = await wayTo(own, path, create);
  return folder.getFileHandle(last, { create });
}

/** The folder that a file is in, and the file's name there. */
async function wayTo(own: DirectoryHandle, path: string, create: boolean) {
  const parts = path.split('/');
  let folder = own;
  for (const part of parts.slice(0, -1)) folder = await folder.getDirectoryHandle(part, { create });
  return [folder, parts[parts.length - 1]] as const;
}

async function sizesIn(folder: DirectoryHandle, prefix: string): Promise<[string, number][]> {
  const found: [string, number][] = [];
  for (const { name, isFolder } of await entriesOf(folder)) {
    if (isFolder) found.push(...(await sizesIn(await folder.getDirectoryHandle(name), `${prefix}${name}/`)));
    else found.push([prefix + name, (await (await folder.getFileHandle(name)).getFile()).size]);
  }
  return found;
}
