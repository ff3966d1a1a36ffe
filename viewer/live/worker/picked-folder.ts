/** Runs as folders on the reader's disk, in a folder that the reader has picked. */
import { isRunFile, names } from '../../../src/run/folder.ts';
import { type DirectoryHandle, entriesOf, handleFolder } from './handle-folder.ts';
import { memoryFolder, type PageFolder } from './page-folder.ts';

/**
 * Writes a run into a new folder within the one that was picked, under the run's name or one with a number after it: nothing that is
 * there is written to.
 * @param files by their paths in the run's folder
 * @returns the new folder's name
 * @throws whatever a file could not be written for; the new folder is gone then
 */
export async function writeInto(
  picked: DirectoryHandle,
  run: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<string> {
  // On some disks a letter and its capital are the same.
  const taken = new Set((await entriesOf(picked)).map(({ name }) => name.toLowerCase()));
  let name = run;
  for (let n = 2; taken.has(name.toLowerCase()); n++) name = `${run}-${n}`;
  const folder = handleFolder(name, await picked.getDirectoryHandle(name, { create: true }));
  try {
    for (const [path, content] of files) if (isRunFile(path)) await folder.write(path, content);
  } catch (error) {
    await picked.removeEntry(name, { recursive: true });
    throw error;
  }
  return name;
}

/**
 * The run that a picked folder is, in memory.
 * @throws Error in words where it is none
 */
export async function runIn(picked: DirectoryHandle): Promise<PageFolder> {
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const own = handleFolder(picked.name, picked);
  for (const path of await runFilesIn(picked)) {
    const content = await own.read(path);
    if (content) files.set(path, content);
  }
  if (!files.has(names.config))
    throw new Error(`${picked.name} is not the folder of a run: expected ${names.config}, found none.`);
  return memoryFolder(picked.name, files);
}

/** Paths of a run's files; whatever else lies there is not looked into. */
async function runFilesIn(picked: DirectoryHandle): Promise<string[]> {
  const found = await entriesOf(picked);
  const folders: readonly string[] = [names.checkpoints, names.recordings];
  const inner = found.filter(({ name, isFolder }) => isFolder && folders.includes(name));
  const within = inner.map(async ({ name }) =>
    (await entriesOf(await picked.getDirectoryHandle(name))).map((entry) => `${name}/${entry.name}`),
  );
  return [...found.map(({ name }) => name), ...(await Promise.all(within)).flat()].filter(isRunFile);
}
