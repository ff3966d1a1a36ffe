import { join } from 'node:path';
import { exists, isFolder, namesIn, read } from './files.ts';
import type { RunFiles } from './load.ts';

/** The files of a run in its folder on the disk. */
export function runOnDisk(run: string): RunFiles {
  const place = (path: string) => join(run, path);
  return {
    run,
    place,
    read: async (path) => (exists(place(path)) && !isFolder(place(path)) ? read(place(path)) : null),
    list: async (folder) => (isFolder(place(folder)) ? namesIn(place(folder)) : []),
  };
}
