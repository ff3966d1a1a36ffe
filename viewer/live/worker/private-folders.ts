/** The folders of runs in the origin's private file system, which outlasts the tab. */
import type { DirectoryHandle } from './handle-folder.ts';
import { lastingFolders } from './lasting-folders.ts';

export const privateFolders = lastingFolders(rootFolder, lock);

/** Null where the browser has no such file system, or writes no files there whole. */
async function rootFolder(): Promise<DirectoryHandle | null> {
  if (!('createWritable' in (self.FileSystemFileHandle?.prototype ?? {}))) return null;
  try {
    const origin = await navigator.storage.getDirectory();
    return await origin.getDirectoryHandle('runs', { create: true });
  } catch {
    // Some browsers have it, and refuse it to a private window.
    return null;
  }
}

/** A page that holds a lock is not frozen while it is hidden. */
function lock(name: string): Promise<(() => void) | null> {
  return new Promise((resolve) => {
    void navigator.locks.request(`armature run ${name}`, { ifAvailable: true }, (held) => {
      if (!held) return resolve(null);
      return new Promise<void>((release) => resolve(release));
    });
  });
}
