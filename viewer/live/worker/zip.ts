/** A run as one file: its folder, zipped. */
import { unzipSync, zipSync } from 'fflate';
import { isRunFile, names } from '../../../src/run/folder.ts';
import { memoryFolder, type PageFolder } from './page-folder.ts';

/** The same files give the same bytes. */
const noTime = new Date(1980, 0, 1);

/**
 * A run's folder as a zip file, which holds it under the run's name. Tensors do not get smaller by packing.
 * @param files by their paths in the folder
 */
export function zipRun(run: string, files: ReadonlyMap<string, Uint8Array>): Uint8Array<ArrayBuffer> {
  const paths = [...files.keys()].filter(isRunFile).sort();
  const entries = paths.map((path) => [`${run}/${path}`, files.get(path) as Uint8Array]);
  return zipSync(Object.fromEntries(entries), { level: 0, mtime: noTime }) as Uint8Array<ArrayBuffer>;
}

/** Whether bytes begin as a zip file does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

/**
 * The run that a zip file holds: in a folder, or at its top.
 * @throws Error in words where it holds none, or several
 */
export function unzipRun(bytes: Uint8Array, file: string): PageFolder {
  const entries = unzipped(bytes, file);
  const configs = Object.keys(entries).filter((path) => path === names.config || path.endsWith(`/${names.config}`));
  if (configs.length !== 1) {
    const found = configs.length ? `${configs.length} runs` : `no ${names.config}`;
    throw new Error(`${file} is not the folder of a run: expected one ${names.config}, found ${found}.`);
  }
  const prefix = configs[0].slice(0, -names.config.length);
  const own = Object.entries(entries).map(([path, content]) => [path.slice(prefix.length), path, content] as const);
  const files = own.filter(([path, full]) => full.startsWith(prefix) && isRunFile(path));
  const name = prefix.split('/').at(-2) ?? file.replace(/\.zip$/i, '');
  return memoryFolder(name, new Map(files.map(([path, , content]) => [path, content as Uint8Array<ArrayBuffer>])));
}

function unzipped(bytes: Uint8Array, file: string): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes, { filter: ({ name }) => !name.endsWith('/') });
  } catch (error) {
    throw new Error(`${file} cannot be unpacked: it is no whole zip file.`, { cause: error });
  }
}
