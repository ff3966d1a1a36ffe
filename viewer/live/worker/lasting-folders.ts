/** The folders of runs in a folder that outlasts the page; in memory where there is none, or nothing can be written there. */
import { type DirectoryHandle, entriesOf, handleFolder, orNull } from './handle-folder.ts';
import { type Folders, memoryFolder, type PageFolder } from './page-folder.ts';

export interface LastingFolders extends Folders {
  /** All runs that are kept, to be read. */
  all(): Promise<PageFolder[]>;
  /** @throws Error where the run is being trained */
  drop(run: string): Promise<void>;
}

/** Makes a run this worker's, until it is released or the worker ends; null where another worker has it. */
type Lock = (run: string) => Promise<(() => void) | null>;

/** @param root null where a browser has none */
export function lastingFolders(root: () => Promise<DirectoryHandle | null>, lock: Lock): LastingFolders {
  return {
    async add(wanted) {
      const folder = await root();
      if (!folder) return memoryFolder(wanted);
      for (let n = 1; ; n++) {
        const name = n === 1 ? wanted : `${wanted}-${n}`;
        const release = await lock(name);
        if (!release) continue;
        if (!(await folderIn(folder, name))) {
          const made = await folder.getDirectoryHandle(name, { create: true }).catch(() => null);
          return made ? handleFolder(name, made) : memoryFolder(wanted);
        }
        release();
      }
    },
    async kept(name) {
      const from = await root();
      const folder = from && (await folderIn(from, name));
      if (!folder) throw new Error(`This browser keeps no run ${name} any more.`);
      if (!(await lock(name))) throw new Error(`${name} is being trained already, in this tab or another one.`);
      return handleFolder(name, folder);
    },
    async all() {
      const folder = await root();
      if (!folder) return [];
      const runs = (await entriesOf(folder)).filter(({ isFolder }) => isFolder).map(({ name }) => name);
      return Promise.all(runs.sort().map(async (run) => handleFolder(run, await folder.getDirectoryHandle(run))));
    },
    async drop(name) {
      const release = await lock(name);
      if (!release) throw new Error(`${name} is being trained, in this tab or another one.`);
      const folder = await root();
      await orNull(folder?.removeEntry(name, { recursive: true }) ?? Promise.resolve());
      release();
    },
  };
}

function folderIn(root: DirectoryHandle, name: string): Promise<DirectoryHandle | null> {
  return orNull(root.getDirectoryHandle(name));
}
